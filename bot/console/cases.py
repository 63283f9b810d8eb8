"""The page of a case: what the child wrote, why the screen raised, how to reach them safely, and what can be done."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from markupsafe import Markup, escape
from sqlalchemy import Connection

from bot.cases import closing, events, export, holding, queue, record, talk, work
from bot.console import access, acts, canned, keys
from bot.console.access import me
from bot.console.pages import page
from bot.model import CaseState, Channel, Conversation
from bot.store import conversations, staff

WINDOW = timedelta(hours=24)
"""How long after a person's last message WhatsApp takes free messages."""


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    app.router.add_get(acts.CASE, case_page)
    app.router.add_get(f"{acts.CASE}/talk", talk_part)
    app.router.add_post(f"{acts.CASE}/undo", undo)
    app.router.add_post(f"{acts.CASE}/export", export_case)
    acts.add_routes(app)


async def _case(request: web.Request, *, looked: bool) -> dict[str, Any]:
    store, now = request.app[keys.STORE], request.app[keys.CLOCK]()
    case_id, member = request.match_info["id"], me(request).member
    targets = request.app[keys.TARGETS]

    def read(conn: Connection) -> dict[str, Any]:
        view = queue.case(conn, targets, case_id, member.id)
        members, helpers = staff.members(conn), holding.helpers(conn, case_id)
        return {
            "case": view,
            "lines": [(line, marked(line)) for line in talk.lines(conn, store.vault, case_id)],
            "timeline": events.timeline(conn, store.vault, case_id),
            "person": conversations.load(conn, view.conversation_id),
            "names": {one.id: one.name for one in members},
            "helpers": helpers,
            "mine": view.holder == member.id or member.id in helpers,
            "me": member.id,
            **(_record(conn, store.vault, case_id, member.id, view) if looked else {}),
        }

    found = await store.read(read)
    action = "opened" if looked else "followed"  # every look at a case is written down
    await store.write(lambda conn: queue.looked(conn, member.id, case_id, action, now=now))
    return found


def _record(conn: Connection, vault: Any, case_id: str, staff_id: str, view: queue.CaseView) -> dict[str, Any]:  # noqa: ANN401 (Vault)
    row = holding.read_case(conn, case_id)
    return {
        "card": record.card(conn, vault, case_id),
        "tasks": record.tasks(conn, vault, case_id),
        "linked": record.linked(conn, case_id, staff_id),
        "colleagues": holding.colleagues(conn, case_id),
        "hidden_from": record.hidden_from(conn, case_id),
        "everybody": [one for one in staff.members(conn) if not one.disabled],
        "two": view.state != CaseState.CLOSED and closing.needs_two(conn, row),
    }


def window(person: Conversation) -> datetime | None:
    """Return until when free messages may be sent, None where there is no such limit."""
    if person.channel is not Channel.WHATSAPP or person.last_inbound_at is None:
        return None
    return person.last_inbound_at + WINDOW


async def _page(request: web.Request, draft: str = "") -> web.Response:
    found = await _case(request, looked=True)
    texts = canned.texts(request.app[keys.CONTENT], found["person"])
    used = next((one.text for one in texts if one.id == request.query.get("use") and one.text), "")
    return page(
        request,
        "case.html",
        **found,
        canned=texts,
        draft=draft or used,
        window=window(found["person"]),
        request_id=secrets.token_hex(8),
        closed=CaseState.CLOSED,
        supervises=me(request).member.role in access.SUPERVISORS,
        leads=me(request).member.role in access.LEADS,
        undo_seconds=request.app[keys.SETTINGS].undo_seconds,
        zone=request.app[keys.SETTINGS].time_zone,
    )


@access.allow(access.CASES)
async def case_page(request: web.Request) -> web.Response:
    """Show a case."""
    return await _page(request)


@access.allow(access.CASES)
async def talk_part(request: web.Request) -> web.Response:
    """Return the conversation and timeline of a case alone, for the page to put in place."""
    return page(request, "talk.html", **await _case(request, looked=False))


@access.allow(access.CASES)
async def undo(request: web.Request) -> web.StreamResponse:
    """Take a reply back and show the page with its words in the reply box."""
    it = await acts.doing(request)

    def write(conn: Connection) -> str:
        queue.check_seen(conn, it.case_id, it.staff_id)
        return work.undo(conn, it.vault, it.case_id, it.staff_id, it["reply"], now=it.now)

    words = await request.app[keys.STORE].write(write)
    request.app[keys.BELL].ring()
    return await _page(request, words)


@access.allow(access.CASES)
async def export_case(request: web.Request) -> web.StreamResponse:
    """Hand out one case for a hand-over, as JSON or as a page to print; who took it is written down."""
    it = await acts.doing(request)
    kind = "print" if it["kind"] == "print" else "json"

    def write(conn: Connection) -> dict[str, Any]:
        queue.check_seen(conn, it.case_id, it.staff_id)
        return export.take(conn, it.vault, it.case_id, it.staff_id, it["why"], kind=kind, now=it.now)

    taken = await request.app[keys.STORE].write(write)
    if kind == "print":
        return page(request, "export.html", taken=taken)
    name = f"kite-case-{taken['case']['number']}.json"
    return web.json_response(
        taken, dumps=export.to_json, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def marked(line: talk.Line) -> Markup:
    """Return a line's text with what the screen found in it marked; everything else is escaped."""
    spans = sorted(tuple(reason["span"]) for reason in line.reasons if reason.get("span"))
    parts, done = [], 0
    for start, end in spans:
        if start < done or end > len(line.text):
            continue
        parts += [escape(line.text[done:start]), Markup("<mark>"), escape(line.text[start:end]), Markup("</mark>")]
        done = end
    return Markup("").join([*parts, escape(line.text[done:])])
