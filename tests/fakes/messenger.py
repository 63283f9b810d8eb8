"""A stand-in for Messenger's Send API: it checks what it takes by the documented rules."""

import uuid
from typing import Any

from aiohttp import web

PAGE = "100200300"


def event(person: str, **parts: Any) -> dict[str, Any]:
    """Return a webhook body with one event of a person."""
    body = {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": 1772366400000, **parts}
    return {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [body]}]}


def text_event(person: str, text: str, **more: Any) -> dict[str, Any]:
    return event(person, message={"mid": f"m_{uuid.uuid4().hex}", "text": text, **more})


class Messenger:
    """The stand-in's state."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.failures: list[tuple[int, dict[str, Any]]] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/{version}/me/messages", self.messages)
        return app

    async def messages(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self.failures:
            status, error = self.failures.pop(0)
            return web.json_response({"error": error}, status=status)
        self.violations += violations(body)
        message_id = f"m_{uuid.uuid4().hex}"
        message = body["message"]
        replies = message.get("quick_replies", [])
        self.sent.append({"id": message_id, "to": body["recipient"]["id"], "text": message["text"], "replies": replies})
        return web.json_response({"recipient_id": body["recipient"]["id"], "message_id": message_id})


def violations(body: dict[str, Any]) -> list[str]:
    """Return what is wrong with a call of the Send API."""
    message = body.get("message", {})
    replies = message.get("quick_replies", [])
    wrong = []
    if body.get("messaging_type") not in {"RESPONSE", "UPDATE", "MESSAGE_TAG"}:
        wrong.append("messaging_type is missing")
    if not 1 <= len(message.get("text", "")) <= 2000:
        wrong.append("a text has 1 to 2,000 characters")
    if "quick_replies" in message and not 1 <= len(replies) <= 13:
        wrong.append("1 to 13 quick replies are allowed")
    for reply in replies:
        if not 1 <= len(reply.get("title", "")) <= 20:
            wrong.append("a quick reply's title has 1 to 20 characters")
        if not 1 <= len(reply.get("payload", "")) <= 1000:
            wrong.append("a quick reply's payload has 1 to 1,000 characters")
    return wrong
