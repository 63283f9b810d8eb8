"""Verify and parse Meta's webhooks.

A body may hold several entries, changes and messages, in any order and again for up to seven days. Kinds that are not
known are counted and left alone. Source: the Cloud API's webhook reference.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Batch, Moved, Status
from bot.errors import Refused
from bot.model import Channel, Incoming, Kind, OutboxState

KINDS = {
    "audio": Kind.VOICE,
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
    "location": Kind.LOCATION,
    "contacts": Kind.CONTACTS,
    "reaction": Kind.REACTION,
    "order": Kind.UNSUPPORTED,
    "unsupported": Kind.UNSUPPORTED,
}
STATES = {
    "sent": OutboxState.SENT,
    "delivered": OutboxState.DELIVERED,
    "read": OutboxState.READ,
    "played": OutboxState.READ,
    "failed": OutboxState.FAILED,
}


@dataclass(frozen=True)
class WhatsAppReceiver:
    """Receive for one Meta app."""

    app_secret: str
    verify_token: str
    channel: Channel = Channel.WHATSAPP
    path: str = "/webhooks/whatsapp"

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Refused unless the body is signed with the app secret."""
        expected = "sha256=" + hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        given = headers.get("X-Hub-Signature-256", "")
        if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
            raise Refused("The signature does not fit the body.", status=401)

    def subscribe(self, query: Mapping[str, str]) -> str:
        """Return Meta's challenge; raise Refused when the verify token is not ours."""
        token = query.get("hub.verify_token", "")
        right = hmac.compare_digest(token.encode(), self.verify_token.encode()) and bool(self.verify_token)
        if query.get("hub.mode") != "subscribe" or not right:
            raise Refused("The verify token is not right.")
        return query.get("hub.challenge", "")

    def parse(self, body: bytes) -> Batch:
        """Return what the body holds; raise Refused (400) for what is not Meta's JSON."""
        found = list(_items(_loaded(body)))
        incoming = tuple(item for item in found if isinstance(item, Incoming))
        statuses = tuple(item for item in found if isinstance(item, Status))
        moved = tuple(item for item in found if isinstance(item, Moved))
        return Batch(incoming=incoming, statuses=statuses, moved=moved, ignored=found.count(None))

    def confirmation(self, batch: Batch) -> None:
        """Return None: Meta reads nothing but the status."""


def _loaded(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("The body is not JSON in UTF-8.", status=400) from error
    if not isinstance(data, dict) or data.get("object") != "whatsapp_business_account":
        raise Refused("The body is not a WhatsApp webhook.", status=400)
    return data


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, leaving out whatever else may stand there."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(data: dict[str, Any]) -> Iterator[Incoming | Status | Moved | None]:
    for entry in _dicts(data.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = _dict(change.get("value"))
            endpoint = str(_dict(value.get("metadata")).get("phone_number_id", ""))[:64]
            users = _user_ids(value)
            for message in _dicts(value.get("messages")):
                yield _message(message, endpoint, users)
            for status in _dicts(value.get("statuses")):
                yield _status(status)


def _user_ids(value: dict[str, Any]) -> dict[str, str]:
    """Return the business-scoped user id of each phone number in the body."""
    return {
        str(contact["wa_id"]): str(contact["user_id"])
        for contact in _dicts(value.get("contacts"))
        if contact.get("wa_id") and contact.get("user_id")
    }


def _message(message: dict[str, Any], endpoint: str, users: dict[str, str]) -> Incoming | Moved | None:
    external_id, kind = str(message.get("id", "")), str(message.get("type", ""))
    address = str(message.get("from") or message.get("from_user_id") or "")
    if kind == "system":
        return _moved(_dict(message.get("system")), address, endpoint)
    if not external_id or not address:
        return None
    said = _said(kind, message)
    if said is None:
        return None
    what, text, payload = said
    user = users.get(address)
    return Incoming(
        channel=Channel.WHATSAPP,
        endpoint=endpoint,
        external_id=external_id,
        address=address,
        kind=what,
        text=text,
        payload=payload,
        aliases=(user,) if user else (),
        sent_at=_time(message.get("timestamp")),
    )


def _said(kind: str, message: dict[str, Any]) -> tuple[Kind, str, str] | None:
    """Return (kind, text, payload) of a message; None for what changes nothing, such as a deletion."""
    part = _dict(message.get(kind))
    match kind:
        case "text":
            return Kind.TEXT, str(part.get("body", "")), ""
        case "button":
            return Kind.BUTTON, str(part.get("text", "")), str(part.get("payload", ""))
        case "interactive":
            chosen = _dict(part.get(str(part.get("type", ""))))
            if not chosen.get("id"):
                return Kind.UNSUPPORTED, "", ""
            return Kind.BUTTON, str(chosen.get("title", "")), str(chosen["id"])
        case "edit":
            inner = _dict(part.get("message"))
            return _said(str(inner.get("type", "")), inner)  # what is written anew may be a disclosure
        case "revoke":
            return None
        case _:
            return KINDS.get(kind, Kind.UNSUPPORTED), str(part.get("caption", "")), ""


def _moved(system: dict[str, Any], address: str, endpoint: str) -> Moved | None:
    new = str(system.get("wa_id") or system.get("new_wa_id") or "")
    if system.get("type") != "user_changed_number" or not new or not address:
        return None
    return Moved(old=address, new=new, endpoint=endpoint)


def _status(status: dict[str, Any]) -> Status | None:
    state, external_id = STATES.get(str(status.get("status", ""))), str(status.get("id", ""))
    if state is None or not external_id:
        return None
    errors = list(_dicts(status.get("errors")))
    return Status(
        external_id=external_id,
        state=state,
        attempt_id=str(status.get("biz_opaque_callback_data") or ""),
        code=str(errors[0].get("code", "")) if errors else "",
        at=_time(status.get("timestamp")),
    )


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(str(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
