"""Render replies for WhatsApp and send them over the Cloud API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.channels.base import Limits, Part
from bot.channels.fit import fits_buttons, fits_list, numbered, shorten, split
from bot.errors import RetryLater, Uncertain, Undeliverable
from bot.model import Button, Channel, Reply

LIMITS = Limits(
    text=4096, text_with_buttons=1024, buttons=3, button_title=20, list_rows=10, list_title=24, list_button=20
)
PAIR_SECONDS = 6.0
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
RATE_CODES = {4: 60.0, 80007: 60.0, 130429: 5.0, 131048: 300.0, 131056: PAIR_SECONDS, 133016: 60.0}
"""Error codes that ask us to slow down, and the seconds to wait."""
RETRY_CODES = {1: 10.0, 2: 10.0, 131000: 10.0, 131016: 30.0, 131057: 60.0}
"""Passing faults of the far side, and the seconds to wait."""
NAMED_CODES = {
    131047: "window_closed",
    131026: "undeliverable",
    131030: "not_allowed",
    131051: "unsupported",
    368: "blocked_by_meta",
    190: "token_expired",
}
SERVER_ERROR = 500
TOO_MANY = 429


@dataclass(frozen=True)
class WhatsAppSender:
    """Send for one phone number. `api` is the Graph API's base URL."""

    session: aiohttp.ClientSession
    api: str
    phone_id: str
    token: str
    channel: Channel = Channel.WHATSAPP
    limits: Limits = LIMITS
    uncertain_after: timedelta = timedelta(seconds=20)

    def render(self, reply: Reply) -> tuple[Part, ...]:
        """Return one message where the reply fits: text, reply buttons, or a list; longer texts are split."""
        return render(reply)

    async def send(self, address: str, part: Part, *, attempt_id: str) -> str:
        """Send one message; our attempt id travels as `biz_opaque_callback_data` and comes back in its statuses."""
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": address,
            "biz_opaque_callback_data": attempt_id,
            **part.body,
        }
        url = f"{self.api.rstrip('/')}/{self.phone_id}/{part.method}"
        headers = {"Authorization": f"Bearer {self.token}"}
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
        data = await response.json(content_type=None)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _message_id(status: int, data: Mapping[str, Any]) -> str:
    """Return the id of the message that was accepted, or raise what the answer means."""
    messages = data.get("messages")
    if status < 300 and isinstance(messages, list) and messages:  # noqa: PLR2004 (HTTP success)
        return str(messages[0].get("id", ""))
    error = data.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    code = code if isinstance(code, int) else 0
    if code in RATE_CODES or status == TOO_MANY:
        raise RetryLater("WhatsApp asks to slow down.", seconds=RATE_CODES.get(code, 30.0))
    if code in RETRY_CODES:
        raise RetryLater("WhatsApp has a passing fault.", seconds=RETRY_CODES[code])
    if status >= SERVER_ERROR:
        raise Uncertain("The Graph API failed while it worked on the message.")
    raise Undeliverable("WhatsApp refused the message.", code=NAMED_CODES.get(code, str(code or status)))


def render(reply: Reply) -> tuple[Part, ...]:
    """Return the messages of a reply within WhatsApp's limits."""
    buttons = reply.buttons
    if not buttons:
        return tuple(_text(piece) for piece in split(reply.text, LIMITS.text))
    if not fits_list(buttons, LIMITS):
        return tuple(_text(piece) for piece in split(numbered(reply.text, buttons), LIMITS.text))
    *first, last = split(reply.text, LIMITS.text_with_buttons)
    if first:  # the words before the choices fit fewer messages without the limit of interactive ones
        first = list(split("\n\n".join(first), LIMITS.text))
    interactive = _buttons(last, buttons) if fits_buttons(buttons, LIMITS) else _list(last, reply)
    return (*(_text(piece) for piece in first), interactive)


def _text(text: str) -> Part:
    return Part(method="messages", body={"type": "text", "text": {"body": text, "preview_url": False}})


def _interactive(kind: str, text: str, action: Mapping[str, Any]) -> Part:
    body = {"type": kind, "body": {"text": text}, "action": action}
    return Part(method="messages", body={"type": "interactive", "interactive": body})


def _buttons(text: str, buttons: tuple[Button, ...]) -> Part:
    replies = [{"type": "reply", "reply": {"id": button.payload, "title": button.label}} for button in buttons]
    return _interactive("button", text, {"buttons": replies})


def _list(text: str, reply: Reply) -> Part:
    rows = [_row(button) for button in reply.buttons]
    label = shorten(reply.list_label or "…", LIMITS.list_button)
    return _interactive("list", text, {"button": label, "sections": [{"rows": rows}]})


def _row(button: Button) -> dict[str, str]:
    title = shorten(button.label, LIMITS.list_title)
    row = {"id": button.payload, "title": title}
    return row if title == button.label else {**row, "description": shorten(button.label, 72)}
