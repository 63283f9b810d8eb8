"""Meta's side of WhatsApp for benchmarks and tests: signed webhooks out, and a Graph API that takes messages in."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web

PHONE_ID = "1122334455667"
OK = 200


def sign(body: bytes, secret: str) -> dict[str, str]:
    """Return the headers of a webhook call as Meta signs it."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}


def webhook(**value: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON values)
    """Return a webhook body around messages, contacts or statuses."""
    metadata = {"display_phone_number": "15550001111", "phone_number_id": PHONE_ID}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def message(sender: str, kind: str, part: Mapping[str, Any], *, message_id: str = "") -> dict[str, Any]:
    """Return the webhook body of one message of a person; `kind` and `part` as Meta names them."""
    known = message_id or f"wamid.{uuid.uuid4().hex}"
    body = {"from": sender, "id": known, "timestamp": str(int(time.time())), "type": kind, kind: dict(part)}
    return webhook(contacts=[{"profile": {"name": "Somebody"}, "wa_id": sender}], messages=[body])


def text_message(sender: str, text: str, *, message_id: str = "") -> dict[str, Any]:
    """Return the webhook body of a typed message."""
    return message(sender, "text", {"body": text}, message_id=message_id)


def button_message(sender: str, payload: str, title: str, *, message_id: str = "") -> dict[str, Any]:
    """Return the webhook body of a tapped reply button."""
    reply = {"type": "button_reply", "button_reply": {"id": payload, "title": title}}
    return message(sender, "interactive", reply, message_id=message_id)


async def deliver(
    session: aiohttp.ClientSession, url: str, body: Mapping[str, Any], secret: str, *, tries: int = 600
) -> float:
    """Deliver a webhook as Meta does: signed, and again until it is answered 200; return the seconds it took.

    Raise TimeoutError when it is never answered.
    """
    raw = json.dumps(body, ensure_ascii=False).encode()
    began = time.monotonic()
    for _ in range(tries):
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            timeout = aiohttp.ClientTimeout(total=10)
            async with session.post(url, data=raw, headers=sign(raw, secret), timeout=timeout) as answer:
                if answer.status == OK:
                    return time.monotonic() - began
        await asyncio.sleep(0.1)
    raise TimeoutError("the webhook was never answered 200")


class GraphApi:
    """A Graph API that accepts every message and tells who waits for it."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self.count = 0

    def app(self) -> web.Application:
        """Return the application that serves it."""
        app = web.Application()
        app.router.add_post("/{version}/{phone}/messages", self._messages)
        return app

    def reply_to(self, person: str) -> "asyncio.Future[float]":
        """Return a future of the moment (monotonic seconds) at which the next message to a person arrives."""
        self._waiting[person] = asyncio.get_running_loop().create_future()
        return self._waiting[person]

    async def _messages(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.count += 1
        waiting = self._waiting.get(str(body.get("to")))
        if waiting is not None and not waiting.done():
            waiting.set_result(time.monotonic())
        return web.json_response({"messages": [{"id": f"wamid.{uuid.uuid4().hex}"}]})
