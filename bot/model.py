"""The words of Kite as data: what comes in, what goes out, and what a human works on.

All dataclasses are frozen; all times are aware datetimes in UTC; languages are Kite's locale codes ("ar", "fa").
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

Clock = Callable[[], datetime]
"""A function that tells the present time, aware and in UTC; injected so that tests own the time."""


class Tier(StrEnum):
    """An age variant of the content (ages in years)."""

    YOUNG = "young"  # 6-9
    MIDDLE = "middle"  # 10-13
    TEEN = "teen"  # 14-17
    ADULT = "adult"  # parents and carers


class Channel(StrEnum):
    """A way in and out."""

    WEB = "web"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    SMS = "sms"
    MESSENGER = "messenger"
    TERMINAL = "terminal"


class Kind(StrEnum):
    """What a person sent."""

    TEXT = "text"
    BUTTON = "button"
    VOICE = "voice"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    REACTION = "reaction"
    UNSUPPORTED = "unsupported"


class Urgency(IntEnum):
    """How fast a human must look; comparable, higher is more urgent (catalogue of concerns)."""

    SOON = 1
    TODAY = 2
    NOW = 3

    @classmethod
    def parse(cls, name: str) -> "Urgency":
        """Return the urgency of a public name: now, today or soon.

        Raise KeyError for any other name.
        """
        return cls[name.upper()]

    @property
    def code(self) -> str:
        """Return the public name."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One message of a person as a channel parsed it, before anything is stored.

    `external_id` is the channel's own id of the message and `address` the person's address there: neither is
    ever stored or logged in the clear. `payload` is the id of a tapped button, `text` what was typed or the title
    that was tapped. `endpoint` is our own number or bot that it reached. `aliases` are other addresses of the same
    person; `callback_id` is a tap that the channel wants answered at once, `shown_id` the message that was tapped.
    """

    channel: Channel
    endpoint: str
    external_id: str
    address: str
    kind: Kind = Kind.TEXT
    text: str = ""
    payload: str = ""
    language_hint: str = ""
    aliases: tuple[str, ...] = ()
    sent_at: datetime | None = None
    callback_id: str = ""
    shown_id: str = ""


@dataclass(frozen=True)
class Button:
    """A choice offered under a message; `payload` comes back when it is tapped, `label` is what is read."""

    payload: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One message to a person, in the channel-neutral form that is stored (encrypted) in the outbox.

    `language` is the locale of the text, so that the renderer can set direction and labels.
    `list_label` names the button that opens a list where a channel needs one. `replaces` is the channel's id of the
    message that this one takes the place of, where the channel can do so.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    language: str = "en"
    list_label: str = ""
    from_person: bool = False
    replaces: str = ""


@dataclass(frozen=True)
class ContentRef:
    """A reference to content, never prose: a topic and, in a walk, one of its steps."""

    topic: str
    step: str | None = None


@dataclass(frozen=True)
class Reason:
    """Why the screen found something.

    `source` is pattern, classifier or context; `span` is (start, end) in characters of the original text, or None.
    """

    code: str
    source: str
    name: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result of a safety screen that raised: concern codes (main first), flags, urgency and why."""

    concerns: tuple[str, ...]
    urgency: Urgency
    flags: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What the screen remembers between messages of one conversation: codes and times, never text.

    `hints` are (ISO time, code) of vague hints and questions that could be about oneself, newest last.
    `asked` is the code of the one question Kite asked last, or "".
    """

    hints: tuple[tuple[str, str], ...] = ()
    asked: str = ""


@dataclass(frozen=True)
class Hit:
    """A topic found for a message; `score` is a calibrated probability in 0..1."""

    topic: str
    score: float


class Decision(StrEnum):
    """What search's calibrated confidence allows."""

    ANSWER = "answer"
    OFFER = "offer"
    NONE = "none"


@dataclass(frozen=True)
class Hits:
    """The result of a search: up to five hits, best first, and what their confidence allows."""

    hits: tuple[Hit, ...] = ()
    decision: Decision = Decision.NONE


class InboxState(StrEnum):
    """Where an inbound message is on its route."""

    RECEIVED = "received"
    SCREENED = "screened"
    DONE = "done"


class OutboxState(StrEnum):
    """Where an outbound message is; `uncertain` left but was not confirmed."""

    PENDING = "pending"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class CaseState(StrEnum):
    """Where a case is; a case that is handed back is open again for the clock, not closed."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Role(StrEnum):
    """What a member of staff may do."""

    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    LEAD = "lead"  # the safeguarding lead: concerns about staff and helpers go here
    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """A person's thread on one channel, as the dialogue needs it: the authority on where the talk stands.

    `topic` and `step` are what was told last; `walk` is where they left a walk (`family.steps/tracing`).
    """

    id: str
    channel: Channel
    endpoint: str
    language: str
    language_chosen: bool
    tier: Tier
    tier_chosen: bool
    country: str | None = None
    topic: str | None = None
    step: str | None = None
    walk: str | None = None
    expects: str | None = None
    misses: int = 0
    held_by: str | None = None
    greeted: bool = False
    draft_noted: tuple[str, ...] = ()
    touched: bool = False
    last_inbound_at: datetime | None = None
    memory: Memory = field(default_factory=Memory)
