"""What all tests share: an injected clock, and a store on SQLite and on PostgreSQL."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store import migrate
from bot.store.store import Store, async_url, open_store
from bot.store.vault import new_master_key

if TYPE_CHECKING:
    from tests.processes import Children

POSTGRES = os.environ.get("KITE_TEST_POSTGRES_URL", "")


class FakeClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> datetime:
        self.now += timedelta(**parts)
        return self.now


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def master_key() -> str:
    return new_master_key()


async def _template() -> str:
    """Make the migrated database that all others are copied from, once a test run; return its name."""
    name = f"kite_template_{os.getpid()}"
    if name not in _TEMPLATES:
        conn = await asyncpg.connect(POSTGRES)
        await conn.execute(f'CREATE DATABASE "{name}"')
        await conn.close()
        engine = create_async_engine(async_url(POSTGRES.rsplit("/", 1)[0] + f"/{name}", Path()))
        async with engine.connect() as migrated:
            await migrated.run_sync(migrate.upgrade)
        await engine.dispose()
        _TEMPLATES.add(name)
    return name


_TEMPLATES: set[str] = set()


async def fresh_database() -> str:
    """Make a migrated, empty PostgreSQL database and return its URL."""
    template, name = await _template(), f"kite_{uuid.uuid4().hex[:12]}"
    conn = await asyncpg.connect(POSTGRES)
    await conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    await conn.close()
    return POSTGRES.rsplit("/", 1)[0] + f"/{name}"


async def drop_database(url: str) -> None:
    conn = await asyncpg.connect(POSTGRES)
    await conn.execute(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')
    await conn.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, tmp_path: Path, master_key: str) -> AsyncIterator[Store]:
    """Yield an empty store: every test that asks for it runs on SQLite and on PostgreSQL."""
    url = ""
    if request.param == "postgres":
        assert POSTGRES, 'no PostgreSQL for the tests: eval "$(tests/services.sh start)"'
        url = await fresh_database()
    opened = await open_store(database_url=url, sqlite_path=tmp_path / "kite.sqlite3", secret_key=master_key)
    yield opened
    await opened.close()
    if url:
        await drop_database(url)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Children"]:
    """Yield the trained assistant, search and actions, running; `kite train` first where they are not trained."""
    from bot.config import load_settings
    from bot.training import train
    from tests.processes import ROOT, Children

    settings = load_settings(_env_file=None, data_dir=ROOT / "var")
    if os.environ.get("KITE_TEST_TRAIN") != "0":  # 0: take the models as they lie there
        train(settings, ROOT, tell=print)
    running = Children(tmp_path_factory.mktemp("children"))
    try:
        running.start()
        running.wait()
        yield running
    finally:
        running.stop()
