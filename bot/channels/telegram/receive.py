"""Verify and parse Telegram's updates.

Private chats only: what is said in groups and channels is not for us. Updates repeat until answered; the update id
tells them apart. Source: the Bot API's reference.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update

from bot.channels.base import Batch, Presence
from bot.errors import Refused
from bot.model import Channel, Incoming, Kind

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the name of a header)
PRIVATE = "private"
GONE = {"kicked", "left"}
KINDS = (
    ("voice", Kind.VOICE),
    ("audio", Kind.VOICE),
    ("video_note", Kind.VIDEO),
    ("photo", Kind.IMAGE),
    ("video", Kind.VIDEO),
    ("animation", Kind.VIDEO),
    ("document", Kind.DOCUMENT),
    ("sticker", Kind.STICKER),
    ("location", Kind.LOCATION),
    ("venue", Kind.LOCATION),
    ("contact", Kind.CONTACTS),
)
COMMANDS = {
    "/start": "start:",
    "/menu": "menu:",
    "/language": "choose:language",
    "/age": "choose:tier",
    "/person": "person:",
    "/delete": "delete:",
}


@dataclass(frozen=True)
class TelegramReceiver:
    """Receive for one bot; `endpoint` is the bot's id, the part of its token before the colon."""

    secret: str
    endpoint: str
    channel: Channel = Channel.TELEGRAM
    path: str = "/webhooks/telegram"

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:  # noqa: ARG002 (the secret is in the header)
        """Raise Refused unless the call carries our secret token."""
        given = headers.get(SECRET_HEADER, "")
        if not self.secret or not hmac.compare_digest(given.encode(errors="replace"), self.secret.encode()):
            raise Refused("The secret token is not right.", status=401)

    def subscribe(self, query: Mapping[str, str]) -> str:  # noqa: ARG002 (Telegram has no such check)
        """Raise Refused: Telegram checks no subscription."""
        raise Refused("Nothing is here.", status=404)

    def parse(self, body: bytes) -> Batch:
        """Return what an update holds; raise Refused (400) for what is not an update."""
        try:
            data = json.loads(body.decode("utf-8"))
        except (ValueError, UnicodeDecodeError, RecursionError) as error:
            raise Refused("The body is not JSON in UTF-8.", status=400) from error
        if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
            raise Refused("The body is not a Telegram update.", status=400)
        return parse_update(data, self.endpoint)

    def confirmation(self, batch: Batch) -> Mapping[str, object] | None:
        """Return the answer to a tap: Telegram takes one method call in the answer to its webhook."""
        taps = [incoming.callback_id for incoming in batch.incoming if incoming.callback_id]
        return {"method": "answerCallbackQuery", "callback_query_id": taps[0]} if taps else None


def parse_update(data: dict[str, object], endpoint: str) -> Batch:
    """Return what an update holds; what we do not understand is counted and left alone."""
    try:
        update = Update.de_json(data, None)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Batch(ignored=1)
    if update.my_chat_member is not None and update.my_chat_member.chat.type == PRIVATE:
        gone = update.my_chat_member.new_chat_member.status in GONE
        return Batch(presence=(Presence(address=str(update.my_chat_member.chat.id), endpoint=endpoint, blocked=gone),))
    incoming = _incoming(update, endpoint)
    return Batch(ignored=1) if incoming is None else Batch(incoming=(incoming,))


def _incoming(update: Update, endpoint: str) -> Incoming | None:
    if update.callback_query is not None:
        return _tapped(update, update.callback_query, endpoint)
    message = update.message or update.edited_message
    if message is None or message.chat.type != PRIVATE:
        return None
    kind, text, payload = _said(message)
    return Incoming(
        channel=Channel.TELEGRAM,
        endpoint=endpoint,
        external_id=str(update.update_id),
        address=str(message.chat.id),
        kind=kind,
        text=text,
        payload=payload,
        sent_at=message.date,
    )


def _said(message: Message) -> tuple[Kind, str, str]:
    if message.text is not None:
        command = message.text.strip().split("@")[0].lower()
        if command in COMMANDS:  # nothing follows it: words behind a command are words, and are screened
            return Kind.BUTTON, message.text, COMMANDS[command]
        return Kind.TEXT, message.text, ""
    for name, kind in KINDS:
        if getattr(message, name, None):
            return kind, message.caption or "", ""
    return Kind.UNSUPPORTED, message.caption or "", ""


def _tapped(update: Update, query: CallbackQuery, endpoint: str) -> Incoming | None:
    if not query.data or query.message is None or query.message.chat.type != PRIVATE:
        return None
    return Incoming(
        channel=Channel.TELEGRAM,
        endpoint=endpoint,
        external_id=str(update.update_id),
        address=str(query.message.chat.id),
        kind=Kind.BUTTON,
        payload=query.data,
        callback_id=query.id,
    )
