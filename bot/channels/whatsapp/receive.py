"""Verify and parse Meta's webhooks.

A body may hold several entries, changes and messages, in any order and again for up to seven days. Kinds that are not
known are counted and left alone; what is said in a group is not for us. Source: the Cloud API's webhook reference.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Batch, Moved, Status, Withdrawn
from bot.channels.meta import as_dict, challenge, check_signature, dicts, loaded, text
from bot.channels.whatsapp import codes
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
        check_signature(headers, body, self.app_secret)

    def subscribe(self, query: Mapping[str, str]) -> str:
        """Return Meta's challenge; raise Refused when the verify token is not ours."""
        return challenge(query, self.verify_token)

    def parse(self, body: bytes) -> Batch:
        """Return what the body holds; raise Refused (400) for what is not Meta's JSON."""
        data = loaded(body, "whatsapp_business_account")
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


def _id(value: object, limit: int = 128) -> str:
    """Return a phone number, user id or endpoint without anything that belongs into none of them."""
    return _UNFIT.sub("", text(value))[:limit]


def _changes(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in dicts(data.get("entry")):
        yield from dicts(entry.get("changes"))


def _items(data: dict[str, Any]) -> Iterator[Item | None]:
    for change in _changes(data):
        value = as_dict(change.get("value"))
        endpoint = _id(as_dict(value.get("metadata")).get("phone_number_id", ""), 64)
        users = _user_ids(value)
        for message in dicts(value.get("messages")):
            yield _message(message, endpoint, users)
        for status in dicts(value.get("statuses")):
            yield _status(status)


def _alarms(data: dict[str, Any]) -> Iterator[str]:
    """Yield what the operators must know: errors of ours that Meta tells beside messages, and bans."""
    for change in _changes(data):
        value = as_dict(change.get("value"))
        for error in dicts(value.get("errors")):
            if codes.meaning(error.get("code")).act is codes.Act.ALARM:
                yield f"whatsapp_{_id(error.get('code'), 16)}"
        if change.get("field") == "account_update" and value.get("event") in BANS:
            yield f"whatsapp_{str(value['event']).lower()}"


def _user_ids(value: dict[str, Any]) -> dict[str, str]:
    """Return the business-scoped user id of each phone number in the body."""
    return {
        _id(contact["wa_id"]): _id(contact["user_id"])
        for contact in dicts(value.get("contacts"))
        if contact.get("wa_id") and contact.get("user_id")
    }


def _message(message: dict[str, Any], endpoint: str, users: dict[str, str]) -> Item | None:
    external_id, kind = text(message.get("id", "")), text(message.get("type", ""))
    user = _id(message.get("from_user_id", ""))
    address = _id(message.get("from", "")) or user
    if message.get("group_id") or not address:
        return None
    if kind == "system":
        return _moved(as_dict(message.get("system")), address, endpoint)
    if kind == "revoke":
        original = text(as_dict(message.get("revoke")).get("original_message_id", ""))
        return Withdrawn(external_id=original, endpoint=endpoint) if original else None
    if not external_id:
        return None
    what, words, payload = _said(kind, message)
    return Incoming(
        channel=Channel.WHATSAPP,
        endpoint=endpoint,
        external_id=external_id,
        address=address,
        kind=what,
        text=words,
        payload=payload,
        aliases=tuple(dict.fromkeys(known for known in (user, users.get(address)) if known and known != address)),
        sent_at=_time(message.get("timestamp")),
    )


def _said(kind: str, message: dict[str, Any]) -> tuple[Kind, str, str]:
    """Return (kind, text, payload) of a message; a kind that nobody knows is unsupported, and answered so."""
    part = as_dict(message.get(kind))
    match kind:
        case "text":
            return Kind.TEXT, text(part.get("body", "")), ""
        case "button":
            return Kind.BUTTON, text(part.get("text", "")), text(part.get("payload", ""))
        case "interactive":
            return _interactive(part)
        case "request_welcome":
            return Kind.BUTTON, "", "start:"
        case "edit":
            inner = as_dict(part.get("message"))
            again = text(inner.get("type", ""))  # what is written anew may be a disclosure
            return (Kind.UNSUPPORTED, "", "") if again == "edit" else _said(again, inner)
        case _:
            return KINDS.get(kind, Kind.UNSUPPORTED), text(part.get("caption", "")), ""


def _interactive(part: dict[str, Any]) -> tuple[Kind, str, str]:
    chosen = as_dict(part.get(text(part.get("type", ""))))
    if chosen.get("id"):
        return Kind.BUTTON, text(chosen.get("title", "")), text(chosen["id"])
    return Kind.UNSUPPORTED, text(chosen.get("response_json", "")), ""  # words typed into a form are still screened


def _moved(system: dict[str, Any], address: str, endpoint: str) -> Moved | None:
    changed = system.get("type") in {"user_changed_number", "user_changed_user_id", "customer_changed_number"}
    new = _id(next((system[name] for name in ("wa_id", "new_wa_id", "user_id") if system.get(name)), ""))
    return Moved(old=address, new=new, endpoint=endpoint) if changed and new and new != address else None


def _status(status: dict[str, Any]) -> Status | None:
    state, external_id = STATES.get(text(status.get("status", ""))), text(status.get("id", ""))
    if state is None or not external_id or status.get("recipient_type") == GROUP:
        return None
    errors = list(dicts(status.get("errors"))) if state is OutboxState.FAILED else []
    code = errors[0].get("code", "") if errors else ""
    known = codes.meaning(code)
    return Status(
        external_id=external_id,
        state=state,
        attempt_id=text(status.get("biz_opaque_callback_data") or ""),
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
