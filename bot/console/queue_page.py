"""The queue: filters, search, saved views, pages."""

from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from bot.cases import alerts, queue, views
from bot.cases.queue import Filter
from bot.console import access, keys, language
from bot.console.access import me
from bot.console.pages import page
from bot.store import staff

YEAR = 31_536_000


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    app.router.add_get("/", queue_page)
    app.router.add_get("/queue", queue_part)
    app.router.add_post("/views/save", save_view)
    app.router.add_post("/views/drop", drop_view)
    app.router.add_post("/language", set_language)


def _number(request: web.Request) -> int:
    text = request.query.get("page", "1")
    return int(text) - 1 if text.isdecimal() and len(text) < len("100000") else 0


async def _rows(request: web.Request) -> dict[str, Any]:
    store, wanted, staff_id = request.app[keys.STORE], Filter.parse(dict(request.query)), me(request).member.id
    targets, number = request.app[keys.TARGETS], _number(request)
    found = await store.read(lambda conn: queue.page(conn, store.vault, targets, wanted, staff_id, number=number))
    return {"found": found, "wanted": wanted, "query": urlencode(wanted.parts())}


@access.allow(access.CASES)
async def queue_page(request: web.Request) -> web.Response:
    """Show the open cases, most urgent first, or the closed ones."""
    store, staff_id, now = request.app[keys.STORE], me(request).member.id, request.app[keys.CLOCK]()

    def read(conn: Connection) -> dict[str, Any]:
        return {
            "choices": queue.choices(conn),
            "saved": views.saved(conn, staff_id),
            "holders": [one for one in staff.members(conn) if one.role in access.CASES and not one.disabled],
            "counts": queue.counts(conn),
            "newest": queue.newest_now(conn),
            "troubles": alerts.troubles(conn, now=now),
        }

    return page(request, "queue.html", **await store.read(read), **await _rows(request), me=staff_id)


@access.allow(access.CASES)
async def queue_part(request: web.Request) -> web.Response:
    """Return the rows of the queue alone, for the page to put in place."""
    return page(request, "queue_rows.html", **await _rows(request))


@access.allow(access.CASES)
async def save_view(request: web.Request) -> web.StreamResponse:
    """Keep the filter of the page under a name."""
    form, staff_id = await request.post(), me(request).member.id
    wanted = Filter.parse({name: str(value) for name, value in form.items()})
    query = await request.app[keys.STORE].write(
        lambda conn: views.save(conn, staff_id, str(form.get("name", "")), wanted)
    )
    raise web.HTTPSeeOther(f"/?{query}")


@access.allow(access.CASES)
async def drop_view(request: web.Request) -> web.StreamResponse:
    """Delete a saved view."""
    name, staff_id = str((await request.post()).get("name", "")), me(request).member.id
    await request.app[keys.STORE].write(lambda conn: views.drop(conn, staff_id, name))
    raise web.HTTPSeeOther("/")


@access.open_to_all
async def set_language(request: web.Request) -> web.StreamResponse:
    """Choose the language of the interface on this device."""
    form = await request.post()
    back = str(form.get("back", "/"))
    onward = web.HTTPSeeOther(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
    if form.get("language") in language.OFFERED:
        onward.set_cookie(
            language.COOKIE,
            str(form["language"]),
            max_age=YEAR,
            httponly=True,
            secure=access.is_secure(request),
            samesite="Strict",
            path="/",
        )
    raise onward
