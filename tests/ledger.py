"""The ledger of a run: what became of every message, from the store and the stand-in's request log alone."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.store import schema
from bot.store.store import Store
from tests.fakes.meta import PHONE_ID


@dataclass(frozen=True)
class Sent:
    """One message of the driver: who, its external id, and whether it is a disclosure."""

    who: str
    external_id: str
    disclosure: bool
    round: int


@dataclass(frozen=True)
class Ledger:
    """The findings of a ledger; each list names what is wrong and is empty in a good run."""

    messages: int
    silenced: int
    unanswered: list[str]
    doubled_answers: list[str]
    unsent: list[str]
    wrong_cases: list[str]
    answered_disclosures: list[str]
    duplicates: int
    unexplained: list[str]
    too_many: list[str]

    @property
    def faults(self) -> dict[str, list[str]]:
        names = (
            "unanswered",
            "doubled_answers",
            "unsent",
            "wrong_cases",
            "answered_disclosures",
            "unexplained",
            "too_many",
        )
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def read_log(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def silenced(row: Any, found: list[Any]) -> bool:
    """Return whether a later disclosure of the same talk took the word from the answer to a message, as designed."""
    return any(
        one.conversation_id == row.conversation_id and one.sequence > row.sequence and one.created_at <= row.done_at
        for one in found
    )


def together(row: Any, rows: list[Any], answered: set[str]) -> bool:
    """Return whether a message was answered together with a later one of the same talk, as a burst is."""
    return any(
        one.conversation_id == row.conversation_id
        and one.sequence > row.sequence
        and one.done_at == row.done_at
        and one.id in answered
        for one in rows
    )


def draw(conn: Connection, store: Store, sent: list[Sent], log: list[dict[str, Any]]) -> Ledger:
    """Draw the ledger of a run."""
    rows = list(conn.execute(select(schema.inbox)).all())
    inbox = {row.external_hash: row for row in rows}
    outbox = conn.execute(select(schema.outbox)).all()
    by_message: dict[str, list[Any]] = {}
    for row in outbox:
        by_message.setdefault(row.dedupe_key.split(":")[1], []).append(row)
    posts = Counter((entry["attempt"].partition(":")[0], entry["text"]) for entry in log)
    cases = Counter(row.conversation_id for row in conn.execute(select(schema.cases)).all())
    findings = Counter(row.conversation_id for row in conn.execute(select(schema.finding)).all())

    joined = select(schema.finding.c.conversation_id, schema.finding.c.created_at, schema.inbox.c.sequence)
    found = list(conn.execute(joined.join_from(schema.finding, schema.inbox)).all())

    hushed = 0
    unanswered, doubled, wrong, answered = [], [], [], []
    disclosed: Counter[str] = Counter()
    people: dict[str, str] = {}
    for one in sent:
        row = inbox.get(store.vault.hash("external", "whatsapp", PHONE_ID, one.external_id))
        replies = by_message.get(row.id, []) if row is not None else []
        if row is not None and row.state == "done" and not replies and silenced(row, found):
            hushed += 1
            continue
        if row is not None and row.state == "done" and not replies and together(row, rows, set(by_message)):
            people[row.conversation_id] = one.who
            continue
        if row is None or row.state != "done" or not replies:
            unanswered.append(one.external_id)
            continue
        kinds = Counter(reply.purpose for reply in replies)
        if kinds["acknowledgement"] > 1 or (kinds["acknowledgement"] and kinds["answer"]):
            doubled.append(one.external_id)
        if one.disclosure:
            disclosed[row.conversation_id] += 1
            if kinds["answer"]:
                answered.append(one.external_id)
        people[row.conversation_id] = one.who
    for conversation in people:
        expected = 1 if disclosed[conversation] else 0
        if cases[conversation] != expected or findings[conversation] != disclosed[conversation]:
            wrong.append(f"{conversation}: {cases[conversation]} cases, {findings[conversation]} findings")
    unsent = [
        row.id
        for row in outbox
        if row.state not in {"sent", "delivered", "read"} or not any(k[0] == row.id for k in posts)
    ]
    extra: Counter[str] = Counter()
    unexplained = []
    owners = {row.id: row for row in outbox}
    for (outbox_id, _), count in posts.items():
        if count > 1:
            owner = owners[outbox_id]
            extra[owner.conversation_id] += count - 1
            if owner.uncertain_count < count - 1:
                unexplained.append(outbox_id)
    too_many = [conversation for conversation, count in extra.items() if count > 1]  # each conversation sees one kill
    return Ledger(len(sent), hushed, unanswered, doubled, unsent, wrong, answered, extra.total(), unexplained, too_many)
