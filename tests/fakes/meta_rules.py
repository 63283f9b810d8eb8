"""What Meta's documents demand of a call to the Cloud API; each violation is named."""

import re
from collections.abc import Iterator
from typing import Any

ENVELOPE = {
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "biz_opaque_callback_data",
    "context",
    "text",
    "interactive",
    "template",
    "image",
    "audio",
    "video",
    "document",
}
KINDS = {"text", "interactive", "template", "image", "audio", "video", "document"}
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}")


def violations(body: dict[str, Any]) -> list[str]:
    """Return what is wrong with the body of a POST to /<phone id>/messages."""
    return list(_violations(body))


def _violations(body: dict[str, Any]) -> Iterator[str]:
    if body.get("messaging_product") != "whatsapp":
        yield "messaging_product must be whatsapp"
    if "status" in body:
        yield from _receipt(body)
        return
    yield from (f"{name} is not a field of a message" for name in body.keys() - ENVELOPE)
    yield from _to(body)
    mark = body.get("biz_opaque_callback_data", "")
    if not isinstance(mark, str) or len(mark) > 512:
        yield "biz_opaque_callback_data must be text of at most 512 characters"
    kind = body.get("type")
    if kind not in KINDS:
        yield f"type {kind!r} is not one we know"
        return
    yield from (f"{name} stands beside type {kind}" for name in KINDS & body.keys() if name != kind)
    part = body.get(kind, {})
    if kind == "text":
        yield from _text(part)
    elif kind == "interactive":
        yield from _interactive(part)
    elif kind == "template":
        yield from _template(part)
    else:
        yield from _media(kind, part)


def _receipt(body: dict[str, Any]) -> Iterator[str]:
    if body.get("status") != "read" or not body.get("message_id"):
        yield "a receipt needs status read and a message_id"
    if body.get("typing_indicator", {"type": "text"}) != {"type": "text"}:
        yield "a typing indicator has type text"
    yield from (
        f"{name} is not a field of a receipt"
        for name in body.keys() - {"messaging_product", "status", "message_id", "typing_indicator"}
    )


def _to(body: dict[str, Any]) -> Iterator[str]:
    to, recipient = body.get("to"), body.get("recipient")
    if to is None and recipient is None:
        yield "to is missing"
    if to is not None and not re.fullmatch(r"\+?[0-9]{1,20}", str(to)):
        yield "to must be a phone number"
    if recipient is not None and not USER_ID.fullmatch(str(recipient)):
        yield "recipient must be a business-scoped user id"
    if body.get("recipient_type", "individual") != "individual":
        yield "recipient_type must be individual"


def _text(part: dict[str, Any]) -> Iterator[str]:
    yield from _within("text.body", part.get("body"), 4096)
    if part.get("preview_url"):
        yield "link previews are on"


def _within(name: str, value: object, limit: int) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{name} is empty"
    elif len(value) > limit:
        yield f"{name} has {len(value)} characters, {limit} are allowed"


def _template(part: dict[str, Any]) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9_]{1,512}", str(part.get("name", ""))):
        yield "a template's name has small letters, digits and underscores"
    if not part.get("language", {}).get("code"):
        yield "a template needs a language"


def _media(kind: str, part: dict[str, Any]) -> Iterator[str]:
    if bool(part.get("id")) == bool(part.get("link")):
        yield "media needs either an id or a link"
    if kind == "audio" and "caption" in part:
        yield "audio has no caption"
    if "caption" in part:
        yield from _within("caption", part["caption"], 1024)


def _interactive(part: dict[str, Any]) -> Iterator[str]:
    yield from _within("interactive.body.text", part.get("body", {}).get("text"), 1024)
    for name in ("header", "footer"):
        if name in part:
            yield from _within(name, part[name].get("text"), 60)
    action = part.get("action", {})
    if part.get("type") == "button":
        buttons = [button.get("reply", {}) for button in action.get("buttons", [])]
        if not 1 <= len(buttons) <= 3:
            yield f"{len(buttons)} reply buttons, 1 to 3 are allowed"
        yield from _choices(buttons, 20, 256)
    elif part.get("type") == "list":
        yield from _list(action)
    else:
        yield f"interactive type {part.get('type')!r} is not one we know"


def _list(action: dict[str, Any]) -> Iterator[str]:
    yield from _within("action.button", action.get("button"), 20)
    sections = action.get("sections", [])
    rows = [row for section in sections for row in section.get("rows", [])]
    if not 1 <= len(rows) <= 10:
        yield f"{len(rows)} rows, 1 to 10 are allowed"
    if len(sections) > 1:
        for section in sections:
            yield from _within("section title", section.get("title"), 24)
    yield from _choices(rows, 24, 200)
    for row in rows:
        if len(row.get("description", "")) > 72:
            yield "a row's description is longer than 72 characters"


def _choices(choices: list[dict[str, Any]], limit: int, id_limit: int) -> Iterator[str]:
    for choice in choices:
        yield from _within("title", choice.get("title"), limit)
        yield from _within("id", choice.get("id"), id_limit)
    for name in ("id", "title"):
        values = [choice.get(name) for choice in choices]
        if len(set(values)) != len(values):
            yield f"two choices have the same {name}"
