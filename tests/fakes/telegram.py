"""A stand-in for Telegram's Bot API: it takes sendMessage and getUpdates, checks them, and never deduplicates."""

import asyncio
import json
import time
from typing import Any

from aiohttp import web

BOT_ID = 7000000001
TOKEN = f"{BOT_ID}:stand-in-token"


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def person(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "is_bot": False, "first_name": "Somebody", "language_code": "en"}


def private_chat(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "type": "private", "first_name": "Somebody"}


def text_update(update_id: int, chat_id: int, text: str) -> dict[str, Any]:
    message = {
        "message_id": update_id,
        "from": person(chat_id),
        "chat": private_chat(chat_id),
        "date": int(time.time()),
        "text": text,
    }
    return {"update_id": update_id, "message": message}


def tap_update(update_id: int, chat_id: int, data: str) -> dict[str, Any]:
    message = {"message_id": 1, "chat": private_chat(chat_id), "date": int(time.time()), "text": "…"}
    query = {"id": f"tap-{update_id}", "from": person(chat_id), "chat_instance": "1", "data": data, "message": message}
    return {"update_id": update_id, "callback_query": query}


class Telegram:
    """The stand-in's state."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.failures: list[tuple[int, dict[str, Any]]] = []
        self.updates: list[dict[str, Any]] = []
        self.answered: list[str] = []
        self._number = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self.call)
        return app

    async def call(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        method = request.match_info["method"].lower()
        if request.match_info["token"] != TOKEN:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        if self.failures and method == "sendmessage":
            status, extra = self.failures.pop(0)
            return web.json_response({"ok": False, "error_code": status, **extra}, status=status)
        handler = getattr(self, f"_{method}", None)
        if handler is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.json_response({"ok": True, "result": await handler(form)})

    async def _sendmessage(self, form: dict[str, str]) -> dict[str, Any]:
        self._check(form)
        self._number += 1
        chat_id = int(form["chat_id"])
        keyboard = json.loads(form.get("reply_markup", "{}")).get("inline_keyboard", [])
        self.sent.append(
            {"chat_id": chat_id, "text": form["text"], "keyboard": [button for row in keyboard for button in row]}
        )
        bot = {"id": BOT_ID, "is_bot": True, "first_name": "Kite"}
        return {
            "message_id": self._number,
            "from": bot,
            "chat": private_chat(chat_id),
            "date": int(time.time()),
            "text": form["text"],
        }

    async def _getupdates(self, form: dict[str, str]) -> list[dict[str, Any]]:
        offset = int(form.get("offset", "0"))
        waiting = [update for update in self.updates if update["update_id"] >= offset]
        if not waiting:
            await asyncio.sleep(0.05)
        return waiting

    async def _answercallbackquery(self, form: dict[str, str]) -> bool:
        self.answered.append(form["callback_query_id"])
        return True

    def _check(self, form: dict[str, str]) -> None:
        if not 1 <= utf16(form.get("text", "")) <= 4096:
            self.violations.append(f"text of {utf16(form.get('text', ''))} UTF-16 units")
        if not json.loads(form.get("link_preview_options", "{}")).get("is_disabled"):
            self.violations.append("link previews are on")
        rows = json.loads(form.get("reply_markup", "{}")).get("inline_keyboard", [])
        buttons = [button for row in rows for button in row]
        if len(buttons) > 100:
            self.violations.append("more than 100 buttons")
        for button in buttons:
            if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
                self.violations.append("callback_data must have 1 to 64 bytes")
