"""Everything a member of staff does to a case: each act is one transaction, then back to the case."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection

from bot.cases import closing, holding, queue, record, work
from bot.config import Settings
from bot.console import access, keys
from bot.console.access import me
from bot.console.words import CONCERNS
from bot.errors import StoreError
from bot.model import Role
from bot.store.vault import Vault

CASE = "/cases/{id:[0-9a-f]{32}}"


@dataclass(frozen=True)
class Doing:
    """Who does something to which case, when, and with what form."""

    case_id: str
    staff_id: str
    role: Role
    now: datetime
    vault: Vault
    settings: Settings
    form: dict[str, str]
    lists: dict[str, list[str]]

    def __getitem__(self, name: str) -> str:
        """Return a field of the form, "" where it is missing."""
        return self.form.get(name, "")

    def only(self, roles: frozenset[Role], words: str) -> None:
        """Raise 403 unless the role is one of those named."""
        if self.role not in roles:
            raise web.HTTPForbidden(text=words)


Act = Callable[[Connection, Doing], object]


def add_routes(app: web.Application) -> None:
    """Add the acts."""
    for name, act in ACTS.items():
        app.router.add_post(f"{CASE}/{name}", acting(act))


async def doing(request: web.Request) -> Doing:
    """Return what a request asks to be done."""
    form, member = await request.post(), me(request).member
    return Doing(
        case_id=request.match_info["id"],
        staff_id=member.id,
        role=member.role,
        now=request.app[keys.CLOCK](),
        vault=request.app[keys.STORE].vault,
        settings=request.app[keys.SETTINGS],
        form={name: str(value) for name, value in form.items()},
        lists={name: [str(value) for value in form.getall(name)] for name in form},
    )


def acting(act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of an act on a case: one transaction, then back to the case."""

    @access.allow(access.CASES)
    async def handle(request: web.Request) -> web.StreamResponse:
        asked = await doing(request)

        def write(conn: Connection) -> None:
            queue.check_seen(conn, asked.case_id, asked.staff_id)
            act(conn, asked)

        await request.app[keys.STORE].write(write)
        request.app[keys.BELL].ring()
        raise web.HTTPSeeOther(f"/cases/{asked.case_id}")

    return handle


# -- who has it -----------------------------------------------------------------------------------------------------


def _claim(conn: Connection, it: Doing) -> None:
    holding.claim(conn, it.case_id, it.staff_id, now=it.now, cap=it.settings.case_cap)


def _assign(conn: Connection, it: Doing) -> None:
    it.only(access.SUPERVISORS, "Only a supervisor gives a case to somebody.")
    holding.assign(conn, it.case_id, it["to"] or it.staff_id, it.staff_id, now=it.now)


def _transfer(conn: Connection, it: Doing) -> None:
    holding.transfer(conn, it.vault, it.case_id, it.staff_id, it["to"], it["note"], now=it.now)


def _release(conn: Connection, it: Doing) -> None:
    holding.release(conn, it.case_id, it.staff_id, now=it.now)


def _hand_back(conn: Connection, it: Doing) -> None:
    holding.hand_back(conn, it.case_id, it.staff_id, now=it.now)


def _take_over(conn: Connection, it: Doing) -> None:
    holding.take_over(conn, it.case_id, it.staff_id, now=it.now)


def _add_helper(conn: Connection, it: Doing) -> None:
    holding.add_helper(conn, it.case_id, it.staff_id, it["to"], now=it.now)


def _remove_helper(conn: Connection, it: Doing) -> None:
    holding.remove_helper(conn, it.case_id, it.staff_id, it["to"], now=it.now)


# -- the talk -------------------------------------------------------------------------------------------------------


def _reply(conn: Connection, it: Doing) -> None:
    request_id, wait = it["request_id"][:32] or secrets.token_hex(8), timedelta(seconds=it.settings.undo_seconds)
    work.reply(conn, it.vault, it.case_id, it.staff_id, it["text"], request_id=request_id, now=it.now, wait=wait)


def _retry(conn: Connection, it: Doing) -> None:
    work.retry(conn, it.vault, it.case_id, it.staff_id, it["reply"], now=it.now)


# -- the record -----------------------------------------------------------------------------------------------------


def _note(conn: Connection, it: Doing) -> None:
    work.note(conn, it.vault, it.case_id, it.staff_id, it["text"], now=it.now)


def _urgency(conn: Connection, it: Doing) -> None:
    work.change_urgency(conn, it.vault, it.case_id, it.staff_id, it["urgency"], it["why"], now=it.now)


def _concerns(conn: Connection, it: Doing) -> None:
    main, others = it["main"], it.lists.get("concern", [])
    chosen = [code for code in (main, *others) if code in CONCERNS]
    work.change_concerns(conn, it.vault, it.case_id, it.staff_id, chosen, it["why"], now=it.now)


def _card(conn: Connection, it: Doing) -> None:
    record.write_card(conn, it.vault, it.case_id, it.staff_id, it.form, now=it.now)


def _task(conn: Connection, it: Doing) -> None:
    due, to = due_time(it["due"], it.settings.time_zone), it["to"]
    record.add_task(conn, it.vault, it.case_id, it.staff_id, it["text"], due_at=due, assigned_to=to, now=it.now)


def due_time(text: str, zone: str) -> datetime | None:
    """Return the moment that a form's local date and time names; raise StoreError when it names none."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except ValueError as error:
        raise StoreError("The date is not understood.") from error


def _task_done(conn: Connection, it: Doing) -> None:
    record.finish_task(conn, it.case_id, it.staff_id, it["task"], now=it.now)


def _link(conn: Connection, it: Doing) -> None:
    record.link(conn, it.case_id, it.staff_id, it["number"], it["kind"], now=it.now)


def _unlink(conn: Connection, it: Doing) -> None:
    record.unlink(conn, it.case_id, it.staff_id, it["other"], now=it.now)


def _hide(conn: Connection, it: Doing) -> None:
    it.only(access.LEADS, "Only the safeguarding lead or a supervisor keeps a case from somebody.")
    record.hide(conn, it.case_id, it.staff_id, it["who"], now=it.now)


def _show(conn: Connection, it: Doing) -> None:
    it.only(access.LEADS, "Only the safeguarding lead or a supervisor shows a case again.")
    record.show(conn, it.case_id, it.staff_id, it["who"], now=it.now)


# -- its end --------------------------------------------------------------------------------------------------------


def _close(conn: Connection, it: Doing) -> None:
    closing.ask(conn, it.vault, it.case_id, it.staff_id, it["reason"], it["summary"], now=it.now)


def _sign(conn: Connection, it: Doing) -> None:
    closing.sign(conn, it.case_id, it.staff_id, now=it.now)


def _keep_open(conn: Connection, it: Doing) -> None:
    closing.refuse(conn, it.vault, it.case_id, it.staff_id, it["why"], now=it.now)


def _reopen(conn: Connection, it: Doing) -> None:
    closing.reopen(conn, it.vault, it.case_id, it.staff_id, it["why"], now=it.now)


ACTS: dict[str, Act] = {
    "claim": _claim,
    "assign": _assign,
    "transfer": _transfer,
    "release": _release,
    "hand-back": _hand_back,
    "take-over": _take_over,
    "add-helper": _add_helper,
    "remove-helper": _remove_helper,
    "reply": _reply,
    "retry": _retry,
    "note": _note,
    "urgency": _urgency,
    "concerns": _concerns,
    "card": _card,
    "task": _task,
    "task-done": _task_done,
    "link": _link,
    "unlink": _unlink,
    "hide": _hide,
    "show": _show,
    "close": _close,
    "sign": _sign,
    "keep-open": _keep_open,
    "reopen": _reopen,
}
