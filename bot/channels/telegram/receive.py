"""Verify and parse Telegram's updates.

Private chats only: what is said in groups and channels is not for us, and a group that takes us in is told so and left.
Updates repeat until answered; the update id tells them apart. An edited message is screened again and not answered
again, unless the one before was not understood. Source: the Bot API's reference.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update

from bot.channels.base import Batch, Crowd, Presence
from bot.errors import Refused
from bot.model import Channel, Incoming, Kind

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the name of a header)
PRIVATE = "private"
GROUPS = {"group", "supergroup"}
GONE = {"kicked", "left"}
EDITED = "edited:"
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
    "/numbers": "numbers:",
    "/delete": "delete:",
    "/stop": "safety:contact_no",
    "/help": "menu:",
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
        if not batch.callbacks:
            return None
        return {"method": "answerCallbackQuery", "callback_query_id": batch.callbacks[0]}


def parse_update(data: dict[str, object], endpoint: str) -> Batch:
    """Return what an update holds; what we do not understand is counted and left alone."""
    try:
        update = Update.de_json(data, None)
        return _batch(update, endpoint)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return Batch(ignored=1)


def _batch(update: Update, endpoint: str) -> Batch:
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, endpoint)
    incoming = _incoming(update, endpoint)
    callbacks = (update.callback_query.id,) if update.callback_query is not None else ()
    if incoming is None:
        return Batch(ignored=1, callbacks=callbacks)
    return Batch(incoming=(incoming,), callbacks=callbacks)


def _membership(change: ChatMemberUpdated, endpoint: str) -> Batch:
    gone = change.new_chat_member.status in GONE
    if change.chat.type == PRIVATE:
        return Batch(presence=(Presence(address=str(change.chat.id), endpoint=endpoint, blocked=gone),))
    if gone or change.chat.type not in GROUPS:
        return Batch(ignored=1)
    language = (change.from_user.language_code or "").partition("-")[0]
    return Batch(crowds=(Crowd(address=str(change.chat.id), language=language),))


def _incoming(update: Update, endpoint: str) -> Incoming | None:
    if update.callback_query is not None:
        return _tapped(update, update.callback_query, endpoint)
    message = update.message or update.edited_message
    if message is None or message.chat.type != PRIVATE:
        return None
    kind, text, payload = _said(message)
    if update.edited_message is not None and not payload:
        payload = EDITED
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
        if command.startswith("/start "):  # a link opened the chat: what follows came with the link
            return Kind.TEXT, message.text, COMMANDS["/start"]
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
        shown_id=str(query.message.message_id),
    )
