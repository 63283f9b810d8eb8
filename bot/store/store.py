"""The store: units of work as plain functions of a SQLAlchemy connection, on SQLite and on PostgreSQL alike.

On SQLite every write goes through one writer that commits units of work in groups (`synchronous=FULL`, WAL): a
commit a request costs seconds at 200 webhooks a second, one writer costs 10-20 ms. On PostgreSQL each unit is a
transaction of its own, tried again when the server reports a conflict.
"""

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from bot.errors import ConfigError, StoreError, StoreLocked
from bot.store import migrate
from bot.store.vault import Vault

T = TypeVar("T")
Unit = Callable[[Connection], T]
"""A unit of work: reads and writes through the connection it is given, and returns what the caller needs."""

GROUP = 64
CONFLICTS = {"40001", "40P01"}


class Store:
    """Run units of work; open with `open_store`, close with `close`."""

    def __init__(self, engine: AsyncEngine, vault: Vault, lock: IO[str] | None) -> None:
        self.vault = vault
        self._engine = engine
        self._lock = lock
        self._queue: asyncio.Queue[tuple[Unit[Any], asyncio.Future[Any]]] = asyncio.Queue(maxsize=10_000)
        self._writer: asyncio.Task[None] | None = None

    @property
    def is_sqlite(self) -> bool:
        """Return whether this store is SQLite, where one process owns it."""
        return self._engine.dialect.name == "sqlite"

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit of work that only reads, all of it from one moment; a write in it fails in the database."""
        async with self._engine.connect() as conn:
            if self.is_sqlite:
                await conn.exec_driver_sql("PRAGMA query_only=ON")
                await conn.exec_driver_sql("BEGIN")
            else:
                await conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            try:
                return await conn.run_sync(unit)
            finally:
                await conn.rollback()

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit of work in a transaction; return only after its commit.

        Whatever the unit raises is raised here, with nothing of the unit written.
        """
        if not self.is_sqlite:
            return await self._write_alone(unit)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_groups(), name="store-writer")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        await self._queue.put((unit, future))
        return await future

    async def close(self) -> None:
        """Stop the writer after what is queued, close every connection and release the lock."""
        if self._writer is not None:
            await self._drain()
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer
        await self._engine.dispose()
        if self._lock is not None:
            self._lock.close()

    async def _drain(self) -> None:
        if self._writer is not None and not self._writer.done():
            with contextlib.suppress(StoreError):
                await self.write(lambda _: None)  # the queue is in order: when this is done, so is all before it

    async def _write_alone(self, unit: Unit[T]) -> T:
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(6),
            wait=wait_random_exponential(0.01, 0.5),
            retry=retry_if_exception(_conflicts),
            reraise=True,
        ):
            with attempt:
                async with self._engine.begin() as conn:
                    return await conn.run_sync(unit)
        raise AssertionError

    async def _write_groups(self) -> None:
        async with self._engine.connect() as conn:
            await conn.exec_driver_sql("PRAGMA query_only=OFF")  # the pool may hand over a reader's connection
            while True:
                group = [await self._queue.get()]
                while len(group) < GROUP and not self._queue.empty():
                    group.append(self._queue.get_nowait())
                await self._write_group(conn, group)

    async def _write_group(self, conn: AsyncConnection, group: list[tuple[Unit[Any], asyncio.Future[Any]]]) -> None:
        outcomes: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []
        try:
            await conn.exec_driver_sql("BEGIN IMMEDIATE")
            for unit, future in group:
                outcomes.append((future, *await _in_savepoint(conn, unit)))
            await conn.commit()
        except BaseException as error:  # a failed commit fails every unit of the group: nothing may look written
            with contextlib.suppress(Exception):
                await conn.rollback()
            failure = error if isinstance(error, Exception) else StoreError("the store was closed")
            for _, future in group:
                _settle(future, None, failure)
            if not isinstance(error, Exception):
                raise
            return
        for outcome in outcomes:
            _settle(*outcome)


async def _in_savepoint(conn: AsyncConnection, unit: Unit[T]) -> tuple[T | None, BaseException | None]:
    savepoint = await conn.begin_nested()
    try:
        result = await conn.run_sync(unit)
    except Exception as error:  # noqa: BLE001 (handed to the caller who asked for this unit)
        await savepoint.rollback()
        return None, error
    await savepoint.commit()
    return result, None


def _settle(future: "asyncio.Future[Any]", result: object, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _conflicts(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in CONFLICTS


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connect(dbapi: Any, _record: object) -> None:  # noqa: ANN401 (the driver's connection)
        dbapi.isolation_level = None  # the driver must not begin transactions on its own
        cursor = dbapi.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _lock_file(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.with_suffix(".lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise StoreLocked(
            f"{path} is in use by another Kite process: stop it, or set KITE_DATABASE_URL to run several"
        ) from error
    return handle


def async_url(database_url: str, sqlite_path: Path) -> str:
    """Return SQLAlchemy's URL for a setting; raise ConfigError for a database Kite does not run on."""
    if not database_url:
        return f"sqlite+aiosqlite:///{sqlite_path}"
    scheme, _, rest = database_url.partition("://")
    if scheme in {"postgresql", "postgres", "postgresql+asyncpg"}:
        return f"postgresql+asyncpg://{rest}"
    raise ConfigError(
        f"KITE_DATABASE_URL: {scheme}:// is not supported; use postgresql://… or leave it empty for SQLite"
    )


async def open_store(*, database_url: str = "", sqlite_path: Path, secret_key: str) -> Store:
    """Open the store, bring its schema up to date and prepare its keys.

    Raise StoreLocked when another process has the SQLite file, ConfigError for a wrong URL or key.
    """
    vault = Vault(secret_key)
    url = async_url(database_url, sqlite_path)
    sqlite = url.startswith("sqlite")
    lock = _lock_file(sqlite_path) if sqlite else None
    options: dict[str, Any] = (
        {"pool_size": 5} if sqlite else {"pool_size": 10, "max_overflow": 10, "pool_pre_ping": True}
    )
    engine = create_async_engine(url, **options)
    if sqlite:
        _prepare_sqlite(engine)
    store = Store(engine, vault, lock)
    try:
        async with engine.connect() as conn:
            await conn.run_sync(migrate.upgrade)
        await store.write(vault.prepare)
    except BaseException:
        await store.close()
        raise
    return store


@contextlib.asynccontextmanager
async def opened_store(*, database_url: str = "", sqlite_path: Path, secret_key: str) -> AsyncIterator[Store]:
    """Open a store for the length of a block."""
    store = await open_store(database_url=database_url, sqlite_path=sqlite_path, secret_key=secret_key)
    try:
        yield store
    finally:
        await store.close()
