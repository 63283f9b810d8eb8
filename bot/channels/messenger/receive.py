"""Verify and parse Messenger's webhooks: the same signature as WhatsApp, events of their own.

Source: the Messenger Platform's webhook reference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Batch, Status
from bot.channels.meta import as_dict, challenge, check_signature, dicts, loaded, text
from bot.model import Channel, Incoming, Kind, OutboxState

KINDS = {
    "audio": Kind.VOICE,
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "reel": Kind.VIDEO,
    "file": Kind.DOCUMENT,
    "location": Kind.LOCATION,
}
GET_STARTED = {"get_started", "GET_STARTED"}


@dataclass(frozen=True)
class MessengerReceiver:
    """Receive for the pages of one Meta app."""

    app_secret: str
    verify_token: str
    channel: Channel = Channel.MESSENGER
    path: str = "/webhooks/messenger"

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Refused unless the body is signed with the app secret."""
        check_signature(headers, body, self.app_secret)

    def subscribe(self, query: Mapping[str, str]) -> str:
        """Return Meta's challenge; raise Refused when the verify token is not ours."""
        return challenge(query, self.verify_token)

    def parse(self, body: bytes) -> Batch:
        """Return what the body holds; raise Refused (400) for what is not a page's webhook."""
        found = list(_items(loaded(body, "page")))
        return Batch(
            incoming=tuple(item for item in found if isinstance(item, Incoming)),
            statuses=tuple(item for item in found if isinstance(item, Status)),
            ignored=found.count(None),
        )

    def confirmation(self, batch: Batch) -> None:
        """Return None: Meta reads nothing but the status."""


def _items(data: dict[str, Any]) -> Iterator[Incoming | Status | None]:
    for entry in dicts(data.get("entry")):
        for event in dicts(entry.get("messaging")):
            if "delivery" in event:
                yield from _delivered(as_dict(event["delivery"]))
            else:
                yield _incoming(event)


def _delivered(delivery: dict[str, Any]) -> Iterator[Status]:
    mids = delivery.get("mids")
    for mid in mids if isinstance(mids, list) else ():
        yield Status(external_id=text(mid), state=OutboxState.DELIVERED)


def _incoming(event: dict[str, Any]) -> Incoming | None:
    address = text(as_dict(event.get("sender")).get("id", ""))
    said = _said(event)
    if not address or said is None or not said[0]:
        return None
    external_id, kind, words, payload = said
    return Incoming(
        channel=Channel.MESSENGER,
        endpoint=text(as_dict(event.get("recipient")).get("id", ""))[:64],
        external_id=external_id,
        address=address[:64],
        kind=kind,
        text=words,
        payload=payload,
        sent_at=_time(event.get("timestamp")),
    )


def _said(event: dict[str, Any]) -> tuple[str, Kind, str, str] | None:
    """Return (id, kind, text, payload) of an event; None for what changes nothing."""
    if "postback" in event:
        part = as_dict(event["postback"])
        payload = text(part.get("payload", ""))
        known = "start:" if payload in GET_STARTED else payload
        return text(part.get("mid") or event.get("timestamp", "")), Kind.BUTTON, text(part.get("title", "")), known
    if "message_edit" in event:
        part = as_dict(event["message_edit"])
        edited = f"{text(part.get('mid', ''))}:{text(part.get('num_edit', ''))}"
        return edited, Kind.TEXT, text(part.get("text", "")), "edited:"
    if "message" not in event:
        return None
    return _message(as_dict(event["message"]))


def _message(part: dict[str, Any]) -> tuple[str, Kind, str, str] | None:
    mid, words = text(part.get("mid", "")), text(part.get("text", ""))
    if part.get("is_echo") or part.get("is_deleted"):
        return None
    payload = text(as_dict(part.get("quick_reply")).get("payload", ""))
    if payload:
        return mid, Kind.BUTTON, words, payload
    for attachment in dicts(part.get("attachments")):
        sticker = as_dict(attachment.get("payload")).get("sticker_id")
        kind = Kind.STICKER if sticker else KINDS.get(text(attachment.get("type", "")), Kind.UNSUPPORTED)
        return mid, kind, words, ""
    return mid, Kind.TEXT if words else Kind.UNSUPPORTED, words, ""


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(str(value)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
