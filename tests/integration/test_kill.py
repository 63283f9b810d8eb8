"""Kill the app at random instants: nothing is lost, nothing is doubled but what could not be known."""

import asyncio
import contextlib
import os
import random
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import aiosqlite
import asyncpg
import pytest

from bot.config import load_settings
from bot.runtime import secret_key
from bot.store import schema
from bot.store.store import Store, opened_store
from tests.conftest import drop_database, fresh_database
from tests.fakes.meta import button_message, deliver, text_message
from tests.ledger import Sent, draw, read_log
from tests.processes import App, Children, Fleet, MetaProcess

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


@contextlib.asynccontextmanager
async def reading(app: App) -> AsyncIterator[Store]:
    """Open the app's store; on SQLite only once the app has stopped."""
    settings = load_settings(_env_file=None, data_dir=app.folder)
    url = app.environment.get("KITE_DATABASE_URL", "")
    key = app.environment.get("KITE_SECRET_KEY") or secret_key(settings)
    async with opened_store(database_url=url, sqlite_path=settings.sqlite_path, secret_key=key) as store:
        yield store


async def settled(app: App) -> bool:
    """Return whether every message is done and every reply sent."""
    queries = (
        "SELECT count(*) FROM inbox WHERE state <> 'done'",
        "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'uncertain')",
    )
    url = app.environment.get("KITE_DATABASE_URL", "")
    if url:
        conn = await asyncpg.connect(url)
        found = [await conn.fetchval(query) for query in queries]
        await conn.close()
        return found == [0, 0]
    async with aiosqlite.connect(app.folder / "kite.sqlite3") as db:
        return [next(iter(await db.execute_fetchall(query)))[0] for query in queries] == [0, 0]


async def play(app: App, meta: MetaProcess, rng: random.Random, *, rounds: int, patience: float) -> list[Sent]:
    """Drive the rounds and wait after each until all is settled; return what was sent."""
    sent: list[Sent] = []
    try:
        await asyncio.to_thread(app.start)
        for number in range(rounds):
            messages = plan(number)
            sent += messages
            await drive(app, meta, messages, rng)
            began = time.monotonic()
            while not await settled(app) and time.monotonic() - began < patience:
                await asyncio.sleep(0.2)
    finally:
        app.stop()
        meta.stop()
    return sent


async def audit(app: App, meta: MetaProcess, sent: list[Sent], rounds: int) -> None:
    """Draw the ledger, print it and find no fault in it."""
    async with reading(app) as store:
        log = read_log(meta.log)
        ledger = await store.read(lambda conn: draw(conn, store, sent, log))
        doubts = await store.read(
            lambda conn: sum(row.uncertain_count for row in conn.execute(schema.outbox.select()).all())
        )
    print(
        f"\n{ledger.messages} messages, {rounds} kills, {doubts} uncertain sends, "
        f"{ledger.duplicates} duplicates, {ledger.silenced} answers silenced by a later disclosure"
    )
    assert ledger.faults == {}
    assert len(sent) == rounds * PEOPLE * EACH


@pytest.mark.slow
@pytest.mark.timeout(2400)
async def test_kill_at_random_instants_loses_nothing(tmp_path: Path, trained: Children) -> None:
    """Over all rounds every message is answered, every disclosure is one case, duplicates come from doubt only."""
    rng, meta = random.Random(20261121), MetaProcess(tmp_path)
    app = App(tmp_path / "var", {**trained.environment, **meta.environment})
    meta.start(webhook=f"{app.url}/webhooks/whatsapp")
    await audit(app, meta, await play(app, meta, rng, rounds=ROUNDS, patience=90), ROUNDS)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(2400)
async def test_kill_one_process_of_several_over_postgresql(tmp_path: Path, trained: Children, master_key: str) -> None:
    """The same with gateway, two workers and console over PostgreSQL: one of them dies in each round."""
    rng, meta, rounds = random.Random(20261122), MetaProcess(tmp_path), max(1, ROUNDS // 2)
    url = await fresh_database()
    apart = {"KITE_DATABASE_URL": url, "KITE_SECRET_KEY": master_key}
    app = Fleet(tmp_path / "var", {**trained.environment, **meta.environment, **apart}, rng)
    meta.start(webhook=f"{app.url}/webhooks/whatsapp")
    try:
        await audit(app, meta, await play(app, meta, rng, rounds=rounds, patience=180), rounds)
    finally:
        await drop_database(url)
