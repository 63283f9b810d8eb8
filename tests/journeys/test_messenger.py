"""Facebook Messenger over the Graph API's wire format."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.bench.meta import sign
from bot.store import schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.fakes.messenger import PAGE, event, text_event
from tests.kit import HURT
from tests.wire import SECRET, VERIFY, Wire, wired

PERSON = "7001"


@pytest.fixture
async def wire(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Wire]:
    async with wired(store, clock, tmp_path) as made:
        yield made


async def post(wire: Wire, body: Any, *, secret: str = SECRET) -> int:
    raw = json.dumps(body).encode()
    async with wire.session.post(wire.url("/webhooks/messenger"), data=raw, headers=sign(raw, secret)) as answer:
        await wire.works()
        return answer.status


async def test_a_disclosure_and_its_quick_replies(wire: Wire) -> None:
    """The neutral line with its choices as quick replies; the tap is understood."""
    assert await post(wire, text_event(PERSON, HURT)) == 200
    assert wire.messenger.sent[-1]["text"].startswith("I read your message.")
    payload = wire.messenger.sent[-1]["replies"][0]["payload"]
    await post(wire, text_event(PERSON, "I can write safely", quick_reply={"payload": payload}))
    assert "not your fault" in wire.messenger.sent[-1]["text"]
    assert len(await wire.kit.cases()) == 1
    assert wire.messenger.violations == []


async def test_the_first_tap_greets_and_a_button_of_the_page_works(wire: Wire) -> None:
    """Get Started and a persistent menu are postbacks."""
    await post(wire, event(PERSON, postback={"mid": "m1", "title": "Get started", "payload": "GET_STARTED"}))
    assert "Kite" in wire.messenger.sent[0]["text"]
    await post(wire, event(PERSON, postback={"mid": "m2", "title": "A guardian", "payload": "topic:people.guardian"}))
    assert "guardian" in wire.messenger.sent[-1]["text"].lower()


@pytest.mark.parametrize("kind", ["audio", "image", "video", "file", "location", "template", "fallback"])
async def test_what_cannot_be_read_is_answered(wire: Wire, kind: str) -> None:
    """Every kind of attachment gets a word."""
    await post(
        wire, event(PERSON, message={"mid": "m1", "attachments": [{"type": kind, "payload": {"url": "https://x"}}]})
    )
    assert wire.messenger.sent


@pytest.mark.parametrize(
    "parts",
    [
        {"read": {"watermark": 1}},
        {"reaction": {"action": "react", "mid": "m"}},
        {"message": {"mid": "m1", "text": "ours", "is_echo": True}},
        {"message": {"mid": "m1", "is_deleted": True}},
        {"optin": {"ref": "x"}},
        {"message": "no object"},
    ],
)
async def test_what_needs_no_answer_gets_none(wire: Wire, parts: dict[str, Any]) -> None:
    """Reads, echoes of our own messages and the like are left alone."""
    assert await post(wire, event(PERSON, **parts)) == 200
    assert await wire.kit.rows(schema.inbox) == []


async def test_delivery_is_told(wire: Wire) -> None:
    """Messenger reports what arrived by id."""
    await post(wire, text_event(PERSON, HURT))
    await post(wire, event(PERSON, delivery={"mids": [wire.messenger.sent[-1]["id"]], "watermark": 1}))
    assert {row.state for row in await wire.kit.rows(schema.outbox)} == {"delivered"}


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        ({"code": 10, "error_subcode": 2018278}, "failed", "window_closed"),
        ({"code": 551}, "failed", "blocked"),
        ({"code": 100, "error_subcode": 2018001}, "failed", "undeliverable"),
        ({"code": 613}, "pending", None),
        ({"code": 190}, "pending", None),
        ({"code": 1200}, "pending", None),
        ({"code": 100}, "failed", "100"),
    ],
)
async def test_error_codes_mean_what_they_say(wire: Wire, error: dict[str, Any], state: str, code: str | None) -> None:
    """Wait, give up, or remember that the person blocked the page."""
    wire.messenger.failures = [(400, error)]
    await post(wire, text_event(PERSON, HURT))
    (row,) = await wire.kit.rows(schema.outbox)
    assert (row.state, row.failed_code) == (state, code)


async def test_forgeries_are_refused_and_the_subscription_answered(wire: Wire) -> None:
    """The same signature as WhatsApp's, and no webhook of another kind."""
    assert await post(wire, text_event(PERSON, "hello"), secret="other") == 401
    assert await post(wire, {"object": "instagram", "entry": []}) == 400
    assert await wire.kit.rows(schema.inbox) == []
    query = {"hub.mode": "subscribe", "hub.challenge": "7", "hub.verify_token": VERIFY}
    async with wire.session.get(wire.url("/webhooks/messenger"), params=query) as answer:
        assert await answer.text() == "7"
    assert PAGE
