"""The inbox keeps every message once, in order, and hands it out under leases."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import LeaseLost
from bot.model import Channel, InboxState, Incoming
from bot.store import conversations, inbox, schema
from bot.store.conversations import Defaults
from bot.store.store import Store
from tests.conftest import FakeClock

HOLD = timedelta(seconds=15)


def said(text: str, *, number: int, who: str = "person-1") -> Incoming:
    return Incoming(
        channel=Channel.WHATSAPP, endpoint="our-number", external_id=f"wamid.{number}", address=who, text=text
    )


async def take(store: Store, clock: FakeClock, incoming: Incoming) -> inbox.Accepted:
    now = clock()
    return await store.write(lambda conn: inbox.accept(conn, store.vault, incoming, now=now, defaults=Defaults()))


async def screen_all(store: Store, clock: FakeClock) -> None:
    def mark(conn):
        for conversation_id in inbox.unscreened(conn):
            while (row := inbox.next_received(conn, conversation_id)) is not None:
                inbox.mark(conn, row.id, InboxState.SCREENED, now=clock())

    await store.write(mark)


async def test_a_repeated_delivery_is_stored_once(store: Store, clock: FakeClock) -> None:
    """The same external id is the same message, however often it is delivered."""
    first = await take(store, clock, said("hello", number=1))
    again = await take(store, clock, said("hello", number=1))
    assert first.fresh
    assert not again.fresh
    assert again.inbox_id == first.inbox_id


async def test_concurrent_deliveries_get_distinct_sequence_numbers(store: Store, clock: FakeClock) -> None:
    """Forty messages at once, each delivered twice, become forty rows numbered 1 to 40."""
    both = [said(f"message {n}", number=n) for n in range(40)] * 2
    accepted = await asyncio.gather(*(take(store, clock, one) for one in both))
    assert sorted(one.sequence for one in accepted if one.fresh) == list(range(1, 41))
    assert len({one.conversation_id for one in accepted}) == 1


async def test_text_is_encrypted_at_rest(store: Store, clock: FakeClock) -> None:
    """No column of any table holds what was said or who said it."""
    await take(store, clock, said("the secret word is marmalade", number=1, who="491701234567"))

    def dump(conn):
        return " ".join(
            str(tuple(row)) for table in schema.metadata.sorted_tables for row in conn.execute(table.select()).all()
        )

    everything = await store.read(dump)
    assert "marmalade" not in everything
    assert "491701234567" not in everything
    assert "wamid.1" not in everything


async def test_a_lease_hands_out_messages_in_order_to_one_worker(store: Store, clock: FakeClock) -> None:
    """While one worker holds a conversation nobody else gets it; its messages come in order."""
    for number in range(3):
        await take(store, clock, said(f"message {number}", number=number))
    await screen_all(store, clock)
    now = clock()
    turns = await asyncio.gather(
        *(store.write(lambda conn: inbox.lease(conn, store.vault, now=now, hold=HOLD)) for _ in range(4))
    )
    held = [turn for turn in turns if turn is not None]
    assert len(held) == 1
    assert [message.text for message in held[0].messages] == ["message 0", "message 1", "message 2"]


async def test_an_expired_lease_is_handed_on_and_the_late_worker_is_told(store: Store, clock: FakeClock) -> None:
    """A worker that comes back after its lease ran out may write nothing."""
    await take(store, clock, said("hello", number=1))
    await screen_all(store, clock)
    now = clock()
    first = await store.write(lambda conn: inbox.lease(conn, store.vault, now=now, hold=HOLD))
    later = clock.forward(seconds=16)
    second = await store.write(lambda conn: inbox.lease(conn, store.vault, now=later, hold=HOLD))
    assert first is not None
    assert second is not None
    assert second.token > first.token
    with pytest.raises(LeaseLost):
        await store.write(lambda conn: inbox.check_lease(conn, first))
    await store.write(lambda conn: inbox.check_lease(conn, second))


async def test_a_released_conversation_can_be_taken_again(store: Store, clock: FakeClock) -> None:
    """Releasing ends the lease at once."""
    await take(store, clock, said("hello", number=1))
    await screen_all(store, clock)
    now = clock()
    turn = await store.write(lambda conn: inbox.lease(conn, store.vault, now=now, hold=HOLD))
    assert turn is not None
    await store.write(lambda conn: inbox.release(conn, turn))
    assert await store.write(lambda conn: inbox.lease(conn, store.vault, now=now, hold=HOLD)) is not None


async def test_two_people_have_two_conversations_and_the_address_can_be_read_back(
    store: Store, clock: FakeClock
) -> None:
    """An address leads to its own conversation and is decrypted only when asked for."""
    one = await take(store, clock, said("a", number=1, who="alice"))
    two = await take(store, clock, said("b", number=2, who="bob"))
    assert one.conversation_id != two.conversation_id
    address = await store.read(lambda conn: conversations.address_of(conn, store.vault, two.conversation_id))
    assert address == "bob"
