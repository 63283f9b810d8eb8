"""One case for a hand-over: everything in it, and a record of who took it and why."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.cases import events, record, talk
from bot.cases.holding import locked_case, sealed
from bot.errors import StoreError
from bot.model import Urgency
from bot.store import conversations, schema, staff
from bot.store.vault import Vault

FORMAT = "kite-case/1"


def take(
    conn: Connection, vault: Vault, case_id: str, staff_id: str, why: str, *, kind: str, now: datetime
) -> dict[str, Any]:
    """Return a case as data and write down that it was taken; raise StoreError without a reason."""
    if not why.strip():
        raise StoreError("Say for whom this copy is and why.")
    case = locked_case(conn, case_id)
    body = sealed(conn, vault, case.conversation_id, why)
    events.record(conn, case_id, "case_exported", actor=staff_id, now=now, body=body, kind=kind)
    names = {one.id: one.name for one in staff.members(conn)}
    return {
        "format": FORMAT,
        "taken": {"at": now, "by": names.get(staff_id, staff_id), "why": why.strip()},
        "case": _case(conn, case, names),
        "safe_contact": asdict(record.card(conn, vault, case_id)),
        "tasks": [_task(one, names) for one in record.tasks(conn, vault, case_id)],
        "linked": [asdict(one) for one in record.linked(conn, case_id, staff_id)],
        "conversation": [_line(one) for one in talk.lines(conn, vault, case_id)],
        "events": [_event(one, names) for one in events.timeline(conn, vault, case_id)],
    }


def _case(conn: Connection, case: Any, names: dict[str, str]) -> dict[str, Any]:  # noqa: ANN401 (a row)
    person = conversations.load(conn, case.conversation_id)
    plain = ("number", "state", "concerns", "flags", "language", "country", "channel", "opened_at", "closed_at")
    return {
        **{name: getattr(case, name) for name in plain},
        "id": case.id,
        "urgency": Urgency(case.urgency).code,
        "tier": person.tier,
        "tier_chosen": person.tier_chosen,
        "holder": names.get(case.holder or ""),
        "close_reason": case.close_reason,
        "findings": _findings(conn, case.id),
    }


def _findings(conn: Connection, case_id: str) -> list[dict[str, Any]]:
    table = schema.finding
    rows = conn.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.created_at)).all()
    return [
        {
            "at": row.created_at,
            "urgency": Urgency(row.urgency).code,
            "concerns": row.concerns,
            "flags": row.flags,
            "reasons": row.reasons,
        }
        for row in rows
    ]


def _task(task: record.Task, names: dict[str, str]) -> dict[str, Any]:
    return {
        "text": task.text,
        "due_at": task.due_at,
        "for": names.get(task.assigned_to or ""),
        "done_at": task.done_at,
        "done_by": names.get(task.done_by or ""),
    }


def _line(line: talk.Line) -> dict[str, Any]:
    return {
        "at": line.at,
        "author": line.author,
        "kind": line.kind,
        "text": line.text,
        "state": line.state,
        "failed_code": line.failed_code,
        "concerns": list(line.concerns),
    }


def _event(event: events.CaseEvent, names: dict[str, str]) -> dict[str, Any]:
    actor = names.get(event.actor, event.actor)
    return {"at": event.at, "name": event.name, "actor": actor, "data": event.data, "text": event.text}


def to_json(value: object) -> str:
    """Return JSON with times in ISO 8601, readable by people."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
