"""Render replies for Messenger and send them over the Graph API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.channels.base import Limits, Part
from bot.channels.fit import numbered, shorten, split
from bot.channels.meta import as_dict
from bot.errors import RetryLater, Uncertain, Undeliverable, WindowClosed
from bot.model import Button, Channel, Reply

LIMITS = Limits(
    text=2000,
    text_with_buttons=2000,
    buttons=13,
    button_title=20,
    list_rows=0,
    list_title=0,
    list_button=0,
    per_second=40.0,
    window=timedelta(hours=24),
)
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
WINDOW_SUBCODES = {2018278, 2018065}
GONE_SUBCODES = {1545041, 2018001, 2018108, 2018109}
RATES = {4: 60.0, 32: 60.0, 613: 30.0, 80006: 60.0}
PASSING = {1: 10.0, 2: 10.0, 1200: 30.0}
TOKEN = {10, 190, 200, 230}
BLOCKED = 551
TOO_MANY, SERVER_ERROR = 429, 500


@dataclass(frozen=True)
class MessengerSender:
    """Send for one page; `api` is the Graph API's base URL."""

    session: aiohttp.ClientSession
    api: str
    token: str
    channel: Channel = Channel.MESSENGER
    limits: Limits = LIMITS
    uncertain_after: timedelta = timedelta(seconds=20)

    def render(self, reply: Reply) -> tuple[Part, ...]:
        """Return the messages of a reply, its choices as quick replies under the last."""
        return render(reply)

    def knock(self, language: str) -> Part | None:  # noqa: ARG002 (Messenger approves no such message)
        """Return None: once the window is closed nobody can be asked."""
        return None

    async def send(self, address: str, part: Part, *, attempt_id: str, endpoint: str = "") -> str:  # noqa: ARG002 (Messenger carries no mark of ours, and a token is of one page)
        """Send one message; return its id."""
        body = {"recipient": {"id": address}, "messaging_type": "RESPONSE", "message": dict(part.body)}
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.api.rstrip('/')}/me/{part.method}"
        try:
            async with self.session.post(url, json=body, headers=headers, timeout=TIMEOUT) as response:
                return _message_id(response.status, await _json(response))
        except aiohttp.ClientConnectorError as error:
            raise RetryLater("The Graph API cannot be reached.", seconds=5.0) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Uncertain("The Graph API did not answer.") from error

    async def close(self) -> None:
        """Do nothing: the session belongs to who made it."""


async def _json(response: aiohttp.ClientResponse) -> Mapping[str, Any]:
    try:
        return as_dict(await response.json(content_type=None))
    except ValueError:
        return {}


def _message_id(status: int, data: Mapping[str, Any]) -> str:
    """Return the id of the message that was accepted, or raise what the answer means."""
    if status < 300 and data.get("message_id"):  # noqa: PLR2004 (HTTP success)
        return str(data["message_id"])
    error = as_dict(data.get("error"))
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    if subcode in WINDOW_SUBCODES:
        raise WindowClosed("The person has to write first.", code="window_closed")
    if code == BLOCKED:
        raise Undeliverable("The person cannot be written to.", code="blocked")
    if subcode in GONE_SUBCODES:
        raise Undeliverable("The person is not there any more.", code="undeliverable")
    if code in RATES or code in PASSING or status == TOO_MANY:
        raise RetryLater("Messenger asks to wait.", seconds=RATES.get(code, PASSING.get(code, 30.0)))
    if code in TOKEN:
        raise RetryLater("The page's token is not valid.", seconds=60.0, alarm="messenger_token")
    if status >= SERVER_ERROR:
        raise Uncertain("The Graph API failed while it worked on the message.")
    raise Undeliverable("Messenger refused the message.", code=str(code or status))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def render(reply: Reply) -> tuple[Part, ...]:
    """Return the messages of a reply within Messenger's limits."""
    many = len(reply.buttons) > LIMITS.buttons
    words = numbered(reply.text, reply.buttons) if many else reply.text
    *first, last = split(words, LIMITS.text)
    body: dict[str, Any] = {"text": last}
    if reply.buttons and not many:
        body["quick_replies"] = [_quick(button) for button in reply.buttons]
    return (*(Part(method="messages", body={"text": piece}) for piece in first), Part(method="messages", body=body))


def _quick(button: Button) -> dict[str, str]:
    return {"content_type": "text", "title": shorten(button.label, LIMITS.button_title), "payload": button.payload}
