"""Verify and parse Meta's webhooks.

A body may hold several entries, changes and messages, in any order and again for up to seven days. Kinds that are not
known are counted and left alone; what is said in a group is not for us. Source: the Cloud API's webhook reference.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Batch, Moved, Status, Withdrawn
from bot.channels.whatsapp import codes
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
}
STATES = {
    "sent": OutboxState.SENT,
    "delivered": OutboxState.DELIVERED,
    "read": OutboxState.READ,
    "played": OutboxState.READ,
    "failed": OutboxState.FAILED,
}
GROUP = "group"
BANS = {"DISABLED_UPDATE", "ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION", "ACCOUNT_DELETED"}
"""What Meta tells of an account, in the field `account_update`, that ends our sending."""
_UNFIT = re.compile(r"[^0-9A-Za-z._:@]")
Item = Incoming | Status | Moved | Withdrawn


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
        data = _loaded(body)
        found = list(_items(data))
        return Batch(
            incoming=tuple(item for item in found if isinstance(item, Incoming)),
            statuses=tuple(item for item in found if isinstance(item, Status)),
            moved=tuple(item for item in found if isinstance(item, Moved)),
            withdrawn=tuple(item for item in found if isinstance(item, Withdrawn)),
            alarms=tuple(_alarms(data)),
            ignored=found.count(None),
        )

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


def _text(value: object) -> str:
    """Return text that can be stored: half of a character, which JSON can carry, becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode() if isinstance(value, str | int | float) else ""


def _id(value: object, limit: int = 128) -> str:
    """Return a phone number, user id or endpoint without anything that belongs into none of them."""
    return _UNFIT.sub("", _text(value))[:limit]


def _changes(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in _dicts(data.get("entry")):
        yield from _dicts(entry.get("changes"))


def _items(data: dict[str, Any]) -> Iterator[Item | None]:
    for change in _changes(data):
        value = _dict(change.get("value"))
        endpoint = _id(_dict(value.get("metadata")).get("phone_number_id", ""), 64)
        users = _user_ids(value)
        for message in _dicts(value.get("messages")):
            yield _message(message, endpoint, users)
        for status in _dicts(value.get("statuses")):
            yield _status(status)


def _alarms(data: dict[str, Any]) -> Iterator[str]:
    """Yield what the operators must know: errors of ours that Meta tells beside messages, and bans."""
    for change in _changes(data):
        value = _dict(change.get("value"))
        for error in _dicts(value.get("errors")):
            if codes.meaning(error.get("code")).act is codes.Act.ALARM:
                yield f"whatsapp_{_id(error.get('code'), 16)}"
        if change.get("field") == "account_update" and value.get("event") in BANS:
            yield f"whatsapp_{str(value['event']).lower()}"


def _user_ids(value: dict[str, Any]) -> dict[str, str]:
    """Return the business-scoped user id of each phone number in the body."""
    return {
        _id(contact["wa_id"]): _id(contact["user_id"])
        for contact in _dicts(value.get("contacts"))
        if contact.get("wa_id") and contact.get("user_id")
    }


def _message(message: dict[str, Any], endpoint: str, users: dict[str, str]) -> Item | None:
    external_id, kind = _text(message.get("id", "")), _text(message.get("type", ""))
    user = _id(message.get("from_user_id", ""))
    address = _id(message.get("from", "")) or user
    if message.get("group_id") or not address:
        return None
    if kind == "system":
        return _moved(_dict(message.get("system")), address, endpoint)
    if kind == "revoke":
        original = _text(_dict(message.get("revoke")).get("original_message_id", ""))
        return Withdrawn(external_id=original, endpoint=endpoint) if original else None
    if not external_id:
        return None
    what, text, payload = _said(kind, message)
    return Incoming(
        channel=Channel.WHATSAPP,
        endpoint=endpoint,
        external_id=external_id,
        address=address,
        kind=what,
        text=text,
        payload=payload,
        aliases=tuple(dict.fromkeys(known for known in (user, users.get(address)) if known and known != address)),
        sent_at=_time(message.get("timestamp")),
    )


def _said(kind: str, message: dict[str, Any]) -> tuple[Kind, str, str]:
    """Return (kind, text, payload) of a message; a kind that nobody knows is unsupported, and answered so."""
    part = _dict(message.get(kind))
    match kind:
        case "text":
            return Kind.TEXT, _text(part.get("body", "")), ""
        case "button":
            return Kind.BUTTON, _text(part.get("text", "")), _text(part.get("payload", ""))
        case "interactive":
            return _interactive(part)
        case "request_welcome":
            return Kind.BUTTON, "", "start:"
        case "edit":
            inner = _dict(part.get("message"))
            again = _text(inner.get("type", ""))  # what is written anew may be a disclosure
            return (Kind.UNSUPPORTED, "", "") if again == "edit" else _said(again, inner)
        case _:
            return KINDS.get(kind, Kind.UNSUPPORTED), _text(part.get("caption", "")), ""


def _interactive(part: dict[str, Any]) -> tuple[Kind, str, str]:
    chosen = _dict(part.get(_text(part.get("type", ""))))
    if chosen.get("id"):
        return Kind.BUTTON, _text(chosen.get("title", "")), _text(chosen["id"])
    return Kind.UNSUPPORTED, _text(chosen.get("response_json", "")), ""  # words typed into a form are still screened


def _moved(system: dict[str, Any], address: str, endpoint: str) -> Moved | None:
    changed = system.get("type") in {"user_changed_number", "user_changed_user_id", "customer_changed_number"}
    new = _id(next((system[name] for name in ("wa_id", "new_wa_id", "user_id") if system.get(name)), ""))
    return Moved(old=address, new=new, endpoint=endpoint) if changed and new and new != address else None


def _status(status: dict[str, Any]) -> Status | None:
    state, external_id = STATES.get(_text(status.get("status", ""))), _text(status.get("id", ""))
    if state is None or not external_id or status.get("recipient_type") == GROUP:
        return None
    errors = list(_dicts(status.get("errors"))) if state is OutboxState.FAILED else []
    code = errors[0].get("code", "") if errors else ""
    known = codes.meaning(code)
    return Status(
        external_id=external_id,
        state=state,
        attempt_id=_text(status.get("biz_opaque_callback_data") or ""),
        code=codes.name(code) if code else "",
        again=known.seconds,
        alarm=known.act is codes.Act.ALARM,
        at=_time(status.get("timestamp")),
    )


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(str(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
