"""What Meta's documents demand of a message to the Cloud API; each violation is named."""

from collections.abc import Iterator
from typing import Any


def violations(body: dict[str, Any]) -> list[str]:
    """Return what is wrong with the body of a POST to /<phone id>/messages."""
    return list(_violations(body))


def _violations(body: dict[str, Any]) -> Iterator[str]:
    if body.get("messaging_product") != "whatsapp":
        yield "messaging_product must be whatsapp"
    if body.get("status") == "read":
        return
    if not str(body.get("to", "")).strip():
        yield "to is missing"
    mark = body.get("biz_opaque_callback_data", "")
    if not isinstance(mark, str) or len(mark) > 512:
        yield "biz_opaque_callback_data must be text of at most 512 characters"
    kind = body.get("type")
    if kind == "text":
        yield from _within("text.body", body.get("text", {}).get("body"), 4096)
    elif kind == "interactive":
        yield from _interactive(body.get("interactive", {}))
    elif kind not in {"template", "image", "audio"}:
        yield f"type {kind!r} is not one we know"


def _within(name: str, value: object, limit: int) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{name} is empty"
    elif len(value) > limit:
        yield f"{name} has {len(value)} characters, {limit} are allowed"


def _interactive(part: dict[str, Any]) -> Iterator[str]:
    yield from _within("interactive.body.text", part.get("body", {}).get("text"), 1024)
    action = part.get("action", {})
    if part.get("type") == "button":
        buttons = [button.get("reply", {}) for button in action.get("buttons", [])]
        if not 1 <= len(buttons) <= 3:
            yield f"{len(buttons)} reply buttons, 1 to 3 are allowed"
        yield from _choices(buttons, 20)
    elif part.get("type") == "list":
        yield from _within("action.button", action.get("button"), 20)
        rows = [row for section in action.get("sections", []) for row in section.get("rows", [])]
        if not 1 <= len(rows) <= 10:
            yield f"{len(rows)} rows, 1 to 10 are allowed"
        yield from _choices(rows, 24)
        for row in rows:
            if len(row.get("description", "")) > 72:
                yield "a row's description is longer than 72 characters"
    else:
        yield f"interactive type {part.get('type')!r} is not one we know"


def _choices(choices: list[dict[str, Any]], limit: int) -> Iterator[str]:
    for choice in choices:
        yield from _within("title", choice.get("title"), limit)
        yield from _within("id", choice.get("id"), 256)
    for name in ("id", "title"):
        values = [choice.get(name) for choice in choices]
        if len(set(values)) != len(values):
            yield f"two choices have the same {name}"
