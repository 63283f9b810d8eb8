"""A stand-in for an SMS gateway on a phone: it checks what it takes, and refuses an id that it has."""

import base64
import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Any

from aiohttp import web

KEY, USER, PASSWORD = "sms-key", "user", "password"


def sign(body: bytes, at: datetime, key: str = KEY) -> dict[str, str]:
    """Return the headers of a call as the gateway signs it."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(key.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Timestamp": stamp, "X-Signature": digest}


def received(sender: str, text: str, at: datetime, *, event: str = "sms:received") -> bytes:
    """Return the body of a message that the phone received; its id is made of the content, as the gateway does."""
    payload = {
        "messageId": hashlib.sha256(text.encode()).hexdigest()[:8],
        "message": text,
        "sender": sender,
        "simNumber": 1,
        "receivedAt": at.isoformat(),
    }
    return json.dumps({"deviceId": "phone-1", "event": event, "id": "e", "payload": payload, "webhookId": "w"}).encode()


class SmsGateway:
    """The stand-in's state."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.failures: list[int] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/3rdparty/v1/messages", self.messages)
        return app

    async def messages(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode():
            return web.json_response({"message": "unauthorized"}, status=401)
        body = await request.json()
        if self.failures:
            return web.json_response({}, status=self.failures.pop(0))
        self.violations += violations(body)
        if body["id"] in {entry["id"] for entry in self.sent}:
            return web.json_response({"message": "id already exists"}, status=409)
        self.sent.append({"id": body["id"], "to": body["phoneNumbers"][0], "text": body["textMessage"]["text"]})
        return web.json_response({"id": body["id"], "state": "Pending"}, status=202)


def violations(body: dict[str, Any]) -> list[str]:
    """Return what is wrong with a message; at most ten segments of 67 UTF-16 units."""
    wrong = []
    text = body.get("textMessage", {}).get("text", "")
    if not 1 <= len(text.encode("utf-16-le")) // 2 <= 670:
        wrong.append("a text has 1 to 670 UTF-16 units")
    if not 1 <= len(str(body.get("id", ""))) <= 36:
        wrong.append("an id has 1 to 36 characters")
    numbers = body.get("phoneNumbers", [])
    if len(numbers) != 1 or not re.fullmatch(r"\+?[0-9]{3,15}", numbers[0]):
        wrong.append("one phone number is needed")
    unknown = body.keys() - {"id", "phoneNumbers", "textMessage", "withDeliveryReport", "deviceId", "simNumber", "ttl"}
    return wrong + [f"{name} is not a field of a message" for name in unknown]
