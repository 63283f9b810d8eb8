"""A stand-in for Telegram's Bot API: it checks what it takes by the documented rules, and never deduplicates."""

import asyncio
import json
import re
import time
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.model import Clock

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


def edit_update(update_id: int, chat_id: int, text: str) -> dict[str, Any]:
    message = {**text_update(update_id, chat_id, text)["message"], "edit_date": int(time.time())}
    return {"update_id": update_id, "edited_message": message}


def added_update(update_id: int, group_id: int, language: str = "en") -> dict[str, Any]:
    """Return what comes when somebody adds the bot to a group."""
    bot = {"id": BOT_ID, "is_bot": True, "first_name": "Kite"}
    change = {
        "chat": {"id": group_id, "type": "group", "title": "Many"},
        "from": {**person(1), "language_code": language},
        "date": int(time.time()),
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": {"user": bot, "status": "member"},
    }
    return {"update_id": update_id, "my_chat_member": change}


def tap_update(update_id: int, chat_id: int, data: str, *, shown: int = 1) -> dict[str, Any]:
    message = {"message_id": shown, "chat": private_chat(chat_id), "date": int(time.time()), "text": "…"}
    query = {"id": f"tap-{update_id}", "from": person(chat_id), "chat_instance": "1", "data": data, "message": message}
    return {"update_id": update_id, "callback_query": query}


class BadCallError(Exception):
    """A call that Telegram refuses."""


class Telegram:
    """The stand-in's state."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock  # with a clock, the rate to a chat is checked too
        self._left: dict[int, datetime] = {}
        self.texts: dict[tuple[int, int], dict[str, str]] = {}  # what each message shows
        self.edited: list[dict[str, Any]] = []
        self.actions: list[int] = []
        self.left: list[int] = []
        self.profile: dict[tuple[str, str], Any] = {}
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
        if self.failures and method in {"sendmessage", "editmessagetext"}:
            status, extra = self.failures.pop(0)
            return web.json_response({"ok": False, "error_code": status, **extra}, status=status)
        handler = getattr(self, f"_{method}", None)
        if handler is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        try:
            return web.json_response({"ok": True, "result": await handler(form)})
        except BadCallError as error:
            answer = {"ok": False, "error_code": 400, "description": f"Bad Request: {error}"}
            return web.json_response(answer, status=400)

    async def _sendmessage(self, form: dict[str, str]) -> dict[str, Any]:
        self._check(form)
        self._number += 1
        chat_id = int(form["chat_id"])
        keyboard = json.loads(form.get("reply_markup", "{}")).get("inline_keyboard", [])
        self._hurried(chat_id)
        self.texts[chat_id, self._number] = form
        buttons = [button for row in keyboard for button in row]
        self.sent.append({"chat_id": chat_id, "id": self._number, "text": form["text"], "keyboard": buttons})
        bot = {"id": BOT_ID, "is_bot": True, "first_name": "Kite"}
        return {
            "message_id": self._number,
            "from": bot,
            "chat": private_chat(chat_id),
            "date": int(time.time()),
            "text": form["text"],
        }

    def _hurried(self, chat_id: int) -> None:
        """Note a violation where two messages go to a chat within a second."""
        if self.clock is None:
            return
        before, now = self._left.get(chat_id), self.clock()
        self._left[chat_id] = now
        if before is not None and now - before < timedelta(seconds=1):
            self.violations.append(f"two messages to a chat within {now - before}")

    async def _editmessagetext(self, form: dict[str, str]) -> dict[str, Any]:
        self._check(form)
        chat_id, number = int(form["chat_id"]), int(form["message_id"])
        before = self.texts.get((chat_id, number))
        if before is None:
            raise BadCallError("message to edit not found")
        if all(before.get(name) == form.get(name) for name in ("text", "reply_markup")):
            raise BadCallError("message is not modified")
        self.texts[chat_id, number] = form
        self.edited.append({"chat_id": chat_id, "id": number, "text": form["text"]})
        return {"message_id": number, "chat": private_chat(chat_id), "date": int(time.time()), "text": form["text"]}

    async def _sendchataction(self, form: dict[str, str]) -> bool:
        if form.get("action") not in {"typing", "upload_photo", "upload_voice", "upload_document"}:
            self.violations.append("an action nobody documented")
        self.actions.append(int(form["chat_id"]))
        return True

    async def _leavechat(self, form: dict[str, str]) -> bool:
        self.left.append(int(form["chat_id"]))
        return True

    async def _setmycommands(self, form: dict[str, str]) -> bool:
        commands = json.loads(form["commands"])
        if not 1 <= len(commands) <= 100:
            self.violations.append("1 to 100 commands are allowed")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                self.violations.append("a command has small letters, digits and underscores")
            if not 1 <= len(command["description"]) <= 256:
                self.violations.append("a command's description has 1 to 256 characters")
        return self._profiled("commands", form, commands)

    async def _setmydescription(self, form: dict[str, str]) -> bool:
        if len(form.get("description", "")) > 512:
            self.violations.append("a description has at most 512 characters")
        return self._profiled("description", form, form.get("description"))

    async def _setmyshortdescription(self, form: dict[str, str]) -> bool:
        if len(form.get("short_description", "")) > 120:
            self.violations.append("a short description has at most 120 characters")
        return self._profiled("short", form, form.get("short_description"))

    def _profiled(self, name: str, form: dict[str, str], value: Any) -> bool:
        language = form.get("language_code", "")
        if language and not re.fullmatch(r"[a-z]{2}", language):
            self.violations.append("a language code has two letters")
        self.profile[name, language] = value
        return True

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
