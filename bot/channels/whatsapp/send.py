"""Render replies for WhatsApp and send them over the Cloud API."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.channels.base import Crowd, Limits, Part
from bot.channels.fit import fits_buttons, fits_list, numbered, shorten, split
from bot.channels.whatsapp import codes
from bot.errors import RetryLater, Uncertain, Undeliverable, WindowClosed
from bot.model import Button, Channel, Incoming, Reply

LIMITS = Limits(
    text=4096,
    text_with_buttons=1024,
    buttons=3,
    button_title=20,
    list_rows=10,
    list_title=24,
    list_button=20,
    per_second=70.0,  # Meta's own limit is 80 a number
    pair_seconds=codes.PAIR_SECONDS,
    window=timedelta(hours=24),
)
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
COURTESY_TIMEOUT = aiohttp.ClientTimeout(total=5)
SERVER_ERROR = 500
TOO_MANY = 429


@dataclass(frozen=True)
class Template:
    """A message that Meta approved: its name, and the languages it is approved in, the first for all others."""

    name: str
    languages: tuple[str, ...] = ("en",)

    @classmethod
    def parse(cls, setting: str) -> "Template | None":
        """Return the template of a setting `<name>:<language>,<language>…`, or None when it is empty."""
        name, _, languages = setting.partition(":")
        codes_ = tuple(code.strip() for code in languages.split(",") if code.strip())
        return cls(name.strip(), codes_ or ("en",)) if name.strip() else None


@dataclass(frozen=True)
class Graph:
    """Meta's Graph API; `api` is its base URL, `phone_id` our number unless a call names another."""

    session: aiohttp.ClientSession
    api: str
    phone_id: str
    token: str

    def post(
        self, body: Mapping[str, Any], *, endpoint: str = "", method: str = "messages", timeout: aiohttp.ClientTimeout
    ) -> "aiohttp.client._RequestContextManager":
        """Start a call of a method of one of our numbers."""
        number = endpoint if endpoint.isdecimal() else self.phone_id
        return self.session.post(
            f"{self.api.rstrip('/')}/{number}/{method}",
            json={"messaging_product": "whatsapp", **body},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=timeout,
        )


@dataclass(frozen=True)
class WhatsAppSender:
    """Send for our numbers; `template` asks a person to write again once the window is closed."""

    graph: Graph
    template: Template | None = None
    limits: Limits = LIMITS
    channel: Channel = Channel.WHATSAPP
    uncertain_after: timedelta = timedelta(seconds=20)

    def render(self, reply: Reply) -> tuple[Part, ...]:
        """Return one message where the reply fits: text, reply buttons, or a list; longer texts are split."""
        return render(reply)

    def knock(self, language: str) -> Part | None:
        """Return the approved template in the language, or in its first; None when none is set."""
        if self.template is None:
            return None
        code = language if language in self.template.languages else self.template.languages[0]
        template = {"name": self.template.name, "language": {"code": code}}
        return Part(method="messages", body={"type": "template", "template": template})

    async def send(self, address: str, part: Part, *, attempt_id: str, endpoint: str = "") -> str:
        """Send one message; our attempt id travels as `biz_opaque_callback_data` and comes back in its statuses.

        A person without a known phone number is reached by their business-scoped id.
        """
        to = {"to": address} if address.isdecimal() else {"recipient": address}
        body = {"recipient_type": "individual", **to, "biz_opaque_callback_data": attempt_id, **part.body}
        try:
            async with self.graph.post(body, endpoint=endpoint, method=part.method, timeout=TIMEOUT) as response:
                return _message_id(response.status, await _json(response))
        except aiohttp.ClientConnectorError as error:
            raise RetryLater("The Graph API cannot be reached.", seconds=5.0) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Uncertain("The Graph API did not answer.") from error

    async def close(self) -> None:
        """Do nothing: the session belongs to who made it."""


@dataclass(frozen=True)
class WhatsAppCourtesy:
    """Mark messages as read and show that an answer is being written."""

    graph: Graph

    async def seen(self, incoming: Incoming) -> None:
        """Tell the person's phone, at most once; what fails is no harm."""
        body = {"status": "read", "message_id": incoming.external_id, "typing_indicator": {"type": "text"}}
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with self.graph.post(body, endpoint=incoming.endpoint, timeout=COURTESY_TIMEOUT):
                pass

    async def refuse(self, crowd: Crowd, text: str) -> None:
        """Do nothing: nobody takes a number of ours into a group without us."""


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
    known = codes.meaning(code)
    if known.act is codes.Act.WINDOW:
        raise WindowClosed("The person has to write first.", code=known.name)
    if known.seconds:
        alarm = known.name if known.act is codes.Act.ALARM else ""
        raise RetryLater("WhatsApp asks to wait.", seconds=known.seconds, alarm=alarm)
    if status == TOO_MANY:
        raise RetryLater("WhatsApp asks to slow down.", seconds=30.0)
    if status >= SERVER_ERROR and not known.name:
        raise Uncertain("The Graph API failed while it worked on the message.")
    raise Undeliverable("WhatsApp refused the message.", code=codes.name(code) if code is not None else str(status))


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
