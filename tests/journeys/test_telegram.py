"""Telegram over the Bot API's own wire format, by webhook and by polling."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot

from bot.channels.telegram.polling import poll
from bot.channels.telegram.profile import profiles, publish
from bot.channels.telegram.receive import COMMANDS, SECRET_HEADER
from bot.dialogue.payloads import ContentPayload
from bot.model import Reply
from bot.store import outbox, schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.fakes.telegram import (
    BOT_ID,
    TOKEN,
    added_update,
    edit_update,
    person,
    private_chat,
    tap_update,
    text_update,
)
from tests.kit import HURT, catalogue
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


async def opened_case(wire: Wire) -> None:
    await post(wire, text_update(100, CHAT, HURT))
    await wire.works()


async def test_a_walk_stays_one_message(wire: Wire) -> None:
    """Each step takes the place of the one before; the third tap on an old keyboard changes that one."""
    await post(wire, text_update(1, CHAT, "/start"))
    await wire.works()
    await post(wire, tap_update(2, CHAT, "topic:family.steps"))
    await wire.works()
    step, sent = wire.telegram.sent[-1], len(wire.telegram.sent)
    for number in (3, 4):
        await post(wire, tap_update(number, CHAT, "walk:next", shown=step["id"]))
        await wire.works()
    assert len(wire.telegram.sent) == sent
    assert [edit["id"] for edit in wire.telegram.edited] == [step["id"]] * 2
    assert len({step["text"], *(edit["text"] for edit in wire.telegram.edited)}) == 3
    await post(wire, tap_update(5, CHAT, "walk:where", shown=step["id"]))  # the same again is no error
    await wire.works()
    assert len(wire.telegram.sent) == sent
    assert wire.telegram.violations == []


async def test_a_step_whose_message_is_gone_is_sent_anew(wire: Wire) -> None:
    """The person deleted the message, or it is too old to change."""
    await post(wire, tap_update(1, CHAT, "topic:family.steps"))
    await wire.works()
    sent = len(wire.telegram.sent)
    await post(wire, tap_update(2, CHAT, "walk:next", shown=9999))
    await wire.works()
    assert len(wire.telegram.sent) == sent + 1


async def test_an_edited_message_is_screened_and_not_answered_again(wire: Wire) -> None:
    """What was changed may be a disclosure; what is none needs no second answer."""
    await post(wire, text_update(1, CHAT, "hello"))
    await wire.works()
    sent = len(wire.telegram.sent)
    await post(wire, edit_update(2, CHAT, "hello!"))
    await wire.works()
    assert len(wire.telegram.sent) == sent
    await post(wire, edit_update(3, CHAT, HURT))
    await wire.works()
    assert len(await wire.kit.cases()) == 1
    assert wire.telegram.sent[-1]["text"].startswith("I read your message.")


@pytest.mark.parametrize(("language", "words"), [("en", "private chat"), ("fr", "conversation privée")])
async def test_a_group_is_refused_kindly_and_left(wire: Wire, language: str, words: str) -> None:
    """Whoever adds the bot to a group reads why it goes, in their language; nothing of the group is stored."""
    assert (await post(wire, added_update(1, -77, language)))[0] == 200
    for _ in range(100):
        if wire.telegram.left:
            break
        await asyncio.sleep(0.02)
    assert wire.telegram.left == [-77]
    assert words in wire.telegram.sent[-1]["text"]
    assert await wire.kit.rows(schema.conversation) == []


async def test_a_tap_without_a_message_is_still_confirmed(wire: Wire) -> None:
    """A keyboard so old that Telegram forgot its message: the waiting mark on the button goes all the same."""
    query = {"id": "tap-1", "from": person(CHAT), "chat_instance": "1", "data": "menu", "inline_message_id": "x"}
    status, body = await post(wire, {"update_id": 1, "callback_query": query})
    assert (status, "tap-1" in body) == (200, True)
    assert await wire.kit.rows(schema.inbox) == []


@pytest.mark.parametrize(
    "part",
    [
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}},
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
        {"sticker": {"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
        {"location": {"latitude": 1.0, "longitude": 2.0}},
        {"contact": {"phone_number": "+1", "first_name": "A"}},
        {"document": {"file_id": "a", "file_unique_id": "b"}},
        {"video_note": {"file_id": "a", "file_unique_id": "b", "length": 1, "duration": 1}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"poll": {"id": "1"}},
        {},
    ],
)  # fmt: skip
async def test_every_kind_of_message_is_answered(wire: Wire, part: dict[str, object]) -> None:
    """Nothing that a person sends is met with silence, known to the library or not."""
    update = text_update(1, CHAT, "")
    del update["message"]["text"]
    update["message"] |= part
    assert (await post(wire, update))[0] == 200
    await wire.works()
    assert wire.telegram.sent or part.keys() == {"poll"}
    assert wire.telegram.violations == []


async def test_posts_of_channels_and_other_updates_are_left_alone(wire: Wire) -> None:
    """A channel's posts, edits there, reactions, polls and payments are not for us."""
    post_of = {"message_id": 1, "chat": {"id": -100, "type": "channel", "title": "c"}, "date": 1, "text": "x"}
    for number, kind in enumerate(("channel_post", "edited_channel_post", "business_message"), start=1):
        assert (await post(wire, {"update_id": number, kind: post_of}))[0] == 200
    assert await wire.kit.rows(schema.inbox) == []


async def test_a_block_is_shown_on_the_case_and_ends_the_sending(wire: Wire) -> None:
    """Telegram tells that the person blocked the bot: the caseworker sees it once, and nothing is tried any more."""
    await opened_case(wire)
    member = {"user": {"id": BOT_ID, "is_bot": True, "first_name": "Kite"}, "status": "member"}
    gone = {**member, "status": "kicked", "until_date": 0}
    chat = {"chat": private_chat(CHAT), "from": person(CHAT), "date": 1}
    for number in (200, 201):
        change = {**chat, "old_chat_member": member, "new_chat_member": gone}
        await post(wire, {"update_id": number, "my_chat_member": change})
    events = [row.name for row in await wire.kit.rows(schema.case_event)]
    assert events.count("person_blocked") == 1
    sent, (conversation,) = len(wire.telegram.sent), await wire.kit.rows(schema.conversation)
    reply = Reply(text="Hello")
    now, vault = wire.kit.clock.forward(seconds=5), wire.kit.store.vault
    await wire.kit.store.write(
        lambda conn: outbox.enqueue(conn, vault, conversation.id, reply, dedupe_key="k", purpose="notice", now=now)
    )
    await wire.works()
    assert len(wire.telegram.sent) == sent
    assert max(await wire.kit.rows(schema.outbox), key=lambda row: row.sequence).failed_code == "blocked"


async def test_a_storm_of_limits_is_waited_out(wire: Wire) -> None:
    """429 again and again: the reply comes once, after the last wait."""
    limit = (429, {"description": "Too Many Requests", "parameters": {"retry_after": 20}})
    wire.telegram.failures = [limit] * 5
    await post(wire, text_update(1, CHAT, HURT))
    for _ in range(8):
        await wire.works()
        wire.kit.clock.forward(minutes=2)
    assert len(wire.telegram.sent) == 1


async def test_typing_is_shown(wire: Wire) -> None:
    """The person sees that an answer is on its way."""
    await post(wire, text_update(1, CHAT, "hello"))
    for _ in range(100):
        if wire.telegram.actions:
            break
        await asyncio.sleep(0.02)
    assert wire.telegram.actions == [CHAT]


async def test_the_profile_is_told_in_every_language(wire: Wire) -> None:
    """Commands and descriptions stand in each language that is offered, within Telegram's limits."""
    bot = wire.kit.pipeline.post.senders["telegram"].bot
    assert await publish(bot, profiles(catalogue()), "en") == 0
    for language in ("", *catalogue().locales):
        assert {command["command"] for command in wire.telegram.profile["commands", language]} >= {"menu", "person"}
        assert wire.telegram.profile["description", language]
        assert wire.telegram.profile["short", language]
    assert wire.telegram.violations == []


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_is_answered(wire: Wire, command: str) -> None:
    """What the menu of the app offers works from the first moment."""
    await post(wire, text_update(1, CHAT, f"{command}@KiteBot"))
    await wire.works()
    assert wire.telegram.sent


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
