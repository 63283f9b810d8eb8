"""The store itself: what is read comes from one moment and writes nothing; a failed unit leaves nothing behind."""

import asyncio

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from bot.store import schema
from bot.store.store import Store

COUNTER = schema.counter


def add(conn: Connection, name: str = "asked") -> None:
    conn.execute(COUNTER.insert().values(name=name, value=1))


def count(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(COUNTER)).scalar_one())


async def test_a_unit_that_only_reads_cannot_write(store: Store) -> None:
    """A write in `read` fails in the database itself: work that must be committed is not lost in silence."""
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        await store.read(add)
    await store.write(add)
    assert await store.read(count) == 1


async def test_readers_beside_the_writer_do_not_bind_it(store: Store) -> None:
    """Connections go back to the pool as they came: after many reads at once writing works as before."""
    for round_ in range(3):
        await asyncio.gather(*(store.read(count) for _ in range(8)))
        await store.write(lambda conn, name=f"n{round_}": add(conn, name))
    assert await store.read(count) == 3


async def test_a_unit_that_fails_takes_nothing_of_its_neighbours(store: Store) -> None:
    """Units are committed in groups; one that raises is undone alone."""

    def broken(conn: Connection) -> None:
        add(conn, "broken")
        raise ValueError("no")

    results = await asyncio.gather(
        store.write(lambda conn: add(conn, "one")),
        store.write(broken),
        store.write(lambda conn: add(conn, "two")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert await store.read(count) == 2
