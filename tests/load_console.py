"""Measure the console under load: a long queue, many open pages, and many claims of one case.

    python -m tests.load_console queue     10,000 open and 200,000 closed cases: time of the queue page
    python -m tests.load_console live      100 open pages while 50 cases a second open: time until each is told
    python -m tests.load_console claims    200 claims of one case at once: how many win

With KITE_TEST_POSTGRES_URL and `--postgres` over PostgreSQL, else over SQLite in a folder of its own.
"""

import argparse
import asyncio
import json
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import ClientSession, CookieJar, TCPConnector, web
from sqlalchemy import Connection

from bot.clock import utc_now
from bot.config import load_settings
from bot.console.app import make_app
from bot.model import Channel, Role, Tier
from bot.store import schema, staff
from bot.store.sql import new_id
from bot.store.store import Store, open_store
from bot.store.vault import new_master_key
from tests.conftest import FakeClock, drop_database, fresh_database
from tests.consoles import HASH, PASSWORD
from tests.kit import HURT, make_kit

CONCERNS = ("violence", "neglect", "sexual_harm", "detention", "missing_or_separated")
CHUNK = 5000


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def fill(conn: Connection, key: bytes, count: int, *, closed: bool, first: int, seed: int, fresh: bool = False) -> None:
    """Write cases with a conversation and an opening event each."""
    rnd, now = random.Random(seed), utc_now()
    talks, cases, events = [], [], []
    for number in range(first, first + count):
        talk_id, case_id, at = (
            new_id(),
            new_id(),
            now - timedelta(seconds=0 if fresh else rnd.randrange(60, 10_000_000)),
        )
        channel, language = rnd.choice(list(Channel)), rnd.choice(["en", "ar", "fa", "fr"])
        talks.append(
            {"id": talk_id, "channel": channel, "endpoint": "e", "key_wrapped": key, "language": language}
            | {"draft_noted": [], "memory": {}, "created_at": at}
        )
        cases.append(
            {"id": case_id, "number": number, "conversation_id": talk_id, "state": "closed" if closed else "open"}
            | {"urgency": rnd.choice([1, 1, 2, 2, 3]), "concerns": [rnd.choice(CONCERNS)], "flags": []}
            | {"language": language, "tier": rnd.choice(list(Tier)), "channel": channel, "opened_at": at}
            | {"clock_at": at, "closed_at": at + timedelta(days=1) if closed else None}
            | {"close_reason": "helped" if closed else None}
        )
        events.append(
            {"id": new_id(), "case_id": case_id, "sequence": 1, "name": "case_opened", "at": at}
            | {"actor": "kite", "data": {"urgency": "today"}}
        )
    for table, rows in ((schema.conversation, talks), (schema.cases, cases), (schema.case_event, events)):
        conn.execute(table.insert(), rows)


class Now(FakeClock):
    """The real clock, in the shape that the kit's is."""

    def __call__(self) -> datetime:
        return utc_now()


async def serve(store: Store, folder: Path) -> tuple[web.AppRunner, str, object]:
    kit = make_kit(store, Now())
    settings = load_settings(_env_file=None, data_dir=folder)
    app = make_app(settings=settings, store=store, clock=utc_now, bell=kit.pipeline.bell)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    return runner, f"http://127.0.0.1:{port}", kit


async def sign_in(url: str, email: str) -> ClientSession:
    session = ClientSession(cookie_jar=CookieJar(unsafe=True), connector=TCPConnector(limit=0))
    async with session.get(f"{url}/sign-in") as answer:
        token = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
    assert token
    form = {"csrf": token.group(1), "email": email, "password": PASSWORD}
    async with session.post(f"{url}/sign-in", data=form) as answer:
        assert answer.status == 200, await answer.text()
    return session


async def add_staff(store: Store, count: int) -> list[str]:
    emails = [f"worker{number}@example.org" for number in range(count)]
    for email in emails:
        await store.write(
            lambda conn, email=email: staff.add(
                conn, email=email, name=email.split("@")[0], role=Role.CASEWORKER, password_hash=HASH, now=utc_now()
            )
        )
    return emails


async def queue(store: Store, url: str) -> None:
    key = store.vault.new_data_key()
    number = 1
    for closed, count in ((False, 10_000), (True, 200_000)):
        for _ in range(count // CHUNK):
            await store.write(
                lambda conn, first=number, closed=closed: fill(conn, key, CHUNK, closed=closed, first=first, seed=first)
            )
            number += CHUNK
    (email,) = await add_staff(store, 1)
    session = await sign_in(url, email)
    for path in ("/", "/?language=ar&concern=violence", "/?show=closed", "/?words=%23777", "/?page=150", "/queue"):
        times, size = [], 0
        for _ in range(30):
            began = time.perf_counter()
            async with session.get(f"{url}{path}") as answer:
                size = len(await answer.read())
            times.append((time.perf_counter() - began) * 1000)
        print(
            f"{path:32} median {statistics.median(times):6.1f} ms  p95 {percentile(times, 0.95):6.1f} ms  {size} bytes"
        )
    await session.close()


async def live(store: Store, url: str, kit: object, *, pages: int = 100, rate: int = 50, seconds: int = 20) -> None:
    (email,) = await add_staff(store, 1)
    session = await sign_in(url, email)
    opened: dict[str, float] = {}
    seen: list[dict[str, float]] = [{} for _ in range(pages)]
    ready = asyncio.Event()

    async def follow(number: int) -> None:
        async with session.get(f"{url}/live", timeout=None) as stream:
            ready.set()
            while True:
                text = (await stream.content.readuntil(b"\n\n")).decode()
                if text.startswith("event: changed"):
                    data = json.loads(text.split("data: ", 1)[1])
                    for row in data["rows"]:
                        seen[number].setdefault(row["id"], time.perf_counter())

    followers = [asyncio.create_task(follow(number)) for number in range(pages)]
    await ready.wait()
    await asyncio.sleep(3)
    key = store.vault.new_data_key()

    def opens(conn: Connection, number: int) -> str:
        fill(conn, key, 1, closed=False, first=number, seed=number, fresh=True)
        return str(conn.execute(schema.cases.select().where(schema.cases.c.number == number)).one().id)

    async def one(number: int) -> None:
        case_id = await store.write(lambda conn: opens(conn, number))
        opened[case_id] = time.perf_counter()

    began, tasks = time.perf_counter(), []
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number + 1)))
    await asyncio.gather(*tasks)
    took = time.perf_counter() - began
    await asyncio.sleep(5)
    for task in followers:
        task.cancel()
    delays = [page[case_id] - at for page in seen for case_id, at in opened.items() if case_id in page]
    missed = pages * len(opened) - len(delays)
    print(
        f"{len(opened)} cases in {took:.1f} s, {pages} pages: median {statistics.median(delays):.3f} s, "
        f"p95 {percentile(delays, 0.95):.3f} s, max {max(delays):.3f} s, never told {missed}"
    )
    await session.close()


async def claims(store: Store, url: str, kit: object, *, count: int = 200, people: int = 20) -> None:
    await kit.says(HURT)  # type: ignore[attr-defined]
    (case,) = await kit.cases()  # type: ignore[attr-defined]
    sessions = [await sign_in(url, email) for email in await add_staff(store, people)]
    tokens = []
    for session in sessions:
        async with session.get(f"{url}/cases/{case.id}") as answer:
            found = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
            assert found
            tokens.append(found.group(1))

    async def claim(number: int) -> tuple[int, bool]:
        session, token = sessions[number % people], tokens[number % people]
        async with session.post(f"{url}/cases/{case.id}/claim", data={"csrf": token}, allow_redirects=False) as answer:
            return answer.status, "has this case already" in await answer.text()

    began = time.perf_counter()
    results = await asyncio.gather(*(claim(number) for number in range(count)))
    took = time.perf_counter() - began
    events = [row for row in await kit.rows(schema.case_event) if row.name == "case_claimed"]  # type: ignore[attr-defined]
    statuses = Counter(status for status, _ in results)
    told = sum(1 for status, named in results if status == 409 and named)
    print(
        f"{count} claims by {people} people in {took:.2f} s: {len(events)} won; {dict(statuses)}; {told} told who has it"
    )
    for session in sessions:
        await session.close()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["queue", "live", "claims"])
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = await fresh_database() if options.postgres else ""
        store = await open_store(
            database_url=url, sqlite_path=Path(folder) / "kite.sqlite3", secret_key=new_master_key()
        )
        runner, address, kit = await serve(store, Path(folder))
        try:
            if options.what == "queue":
                await queue(store, address)
            elif options.what == "live":
                await live(store, address, kit)
            else:
                await claims(store, address, kit)
        finally:
            await runner.cleanup()
            await store.close()
            if url:
                await drop_database(url)


if __name__ == "__main__":
    asyncio.run(main())
