"""The page of a case, and everything a caseworker does there."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from markupsafe import Markup, escape
from sqlalchemy import Connection

from bot.cases import events, queue, talk, work
from bot.console import access, keys
from bot.console.access import me
from bot.console.pages import page
from bot.model import CaseState
from bot.store import conversations, staff

Act = Callable[[Connection, web.Request, str, str, dict[str, str]], object]


def add_routes(app: web.Application) -> None:
    """Add the pages and acts."""
    app.router.add_get("/cases/{id:[0-9a-f]{32}}", case_page)
    app.router.add_get("/cases/{id:[0-9a-f]{32}}/talk", talk_part)
    for name, act in ACTS.items():
        app.router.add_post(f"/cases/{{id:[0-9a-f]{{32}}}}/{name}", acting(act))


async def _case(request: web.Request, *, looked: bool) -> dict[str, Any]:
    store, now = request.app[keys.STORE], request.app[keys.CLOCK]()
    case_id, member = request.match_info["id"], me(request).member
    targets = request.app[keys.TARGETS]

    def read(conn: Connection) -> dict[str, Any]:
        view = queue.case(conn, targets, case_id, member.id)
        return {
            "case": view,
            "lines": [(line, marked(line)) for line in talk.lines(conn, store.vault, case_id)],
            "timeline": events.timeline(conn, store.vault, case_id),
            "person": conversations.load(conn, view.conversation_id),
            "names": {one.id: one.name for one in staff.members(conn)},
            "mine": view.holder == member.id,
        }

    found = await store.read(read)
    action = "opened" if looked else "followed"  # every look at a case is written down
    await store.write(lambda conn: queue.looked(conn, member.id, case_id, action, now=now))
    return found


@access.allow(access.CASES)
async def case_page(request: web.Request) -> web.Response:
    """Show a case: what the child wrote, why the screen raised, and what can be done."""
    found = await _case(request, looked=True)
    return page(request, "case.html", **found, request_id=secrets.token_hex(8), closed=CaseState.CLOSED)


@access.allow(access.CASES)
async def talk_part(request: web.Request) -> web.Response:
    """Return the conversation and timeline of a case alone, for the page to put in place."""
    return page(request, "talk.html", **await _case(request, looked=False))


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


def acting(act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of an act on a case: one transaction, then back to the case."""

    @access.allow(access.CASES)
    async def handle(request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        case_id, staff_id = request.match_info["id"], me(request).member.id

        def write(conn: Connection) -> None:
            queue.check_seen(conn, case_id, staff_id)
            act(conn, request, case_id, staff_id, form)

        await request.app[keys.STORE].write(write)
        request.app[keys.BELL].ring()
        raise web.HTTPSeeOther(f"/cases/{case_id}")

    return handle


def _claim(conn: Connection, request: web.Request, case_id: str, staff_id: str, _form: dict[str, str]) -> None:
    work.claim(conn, case_id, staff_id, now=request.app[keys.CLOCK]())


def _take_from(conn: Connection, request: web.Request, case_id: str, staff_id: str, _form: dict[str, str]) -> None:
    if me(request).member.role not in access.SUPERVISORS:
        raise web.HTTPForbidden(text="Only a supervisor takes a case from somebody.")
    work.take_from(conn, case_id, staff_id, now=request.app[keys.CLOCK]())


def _reply(conn: Connection, request: web.Request, case_id: str, staff_id: str, form: dict[str, str]) -> None:
    vault, now = request.app[keys.STORE].vault, request.app[keys.CLOCK]()
    request_id = form.get("request_id", "")[:32] or secrets.token_hex(8)
    work.reply(conn, vault, case_id, staff_id, form.get("text", ""), request_id=request_id, now=now)


def _release(conn: Connection, request: web.Request, case_id: str, staff_id: str, _form: dict[str, str]) -> None:
    work.release(conn, case_id, staff_id, now=request.app[keys.CLOCK]())


def _hand_back(conn: Connection, request: web.Request, case_id: str, staff_id: str, _form: dict[str, str]) -> None:
    work.hand_back(conn, case_id, staff_id, now=request.app[keys.CLOCK]())


def _take_over(conn: Connection, request: web.Request, case_id: str, staff_id: str, _form: dict[str, str]) -> None:
    work.take_over(conn, case_id, staff_id, now=request.app[keys.CLOCK]())


def _note(conn: Connection, request: web.Request, case_id: str, staff_id: str, form: dict[str, str]) -> None:
    work.note(
        conn, request.app[keys.STORE].vault, case_id, staff_id, form.get("text", ""), now=request.app[keys.CLOCK]()
    )


def _urgency(conn: Connection, request: web.Request, case_id: str, staff_id: str, form: dict[str, str]) -> None:
    now, vault = request.app[keys.CLOCK](), request.app[keys.STORE].vault
    work.change_urgency(conn, vault, case_id, staff_id, form.get("urgency", ""), form.get("why", ""), now=now)


def _close(conn: Connection, request: web.Request, case_id: str, staff_id: str, form: dict[str, str]) -> None:
    work.close(conn, case_id, staff_id, form.get("reason", ""), now=request.app[keys.CLOCK]())


ACTS: dict[str, Act] = {
    "claim": _claim,
    "take-from": _take_from,
    "reply": _reply,
    "release": _release,
    "hand-back": _hand_back,
    "take-over": _take_over,
    "note": _note,
    "urgency": _urgency,
    "close": _close,
}
