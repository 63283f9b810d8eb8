"""A child reads an answer, wants to know whether they understood, and goes on: over WhatsApp and over Telegram."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.bench.meta import button_message, sign, text_message
from bot.channels.telegram.receive import SECRET_HEADER
from bot.dialogue.payloads import ContentPayload
from bot.model import Tier
from bot.store import schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.fakes.telegram import tap_update, text_update
from tests.kit import catalogue
from tests.wire import SECRET, TELEGRAM_SECRET, Wire, wired

PERSON, CHAT = "4915100000002", 4343


@pytest.fixture
async def wire(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Wire]:
    async with wired(store, clock, tmp_path) as made:
        yield made


def topic_with_a_check() -> str:
    """Return a topic of the repository's own content that has three ways on and a check question."""
    said, ask = catalogue(), {"locale": "en", "tier": Tier.MIDDLE}
    return next(
        topic
        for topic, known in said.topics.items()
        if not known.critical and known.kind == "answer" and said.check(topic, **ask) is not None
    )


async def whatsapp(wire: Wire, body: object) -> dict[str, Any]:
    """Deliver a message and return what the child is shown last."""
    data = json.dumps(body).encode()
    url = wire.url("/webhooks/whatsapp")
    async with wire.session.post(url, data=io.BytesIO(data), headers=sign(data, SECRET)) as answer:
        assert answer.status == 200
    await wire.works()
    shown: dict[str, Any] = wire.meta.accepted[-1]["body"]["interactive"]
    return shown


def titles(shown: dict[str, Any]) -> dict[str, str]:
    assert shown["type"] == "button", "three choices and fewer are buttons, never a list"
    return {button["reply"]["id"]: button["reply"]["title"] for button in shown["action"]["buttons"]}


async def test_a_child_checks_what_it_understood_over_whatsapp(wire: Wire) -> None:
    """An answer, its check, a wrong answer met kindly, and the ways on; each within WhatsApp's three buttons."""
    topic, said = topic_with_a_check(), catalogue()
    check = said.check(topic, locale="en", tier=Tier.MIDDLE)
    assert check is not None
    await whatsapp(wire, text_message(PERSON, "hello"))
    wire.kit.assistant.answers = [(ContentPayload(topic),)]
    shown = titles(await whatsapp(wire, text_message(PERSON, "please tell me about it")))
    assert shown[f"check:{topic}"] == "Did I understand?"
    asked = await whatsapp(wire, button_message(PERSON, f"check:{topic}", "Did I understand?"))
    assert asked["body"]["text"] == check.question
    assert titles(asked) == {f"check:{topic}/{answer}": label for answer, label in check.answers}
    for answer, label in check.answers:
        told = await whatsapp(wire, button_message(PERSON, f"check:{topic}/{answer}", label))
        assert told["body"]["text"] == said.feedback(topic, answer, locale="en", tier=Tier.MIDDLE)
        assert any(payload.startswith("topic:") for payload in titles(told))
    assert wire.meta.refused == []


async def test_a_child_checks_what_it_understood_over_telegram(wire: Wire) -> None:
    """The same over Telegram, whose buttons carry 64 bytes; nothing of it is counted anywhere."""
    topic = topic_with_a_check()
    check = catalogue().check(topic, locale="en", tier=Tier.MIDDLE)
    assert check is not None
    wire.kit.assistant.answers = [(ContentPayload(topic),)]
    for number, update in enumerate(
        (
            text_update(1, CHAT, "/start"),
            text_update(2, CHAT, "please tell me about it"),
            tap_update(3, CHAT, f"check:{topic}"),
            text_update(4, CHAT, check.answers[0][1]),
        ),
        start=1,
    ):
        headers = {SECRET_HEADER: TELEGRAM_SECRET}
        async with wire.session.post(wire.url("/webhooks/telegram"), json=update, headers=headers) as answer:
            assert answer.status == 200, number
        await wire.works()
    feedback = catalogue().feedback(topic, check.answers[0][0], locale="en", tier=Tier.MIDDLE)
    assert wire.telegram.sent[-1]["text"] == feedback
    assert len(wire.kit.assistant.asked) == 1
    assert wire.telegram.violations == []
    assert await wire.kit.rows(schema.feedback) == []
    assert await wire.kit.cases() == []
