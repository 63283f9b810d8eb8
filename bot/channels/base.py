"""The contract of a channel: what it must do, and what it tells about its limits.

A channel *receives* (verify, then parse: pure, no I/O) and *sends* (render: pure; send: one HTTP call). The gateway
stores what was parsed before it answers 200; the worker sends what the outbox holds. A pull channel (web, terminal)
has no sender: the person's side fetches its replies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.model import Channel, Incoming, OutboxState, Reply


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a channel carries. `unit` is how it counts text: "chars" or "utf16".

    `per_second` messages may leave altogether, and one every `pair_seconds` to a person; 0 is no limit. `window` is how
    long after a person's last message we may write freely; None is for ever.
    """

    text: int
    text_with_buttons: int
    buttons: int
    button_title: int
    list_rows: int
    list_title: int
    list_button: int
    unit: str = "chars"
    per_second: float = 0.0
    pair_seconds: float = 0.0
    window: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a channel says became of a message of ours; `attempt_id` is our own mark where the channel carries one.

    Of a failure, `code` is its name, `again` the seconds after which another try may help (0: none), and `alarm` says
    that it is ours to mend.
    """

    external_id: str
    state: OutboxState
    attempt_id: str = ""
    code: str = ""
    again: float = 0.0
    alarm: bool = False
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Presence:
    """A person blocked us, or came back."""

    address: str
    endpoint: str
    blocked: bool


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A person's address changed from `old` to `new`."""

    old: str
    new: str
    endpoint: str


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """A person deleted a message of theirs."""

    external_id: str
    endpoint: str


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """A group that somebody took us into; nothing that is said there is for us."""

    address: str
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """All that one webhook body held.

    `callbacks` are taps that the channel wants answered at once, `alarms` are codes the operators must see, `ignored`
    counts what we do not know and leave alone.
    """

    incoming: tuple[Incoming, ...] = ()
    statuses: tuple[Status, ...] = ()
    presence: tuple[Presence, ...] = ()
    moved: tuple[Moved, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    crowds: tuple[Crowd, ...] = ()
    callbacks: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    ignored: int = 0


@dataclass(frozen=True, kw_only=True)
class Part:
    """One channel message of a reply: `method` and `body` as the channel's API takes them, without the address."""

    method: str
    body: Mapping[str, Any] = field(default_factory=dict)


class Courtesy(Protocol):
    """Show a person that a message was seen, at once and at most once; what fails is not tried again."""

    async def seen(self, incoming: Incoming) -> None:
        """Mark a message as read and show that an answer is being written. Raise nothing."""

    async def refuse(self, crowd: Crowd, text: str) -> None:
        """Say in a group that we only talk in private, and leave it."""


class Receiver(Protocol):
    """Verify and parse the webhooks of one channel; pure."""

    @property
    def channel(self) -> Channel:
        """Return which channel this is."""

    @property
    def path(self) -> str:
        """Return where its webhook is."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Refused (status 401 or 403) unless the far side proves itself, compared in constant time."""

    def subscribe(self, query: Mapping[str, str]) -> str:
        """Return the answer to a subscription check (GET); raise Refused when it fails or there is none."""

    def parse(self, body: bytes) -> Batch:
        """Return what the body holds. Unknown kinds are counted, never an error.

        Raise Refused (status 400) for what is not the channel's JSON.
        """

    def confirmation(self, batch: Batch) -> Mapping[str, Any] | None:
        """Return what the answer to the webhook says beyond 200, such as that a tap was seen; None for nothing."""


class Sender(Protocol):
    """Render and send the replies of one channel."""

    @property
    def channel(self) -> Channel:
        """Return which channel this is."""

    @property
    def limits(self) -> Limits:
        """Return what it carries."""

    @property
    def uncertain_after(self) -> timedelta:
        """Return how long a doubtful send waits for the channel's own word before it is sent again."""

    def render(self, reply: Reply) -> tuple[Part, ...]:
        """Return the channel messages of a reply, each within the limits; pure.

        Buttons become reply buttons, else a list, else numbered lines; text is split at sentence ends, never in a
        word. Nothing of the text is dropped.
        """

    def knock(self, language: str) -> Part | None:
        """Return the approved message that asks a person to write again once the window is closed; None without one."""

    async def send(self, address: str, part: Part, *, attempt_id: str, endpoint: str = "") -> str:
        """Send one part from `endpoint`, our number that the person wrote to; return the channel's message id.

        Raise RetryLater, Undeliverable, WindowClosed or Uncertain.
        """

    async def close(self) -> None:
        """Close connections."""
