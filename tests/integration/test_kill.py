"""Kill the app at random instants: nothing is lost, nothing is doubled but what could not be known."""

import asyncio
import os
import random
import uuid
from pathlib import Path

import aiohttp
import pytest

from bot.config import load_settings
from bot.runtime import secret_key
from bot.store import schema
from bot.store.store import opened_store
from tests.fakes.meta import button_message, deliver, text_message
from tests.ledger import Sent, draw, read_log
from tests.processes import App, Children, MetaProcess

ROUNDS = int(os.environ.get("KITE_KILL_ROUNDS", "3"))
PEOPLE, EACH = 40, 5
SECRET = "app-secret"
QUESTIONS = [
    "what is a guardian",
    "who is my lawyer",
    "how can my family come here",
    "what are my rights",
    "hello",
    "next",
]
DISCLOSURE = "someone in the centre hits me every day"


def plan(number: int) -> list[Sent]:
    """Return 200 messages of one round: forty new people, five each; every fourth person discloses once."""
    return [
        Sent(
            f"49{number:03d}{person:06d}",
            f"wamid.{uuid.uuid4().hex}",
            disclosure=person % 4 == 0 and turn == 2,
            round=number,
        )
        for turn in range(EACH)
        for person in range(PEOPLE)
    ]


def body(sent: Sent, rng: random.Random) -> dict[str, object]:
    if sent.disclosure:
        return text_message(sent.who, DISCLOSURE, message_id=sent.external_id)
    if rng.random() < 0.3:
        return button_message(sent.who, "topic:family.steps", "The steps", message_id=sent.external_id)
    return text_message(sent.who, rng.choice(QUESTIONS), message_id=sent.external_id)


async def drive(app: App, meta: MetaProcess, messages: list[Sent], rng: random.Random) -> None:
    """Deliver the messages as Meta does; once a random number of replies has left, kill the app and start it again."""
    url = f"{app.url}/webhooks/whatsapp"
    slots = asyncio.Semaphore(16)
    after = meta.accepted() + rng.randrange(len(messages))
    moment = rng.uniform(0, 0.2)

    async def one(session: aiohttp.ClientSession, sent: Sent) -> None:
        async with slots:
            await deliver(session, url, body(sent, rng), SECRET)

    async def killer() -> None:
        while meta.accepted() < after:
            await asyncio.sleep(0.01)
        await asyncio.sleep(moment)
        await asyncio.to_thread(app.kill)
        await asyncio.to_thread(app.start)

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(killer(), *(one(session, sent) for sent in messages))


async def settled(app: App) -> bool:
    """Return whether every message is done and every reply sent, read from the app's own store file."""
    import aiosqlite

    async with aiosqlite.connect(app.folder / "kite.sqlite3") as db:
        todo = await db.execute_fetchall("SELECT count(*) FROM inbox WHERE state <> 'done'")
        unsent = await db.execute_fetchall(
            "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'uncertain')"
        )
        return next(iter(todo))[0] == 0 and next(iter(unsent))[0] == 0


@pytest.mark.slow
@pytest.mark.timeout(1500)
async def test_kill_at_random_instants_loses_nothing(tmp_path: Path, trained: Children) -> None:
    """Over all rounds every message is answered, every disclosure is one case, duplicates come from doubt only."""
    rng = random.Random(20261121)
    meta = MetaProcess(tmp_path)
    app = App(tmp_path / "var", {**trained.environment, **meta.environment})
    meta.start(webhook=f"{app.url}/webhooks/whatsapp")
    sent: list[Sent] = []
    try:
        await asyncio.to_thread(app.start)
        for number in range(ROUNDS):
            messages = plan(number)
            sent += messages
            await drive(app, meta, messages, rng)
            for _ in range(900):
                if await settled(app):
                    break
                await asyncio.sleep(0.1)
    finally:
        app.stop()
        meta.stop()
    settings = load_settings(_env_file=None, data_dir=app.folder)
    async with opened_store(sqlite_path=settings.sqlite_path, secret_key=secret_key(settings)) as store:
        log = read_log(meta.log)
        ledger = await store.read(lambda conn: draw(conn, store, sent, log))
        doubts = await store.read(
            lambda conn: sum(row.uncertain_count for row in conn.execute(schema.outbox.select()).all())
        )
    print(
        f"\n{ledger.messages} messages, {ROUNDS} kills, {doubts} uncertain sends, "
        f"{ledger.duplicates} duplicates, {ledger.silenced} answers silenced by a later disclosure"
    )
    assert ledger.faults == {}
    assert len(sent) == ROUNDS * PEOPLE * EACH
