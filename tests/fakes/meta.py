"""A stand-in for Meta's Graph API, in a process of its own or inside a test.

    python -m tests.fakes.meta --port 9100 --log requests.jsonl --secret app-secret --webhook http://127.0.0.1:8080/webhooks/whatsapp

Every message it accepts is a line in the log, written before the answer. With --webhook it reports `sent` and
`delivered` back, signed, and again until it is answered 200, as Meta does.
"""

import argparse
import asyncio
import json
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.bench.meta import PHONE_ID, button_message, deliver, message, text_message, webhook
from bot.model import Clock
from tests.fakes.meta_rules import violations

__all__ = ["PHONE_ID", "Meta", "button_message", "deliver", "message", "text_message", "webhook"]


class Meta:
    """The stand-in's state: what was accepted, what breaks next, and where statuses go."""

    def __init__(
        self,
        *,
        secret: str = "app-secret",
        log: Path | None = None,
        webhook_url: str = "",
        latency: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        self.secret, self.webhook_url, self.latency = secret, webhook_url, latency
        self.clock = clock  # with a clock, the rate to a person and the window are checked too
        self.wrote: dict[str, datetime] = {}  # when a person wrote last
        self._left: dict[str, datetime] = {}  # when the last message to a person left
        self.seen: list[dict[str, Any]] = []  # receipts
        self.accepted: list[dict[str, Any]] = []
        self.refused: list[list[str]] = []
        self.failures: list[tuple[int, int]] = []  # (HTTP status, error code) of the next answers
        self._log = log.open("a", buffering=1) if log else None
        self._tasks: set[asyncio.Task[None]] = set()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1_000_000)
        app.router.add_post("/{version}/{phone}/messages", self.messages)
        app.on_cleanup.append(self._clean_up)
        return app

    async def messages(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self.failures and "status" not in body:
            status, code = self.failures.pop(0)
            return web.json_response({"error": {"code": code, "message": "as told"}}, status=status)
        wrong = [*violations(body), *self._hurried(body, request.match_info["phone"])]
        if wrong or not request.headers.get("Authorization", "").startswith("Bearer "):
            self.refused.append(wrong or ["no bearer token"])
            return web.json_response({"error": {"code": 100, "message": "; ".join(wrong)}}, status=400)
        if "status" in body:
            self.seen.append(body)
            return web.json_response({"success": True})
        if self._closed(body):
            return web.json_response({"error": {"code": 131047, "message": "Re-engagement message"}}, status=400)
        message_id = f"wamid.{uuid.uuid4().hex}"
        self._accept(body, message_id)
        if self.latency:  # accepted, but the answer is still on its way: the moment a kill leaves in doubt
            await asyncio.sleep(self.latency)
        if self.webhook_url:
            self._start(self._report(body, message_id))
        return web.json_response({"messaging_product": "whatsapp", "messages": [{"id": message_id}]})

    def hears(self, body: dict[str, Any]) -> None:
        """Note that somebody wrote, as a webhook body tells: their window is open from now."""
        if self.clock is None:
            return
        for entry in body.get("entry", []):
            for change in entry.get("changes", []):
                for said in change.get("value", {}).get("messages", []):
                    self.wrote[str(said.get("from") or said.get("from_user_id"))] = self.clock()

    def _hurried(self, body: dict[str, Any], phone: str) -> list[str]:
        """Return the violation of the rate to one person: a message every six seconds."""
        if self.clock is None or "status" in body:
            return []
        who, now = f"{phone} {_who(body)}", self.clock()
        before = self._left.get(who)
        self._left[who] = now
        hurried = before is not None and now - before < timedelta(seconds=6)
        return [f"two messages to a person within {now - before}"] if hurried and before is not None else []

    def _closed(self, body: dict[str, Any]) -> bool:
        wrote = self.wrote.get(_who(body))
        if self.clock is None or wrote is None or body.get("type") == "template":
            return False
        return self.clock() - wrote > timedelta(hours=24)

    def _accept(self, body: dict[str, Any], message_id: str) -> None:
        text = body.get("text", {}).get("body") or body.get("interactive", {}).get("body", {}).get("text", "")
        entry = {
            "at": time.time(),
            "to": _who(body),
            "attempt": body.get("biz_opaque_callback_data", ""),
            "id": message_id,
            "text": text,
        }
        self.accepted.append({**entry, "body": body})
        if self._log:
            self._log.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _start(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _report(self, body: dict[str, Any], message_id: str) -> None:
        async with aiohttp.ClientSession() as session:
            for state in ("sent", "delivered"):
                status = {
                    "id": message_id,
                    "status": state,
                    "timestamp": str(int(time.time())),
                    "recipient_id": _who(body),
                }
                if body.get("biz_opaque_callback_data"):
                    status["biz_opaque_callback_data"] = body["biz_opaque_callback_data"]
                await deliver(session, self.webhook_url, webhook(statuses=[status]), self.secret)

    async def _clean_up(self, _app: web.Application) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _who(body: dict[str, Any]) -> str:
    return str(body.get("to") or body.get("recipient"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--secret", default="app-secret")
    parser.add_argument("--webhook", default="")
    parser.add_argument("--latency", type=float, default=0.0)
    given = parser.parse_args()
    meta = Meta(secret=given.secret, log=given.log, webhook_url=given.webhook, latency=given.latency)
    web.run_app(meta.app(), host="127.0.0.1", port=given.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
