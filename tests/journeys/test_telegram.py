"""Telegram over the Bot API's own wire format, by webhook and by polling."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot

from bot.channels.telegram.polling import poll
from bot.channels.telegram.receive import SECRET_HEADER
from bot.dialogue.payloads import ContentPayload
from bot.store import schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.fakes.telegram import BOT_ID, TOKEN, person, private_chat, tap_update, text_update
from tests.kit import HURT
from tests.wire import TELEGRAM_SECRET, Wire, wired

CHAT = 4242


@pytest.fixture
async def wire(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Wire]:
    async with wired(store, clock, tmp_path) as made:
        yield made


async def post(wire: Wire, update: object, *, secret: str = TELEGRAM_SECRET) -> tuple[int, str]:
    headers = {SECRET_HEADER: secret}
    async with wire.session.post(wire.url("/webhooks/telegram"), json=update, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_start_question_tap_and_disclosure(wire: Wire) -> None:
    """The way of a child through the bot, from /start to a case."""
    assert (await post(wire, text_update(1, CHAT, "/start")))[0] == 200
    await wire.works()
    assert "Kite" in wire.telegram.sent[0]["text"]
    wire.kit.assistant.answers = [(ContentPayload("people.guardian"),)]
    await post(wire, text_update(2, CHAT, "whats a guardian"))
    await wire.works()
    assert "guardian" in wire.telegram.sent[-1]["text"].lower()
    payload = wire.telegram.sent[-1]["keyboard"][0]["callback_data"]
    status, body = await post(wire, tap_update(3, CHAT, payload))
    assert (status, "answerCallbackQuery" in body) == (200, True)
    await wire.works()
    before = len(wire.telegram.sent)
    await post(wire, text_update(4, CHAT, HURT))
    await wire.works()
    assert wire.telegram.sent[before]["text"].startswith("I read your message.")
    assert len(await wire.kit.cases()) == 1
    assert wire.telegram.violations == []


async def test_a_wrong_or_missing_secret_is_refused(wire: Wire) -> None:
    """Only Telegram knows the secret; nothing else is stored."""
    for secret in ("wrong", ""):
        assert (await post(wire, text_update(1, CHAT, "hello"), secret=secret))[0] == 401
    assert await wire.kit.rows(schema.inbox) == []


async def test_updates_that_are_repeated_are_stored_once(wire: Wire) -> None:
    """Telegram repeats an update until it is answered."""
    for _ in range(3):
        await post(wire, text_update(7, CHAT, "hello"))
    assert len(await wire.kit.rows(schema.inbox)) == 1


async def test_groups_and_unknown_updates_are_left_alone(wire: Wire) -> None:
    """What is said in a group is not for us; what we do not know breaks nothing."""
    group = text_update(1, CHAT, "hello")
    group["message"]["chat"] = {"id": -5, "type": "group", "title": "Many"}
    for update in (
        group,
        {"update_id": 2, "poll": {"id": "1"}},
        {"update_id": 3, "message": "no object"},
        {"update_id": 4},
    ):
        assert (await post(wire, update))[0] == 200
    assert await wire.kit.rows(schema.inbox) == []


async def test_a_flood_limit_is_waited_out(wire: Wire) -> None:
    """429 carries the seconds to wait; the reply comes after them."""
    wire.telegram.failures = [(429, {"description": "Too Many Requests", "parameters": {"retry_after": 3}})]
    await post(wire, text_update(1, CHAT, HURT))
    await wire.works()
    assert wire.telegram.sent == []
    wire.kit.clock.forward(seconds=5)
    await wire.works()
    assert len(wire.telegram.sent) == 1


async def test_a_person_who_blocks_the_bot_is_left_in_peace(wire: Wire) -> None:
    """403 ends the sending and is remembered; coming back is noticed."""
    wire.telegram.failures = [(403, {"description": "Forbidden: bot was blocked by the user"})]
    await post(wire, text_update(1, CHAT, HURT))
    await wire.works()
    (row,) = await wire.kit.rows(schema.outbox)
    assert (row.state, row.failed_code) == ("failed", "blocked")
    assert (await wire.kit.rows(schema.conversation))[0].blocked_at is not None
    member = {"user": {"id": BOT_ID, "is_bot": True, "first_name": "Kite"}, "status": "member"}
    change = {
        "chat": private_chat(CHAT),
        "from": person(CHAT),
        "date": 1,
        "old_chat_member": {**member, "status": "kicked", "until_date": 0},
        "new_chat_member": member,
    }
    await post(wire, {"update_id": 9, "my_chat_member": change})
    assert (await wire.kit.rows(schema.conversation))[0].blocked_at is None


async def test_polling_confirms_an_update_only_after_its_commit(wire: Wire) -> None:
    """A laptop without a public address gets the same updates, each stored once."""
    wire.telegram.updates = [text_update(1, CHAT, "hello"), tap_update(2, CHAT, "menu")]
    bot = Bot(TOKEN, base_url=str(wire.kit.pipeline.post.senders["telegram"].bot.base_url).removesuffix(TOKEN))
    await bot._request[0].initialize()
    await bot._request[1].initialize()
    task = asyncio.create_task(poll(bot, str(BOT_ID), wire.kit.pipeline.receive))
    for _ in range(100):
        if wire.telegram.answered:
            break
        await asyncio.sleep(0.05)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await bot._request[0].shutdown()
    await bot._request[1].shutdown()
    assert len(await wire.kit.rows(schema.inbox)) == 2
    assert wire.telegram.answered == ["tap-2"]
