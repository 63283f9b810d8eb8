"""Verify and parse the webhooks of SMS Gateway for Android.

The gateway signs the raw body followed by the time of sending. Its message ids are made of the content, so that the
same words twice have the same id: the time of receipt is part of ours. Source: the gateway's documentation of webhooks.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.base import Batch, Status
from bot.channels.meta import as_dict, text
from bot.clock import utc_now
from bot.errors import Refused
from bot.model import Channel, Clock, Incoming, Kind, OutboxState

SIGNATURE, TIME = "X-Signature", "X-Timestamp"
FRESH = timedelta(minutes=5)
STATES = {
    "sms:sent": OutboxState.SENT,
    "sms:delivered": OutboxState.DELIVERED,
    "sms:failed": OutboxState.FAILED,
}
RECEIVED = {"sms:received": Kind.TEXT, "mms:received": Kind.IMAGE, "mms:downloaded": None}


@dataclass(frozen=True)
class SmsReceiver:
    """Receive from one gateway; `key` signs its webhooks."""

    key: str
    clock: Clock = utc_now
    channel: Channel = Channel.SMS
    path: str = "/webhooks/sms"

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Refused unless the body and a time of these minutes are signed with our key."""
        at, given = headers.get(TIME, ""), headers.get(SIGNATURE, "")
        expected = hmac.new(self.key.encode(), body + at.encode(errors="replace"), hashlib.sha256).hexdigest()
        if not self.key or not hmac.compare_digest(expected.encode(), given.lower().encode(errors="replace")):
            raise Refused("The signature does not fit the body.", status=401)
        sent = _seconds(at)
        if sent is None or abs(self.clock() - sent) > FRESH:
            raise Refused("The call is not of this moment.", status=401)

    def subscribe(self, query: Mapping[str, str]) -> str:  # noqa: ARG002 (the gateway has no such check)
        """Raise Refused: the gateway checks no subscription."""
        raise Refused("Nothing is here.", status=404)

    def parse(self, body: bytes) -> Batch:
        """Return what an event holds; raise Refused (400) for what is no event."""
        try:
            data = json.loads(body.decode("utf-8"))
        except (ValueError, UnicodeDecodeError, RecursionError) as error:
            raise Refused("The body is not JSON in UTF-8.", status=400) from error
        if not isinstance(data, dict) or not isinstance(data.get("event"), str):
            raise Refused("The body is not an event of the gateway.", status=400)
        return _batch(data["event"], as_dict(data.get("payload")), text(data.get("deviceId", "")))

    def confirmation(self, batch: Batch) -> None:
        """Return None: the gateway reads nothing but the status."""


def _batch(event: str, payload: dict[str, Any], device: str) -> Batch:
    if event in STATES:
        status = _status(event, payload)
        return Batch(ignored=1) if status is None else Batch(statuses=(status,))
    kind = RECEIVED.get(event)
    address = text(payload.get("sender") or payload.get("phoneNumber") or "")
    if kind is None or not any(letter.isdigit() for letter in address):
        return Batch(ignored=1)  # a name instead of a number cannot be answered
    at = text(payload.get("receivedAt", ""))
    incoming = Incoming(
        channel=Channel.SMS,
        endpoint=device[:64],
        external_id=f"{text(payload.get('messageId', ''))}:{at}",
        address=address[:32],
        kind=kind,
        text=text(payload.get("message") or payload.get("subject") or ""),
        sent_at=_written(at),
    )
    return Batch(incoming=(incoming,))


def _status(event: str, payload: dict[str, Any]) -> Status | None:
    external_id = text(payload.get("messageId", ""))
    if not external_id:
        return None
    state = STATES[event]
    return Status(external_id=external_id, state=state, code="not_sent" if state is OutboxState.FAILED else "")


def _seconds(value: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _written(value: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
