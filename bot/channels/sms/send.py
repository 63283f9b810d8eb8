"""Render replies as SMS, with every choice as a numbered line, and send them through the gateway."""

import base64
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from bot.channels.base import Limits, Part
from bot.channels.fit import numbered, split
from bot.errors import RetryLater, Uncertain, Undeliverable
from bot.model import Channel, Reply

SEGMENTS = 10
LIMITS = Limits(
    text=SEGMENTS * 67,  # a segment of a long message in any script has 67 UTF-16 units
    text_with_buttons=SEGMENTS * 67,
    buttons=0,
    button_title=0,
    list_rows=0,
    list_title=0,
    list_button=0,
    unit="utf16",
    per_second=1.0,
)
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
CONFLICT, TOO_MANY, SERVER_ERROR = 409, 429, 500
UNAUTHORIZED = (401, 403)


@dataclass(frozen=True)
class SmsSender:
    """Send through one gateway; `api` is its base URL."""

    session: aiohttp.ClientSession
    api: str
    user: str
    password: str
    channel: Channel = Channel.SMS
    limits: Limits = LIMITS
    uncertain_after: timedelta = timedelta(seconds=20)

    def render(self, reply: Reply) -> tuple[Part, ...]:
        """Return the messages of a reply; choices are numbered, and a number typed back is the choice."""
        return render(reply)

    def knock(self, language: str) -> Part | None:  # noqa: ARG002 (a number can always be written to)
        """Return None: nobody has to be asked to write again."""
        return None

    async def send(self, address: str, part: Part, *, attempt_id: str, endpoint: str = "") -> str:
        """Hand one message to the gateway; it refuses an id that it has, so that a doubtful send is not doubled."""
        message_id = _message_id(attempt_id)
        body = {"id": message_id, "phoneNumbers": [address], "withDeliveryReport": True, **part.body}
        if endpoint:
            body["deviceId"] = endpoint
        try:
            async with self.session.post(
                f"{self.api.rstrip('/')}/{part.method}",
                json=body,
                headers={"Authorization": _basic(self.user, self.password)},
                timeout=TIMEOUT,
            ) as response:
                _check(response.status)
        except aiohttp.ClientConnectorError as error:
            raise RetryLater("The gateway cannot be reached.", seconds=10.0) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Uncertain("The gateway did not answer.") from error
        return message_id

    async def close(self) -> None:
        """Do nothing: the session belongs to who made it."""


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _message_id(attempt_id: str) -> str:
    """Return the gateway's id of a part, the same for every attempt: at most 36 characters."""
    outbox_id, _, rest = attempt_id.partition(":")
    number = rest.rpartition(":")[2].partition("/")[0]
    return f"{outbox_id}-{number}"[:36]


def _check(status: int) -> None:
    if status < 300 or status == CONFLICT:  # noqa: PLR2004 (HTTP success)
        return
    if status == TOO_MANY:
        raise RetryLater("The gateway asks to slow down.", seconds=60.0)
    if status in UNAUTHORIZED:
        raise RetryLater("The gateway refuses the user.", seconds=60.0, alarm="sms_user_refused")
    if status >= SERVER_ERROR:
        raise RetryLater("The gateway failed.", seconds=30.0)  # its ids keep what it took from being doubled
    raise Undeliverable("The gateway refused the message.", code=f"http_{status}")


def render(reply: Reply) -> tuple[Part, ...]:
    """Return the messages of a reply within the limits."""
    words = numbered(reply.text, reply.buttons) if reply.buttons else reply.text
    return tuple(
        Part(method="messages", body={"textMessage": {"text": piece}})
        for piece in split(words, LIMITS.text, LIMITS.unit)
    )
