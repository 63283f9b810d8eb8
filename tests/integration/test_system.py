"""The whole system as it runs: processes of their own, over SQLite, and over PostgreSQL and Redis."""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import aiosqlite
import asyncpg
import pytest

from bot.content.po import canonical, open_po, po_path, set_draft
from tests.conftest import drop_database, fresh_database
from tests.processes import ROOT, App, Children, Fleet, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
REDIS = os.environ.get("KITE_TEST_REDIS_URL", "")
HARM = "someone in the centre hits me"
GUARDIAN, LAWYER, TUTEUR = "who gives me a guardian", "how can i get a lawyer", "comment avoir un tuteur"
"""Questions that need the assistant: what a word means is answered without it."""
NEW_WORDS = "Un tuteur, c'est un adulte rien que pour toi."


class Child:
    """A child on the web chat: what the page sends and fetches, without the page."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session, self.url = session, url
        self.seen: set[str] = set()

    async def send(self, text: str, *, payload: str = "") -> None:
        body = {"id": str(uuid.uuid4()), "text": text, "payload": payload}
        async with self.session.post(f"{self.url}/chat/messages", json=body) as answer:
            assert answer.status == 202, await answer.text()

    async def fetch(self) -> list[dict[str, Any]]:
        """Return the replies that have not been fetched before."""
        async with self.session.get(f"{self.url}/chat/replies") as answer:
            found = (await answer.json())["replies"]
        new = [reply for reply in found if reply["id"] not in self.seen]
        self.seen.update(reply["id"] for reply in new)
        return new

    async def says(self, text: str, *, payload: str = "", seconds: float = 30) -> list[dict[str, Any]]:
        """Send a message and return the replies to it."""
        await self.send(text, payload=payload)
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if found := await self.fetch():
                await asyncio.sleep(0.5)
                return found + await self.fetch()
            await asyncio.sleep(0.1)
        raise AssertionError(f"no reply to {text!r} within {seconds} s")

    async def begins(self, language: str) -> None:
        """Choose a language and no age."""
        await self.says("", payload=f"language:{language}")
        await self.says("", payload="tier:skip")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def system(
    request: pytest.FixtureRequest, tmp_path: Path, master_key: str
) -> AsyncIterator[tuple[App, Children]]:
    """Yield a running app and its children: in one process over SQLite, or apart over PostgreSQL and Redis."""
    apart = request.param == "postgres"
    assert REDIS or not apart, 'no Redis for the tests: eval "$(tests/services.sh start)"'
    url = await fresh_database() if apart else ""
    children = Children(tmp_path, redis_url=REDIS if apart else "")
    translations = tmp_path / "translations"
    await asyncio.to_thread(shutil.copytree, ROOT / "translations", translations)
    more = {"KITE_DATABASE_URL": url, "KITE_SECRET_KEY": master_key, "KITE_TRANSLATIONS_DIR": str(translations)}
    environment = {**children.environment, **more}
    app = Fleet(tmp_path / "var", environment, random.Random(1)) if apart else App(tmp_path / "var", environment)
    children.start()
    try:
        await asyncio.to_thread(app.start)
        await asyncio.to_thread(children.wait)
        yield app, children
    finally:
        app.stop()
        children.stop()
        if apart:
            await drop_database(url)


@pytest.fixture
async def child(system: tuple[App, Children]) -> AsyncIterator[Child]:
    app, _ = system
    async with aiohttp.ClientSession(
        headers={"X-Kite-Chat": "1"}, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as session:
        found = Child(session, app.url)

        async def awake() -> bool:
            async with session.get(f"{app.url}/chat/replies") as answer:
                return bool((await answer.json())["awake"])

        await until(awake)
        yield found


async def cases(app: App) -> int:
    """Return how many cases the app's store has."""
    query = "SELECT count(*) FROM cases"
    if url := app.environment["KITE_DATABASE_URL"]:
        conn = await asyncpg.connect(url)
        number = int(await conn.fetchval(query))
        await conn.close()
        return number
    async with aiosqlite.connect(app.folder / "kite.sqlite3") as db:
        return int(next(iter(await db.execute_fetchall(query)))[0])


async def test_questions_and_disclosures_go_on_while_the_assistant_is_dead(
    system: tuple[App, Children], child: Child
) -> None:
    """Killed: a question gets the fixed reply with the menu, a disclosure its acknowledgement; restarted: an answer."""
    app, children = system
    await child.begins("en")
    assert "guardian" in (await child.says(GUARDIAN))[0]["text"]
    children.kill("assistant")
    without = await child.says(LAWYER)
    assert "lawyer" not in without[0]["text"]
    assert any(button["payload"].startswith("group:") for button in without[-1]["buttons"])
    assert await cases(app) == 0
    heard = await child.says(HARM)
    assert "lawyer" not in heard[0]["text"]
    assert await cases(app) == 1
    children.start("assistant")
    await asyncio.to_thread(children.wait)

    async def answered() -> bool:
        replies = await child.says(LAWYER)
        return any("lawyer" in reply["text"] for reply in replies)

    await until(answered)


async def test_an_edited_translation_is_spoken_within_seconds(system: tuple[App, Children], child: Child) -> None:
    """Edit the French, compile it, and the running system says the new words; nothing is trained or started."""
    app, _ = system
    await child.begins("fr")
    old = await child.says(TUTEUR)
    assert NEW_WORDS not in old[0]["text"]
    path = po_path(Path(app.environment["KITE_TRANSLATIONS_DIR"]), "fr")
    po = open_po(path)
    (entry,) = [entry for entry in po if entry.msgctxt == "people.guardian/middle/what"]
    set_draft(entry, NEW_WORDS)
    path.write_bytes(canonical(po))
    began = time.monotonic()
    line = [sys.executable, "-m", "bot.cli", "content", "compile"]
    await asyncio.to_thread(subprocess.run, line, check=True, cwd=ROOT, env=app.environment, capture_output=True)
    compiled = time.monotonic()

    async def spoken() -> bool:
        return any(NEW_WORDS in reply["text"] for reply in await child.says(TUTEUR))

    await until(spoken)
    print(f"\ncompiled in {compiled - began:.1f} s, spoken {time.monotonic() - compiled:.1f} s later")
