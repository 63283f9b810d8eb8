"""Forgetting: by the clock, and at a person's wish; and what must stay."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from bot.cases import work
from bot.errors import ConfigError, NotFound, StoreError
from bot.model import Role
from bot.store import conversations, erasure, schema, staff
from bot.store.store import Store, async_url, open_store
from bot.store.vault import Vault, new_master_key
from tests.conftest import FakeClock
from tests.kit import HURT, Kit, make_kit


@pytest.fixture
def kit(store: Store, clock: FakeClock) -> Kit:
    return make_kit(store, clock)


async def bodies(kit: Kit) -> list[bool]:
    """Return for each message, in and out, whether its text is still there."""
    rows = [*await kit.rows(schema.inbox), *await kit.rows(schema.outbox)]
    return [row.body is not None for row in rows]


async def deliver_all(kit: Kit) -> None:
    await kit.store.write(lambda conn: conn.execute(schema.outbox.update().values(state="delivered")))


async def test_ordinary_text_goes_after_an_idle_hour(kit: Kit) -> None:
    """Sixty idle minutes after the last message nothing of it can be read."""
    await kit.says("hello")
    await deliver_all(kit)
    kit.clock.forward(minutes=59)
    await kit.pipeline.tick()
    assert all(await bodies(kit))
    kit.clock.forward(minutes=2)
    await kit.pipeline.tick()
    assert not any(await bodies(kit))


async def test_a_case_keeps_the_text_of_its_sitting(kit: Kit) -> None:
    """What was said in the hour before a disclosure stays with the case, until the closed case's time is over."""
    await kit.says("hello")
    await kit.says(HURT)
    await deliver_all(kit)
    kit.clock.forward(hours=5)
    await kit.pipeline.tick()
    assert all(await bodies(kit))
    (case,) = await kit.cases()
    member = await kit.store.write(
        lambda conn: staff.add(
            conn, email="a@example.org", name="A", role=Role.CASEWORKER, password_hash="x", now=kit.clock()
        )
    )
    await kit.store.write(lambda conn: work.claim(conn, case.id, member, now=kit.clock()))
    await kit.store.write(lambda conn: work.close(conn, case.id, member, "helped", now=kit.clock()))
    kit.clock.forward(days=181)
    await kit.pipeline.tick()
    assert not any(await bodies(kit))


async def test_deletion_answers_everyone_the_same_and_forgets_who_has_no_case(kit: Kit) -> None:
    """The words are the same with and without a case; without one, key and address go."""
    plain = await kit.says("hello", who="plain")
    touched = await kit.says(HURT, who="touched")
    for who in ("plain", "touched"):
        await kit.says(payload="delete:yes", who=who)
    assert (await kit.last(plain)).text == (await kit.last(touched)).text
    assert "Some safety notes may stay" in (await kit.last(plain)).text
    await deliver_all(kit)
    await kit.pipeline.tick()
    keys = {row.id: row.key_wrapped for row in await kit.rows(schema.conversation)}
    assert keys[plain] is None
    assert keys[touched] is not None
    assert {row.conversation_id for row in await kit.rows(schema.address)} == {touched}
    with pytest.raises(NotFound):
        await kit.store.read(lambda conn: conversations.address_of(conn, kit.store.vault, plain))


async def test_a_message_that_arrives_while_deleting_is_not_lost(kit: Kit) -> None:
    """The key goes only when nothing waits; who writes again is a new person."""
    conversation = await kit.says("hello")
    await kit.says(payload="delete:yes")
    await kit.receives("one more thing")
    await deliver_all(kit)
    await kit.store.write(erasure.finish_erasures)
    assert (await kit.rows(schema.conversation))[0].key_wrapped is not None
    await kit.works()
    await deliver_all(kit)
    await kit.pipeline.tick()
    again = await kit.says("hello, it is me")
    assert again != conversation


async def test_case_events_cannot_be_changed_or_deleted(kit: Kit) -> None:
    """The audit trail is append-only in the database itself."""
    await kit.says(HURT)
    for statement in (schema.case_event.update().values(name="note_written"), schema.case_event.delete()):
        with pytest.raises(DBAPIError, match="append-only"):
            await kit.store.write(lambda conn, s=statement: conn.execute(s))


async def test_alerts_repeat_until_a_human_has_answered(kit: Kit) -> None:
    """Half of the time gone: an alert; all gone: an escalation, again and again; a claim does not stop it."""
    await kit.says("he has a knife")
    (case,) = await kit.cases()
    member = await kit.store.write(
        lambda conn: staff.add(
            conn, email="a@example.org", name="A", role=Role.CASEWORKER, password_hash="x", now=kit.clock()
        )
    )
    await kit.store.write(lambda conn: work.claim(conn, case.id, member, now=kit.clock()))
    for _ in range(4):
        kit.clock.forward(minutes=2.6)
        await kit.pipeline.tick()
    names = [row.name for row in await kit.rows(schema.case_event) if row.name.startswith("alert")]
    assert names == ["alert_raised", "alert_escalated", "alert_escalated", "alert_escalated"]


async def test_master_keys_rotate(kit: Kit, master_key: str) -> None:
    """After a rotation the old key is not needed any more."""
    conversation = await kit.says("hello")
    newer = new_master_key()
    both = Vault(f"{newer},{master_key}")
    assert await kit.store.write(both.rotate) >= 2
    alone = Vault(newer)
    await kit.store.write(alone.prepare)
    assert await kit.store.read(lambda conn: conversations.address_of(conn, alone, conversation)) == "person-1"
    with pytest.raises(ConfigError, match="does not open this store"):
        await kit.store.write(Vault(new_master_key()).prepare)


async def test_a_second_process_is_refused_on_sqlite(tmp_path, master_key: str) -> None:
    """Two processes on one SQLite file would lose the order: the second is told so."""
    first = await open_store(sqlite_path=tmp_path / "k.sqlite3", secret_key=master_key)
    with pytest.raises(StoreError, match="another Kite process"):
        await open_store(sqlite_path=tmp_path / "k.sqlite3", secret_key=master_key)
    await first.close()
    again = await open_store(sqlite_path=tmp_path / "k.sqlite3", secret_key=master_key)
    await again.close()


def test_wrong_keys_and_urls_say_how_to_fix_them(tmp_path) -> None:
    """An error names the setting and the remedy."""
    for key in ("", "not a key"):
        with pytest.raises(ConfigError, match="KITE_SECRET_KEY"):
            Vault(key)
    with pytest.raises(ConfigError, match="KITE_DATABASE_URL"):
        async_url("mysql://x", tmp_path)


async def test_a_unit_that_fails_takes_no_other_with_it(store: Store, clock: FakeClock) -> None:
    """Units committed together fail alone."""
    import asyncio

    def good(conn) -> None:
        conn.execute(schema.counter.insert().values(name="good", value=1))

    def bad(conn) -> None:
        conn.execute(schema.counter.insert().values(name="bad", value=1))
        raise StoreError("on purpose")

    results = await asyncio.gather(store.write(bad), store.write(good), return_exceptions=True)
    assert isinstance(results[0], StoreError)
    names = await store.read(lambda conn: [row.name for row in conn.execute(schema.counter.select()).all()])
    assert names == ["good"]


def test_the_age_of_the_idle_hour_is_what_people_are_told() -> None:
    """The greeting says 60 minutes; so does the code."""
    assert timedelta(minutes=60) == erasure.IDLE
