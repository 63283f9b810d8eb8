"""Conversation rows: the authority on who holds a talk, where it stands, and in which language and tier."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, select, update

from bot.model import Channel, Conversation, Incoming, Memory, Tier
from bot.store import schema
from bot.store.sql import insert_ignored, new_id, one
from bot.store.vault import Vault

TABLE = schema.conversation
PRIMARY, ALIAS = "primary", "alias"


@dataclass(frozen=True)
class Defaults:
    """What a new conversation starts with."""

    language: str = "en"
    country: str | None = None


def find(conn: Connection, vault: Vault, channel: str, endpoint: str, address: str) -> str | None:
    """Return the id of the conversation that an address belongs to, or None."""
    table = schema.address
    statement = select(table.c.conversation_id).where(
        table.c.channel == channel,
        table.c.endpoint == endpoint,
        table.c.hash == vault.hash("address", channel, address),
    )
    return conn.execute(statement).scalar_one_or_none()


def find_or_create(conn: Connection, vault: Vault, incoming: Incoming, *, now: datetime, defaults: Defaults) -> str:
    """Return the id of the conversation of an incoming message's address, made if it is new."""
    names = (incoming.address, *incoming.aliases)
    found = [find(conn, vault, incoming.channel, incoming.endpoint, name) for name in names]
    known = next((one for one in found if one is not None), None)
    conversation_id = known or _create(conn, vault, incoming, now=now, defaults=defaults)
    for name, owner in zip(names, found, strict=True):
        if owner is None:
            kind = PRIMARY if name == incoming.address else ALIAS
            add_address(conn, vault, conversation_id, incoming.channel, incoming.endpoint, name, now=now, kind=kind)
    return conversation_id


def _create(conn: Connection, vault: Vault, incoming: Incoming, *, now: datetime, defaults: Defaults) -> str:
    conversation_id = new_id()
    conn.execute(
        schema.conversation.insert().values(
            id=conversation_id,
            channel=incoming.channel,
            endpoint=incoming.endpoint,
            key_wrapped=vault.new_data_key(),
            language=incoming.language_hint or defaults.language,
            country=defaults.country,
            draft_noted=[],
            memory=asdict(Memory()),
            created_at=now,
        )
    )
    if add_address(conn, vault, conversation_id, incoming.channel, incoming.endpoint, incoming.address, now=now):
        return conversation_id
    conn.execute(delete(TABLE).where(TABLE.c.id == conversation_id))  # another process made it first
    found = find(conn, vault, incoming.channel, incoming.endpoint, incoming.address)
    assert found is not None
    return found


def add_address(
    conn: Connection,
    vault: Vault,
    conversation_id: str,
    channel: str,
    endpoint: str,
    address: str,
    *,
    now: datetime,
    kind: str = PRIMARY,
) -> bool:
    """Attach an address to a conversation; return False when that address already belongs to one.

    Replies go to the newest primary address; an alias only tells who is writing.
    """
    key = conn.execute(select(TABLE.c.key_wrapped).where(TABLE.c.id == conversation_id)).scalar_one()
    return insert_ignored(
        conn,
        schema.address,
        id=new_id(),
        conversation_id=conversation_id,
        channel=channel,
        endpoint=endpoint,
        kind=kind,
        hash=vault.hash("address", channel, address),
        body=vault.encrypt(key, address),
        created_at=now,
    )


def address_of(conn: Connection, vault: Vault, conversation_id: str) -> str:
    """Return the newest address of a conversation in the clear; raise NotFound when it was deleted."""
    table = schema.address
    statement = (
        select(table.c.body, TABLE.c.key_wrapped)
        .join_from(table, TABLE, table.c.conversation_id == TABLE.c.id)
        .where(table.c.conversation_id == conversation_id)
        .order_by(case((table.c.kind == PRIMARY, 0), else_=1), table.c.created_at.desc())
        .limit(1)
    )
    row = one(conn, statement, "address")
    return vault.decrypt(row.key_wrapped, row.body)


def load(conn: Connection, conversation_id: str) -> Conversation:
    """Return a conversation; raise NotFound when there is none."""
    return from_row(one(conn, select(TABLE).where(TABLE.c.id == conversation_id), "conversation"))


def held(conn: Connection, conversation_ids: tuple[str, ...]) -> frozenset[str]:
    """Return which of the conversations a human holds."""
    statement = select(TABLE.c.id).where(TABLE.c.id.in_(conversation_ids), TABLE.c.held_by.is_not(None))
    return frozenset(conn.execute(statement).scalars())


def from_row(row: Row[Any]) -> Conversation:
    """Return the conversation of a row."""
    return Conversation(
        id=row.id,
        channel=Channel(row.channel),
        endpoint=row.endpoint,
        language=row.language,
        language_chosen=row.language_chosen,
        tier=Tier(row.tier),
        tier_chosen=row.tier_chosen,
        country=row.country,
        topic=row.topic,
        step=row.step,
        walk=row.walk,
        expects=row.expects,
        misses=row.misses,
        held_by=row.held_by,
        greeted=row.greeted,
        draft_noted=tuple(row.draft_noted),
        touched=row.touched,
        last_inbound_at=row.last_inbound_at,
        memory=memory_from(row.memory),
    )


def memory_from(data: Mapping[str, Any] | str) -> Memory:
    """Return the screen's memory from its stored form."""
    values = json.loads(data) if isinstance(data, str) else data
    hints = tuple((str(at), str(code)) for at, code in values.get("hints", ()))
    return Memory(hints=hints, asked=str(values.get("asked", "")))


def change(conn: Connection, conversation_id: str, **values: Any) -> None:  # noqa: ANN401 (column values)
    """Write columns of a conversation."""
    conn.execute(update(TABLE).where(TABLE.c.id == conversation_id).values(**values))
