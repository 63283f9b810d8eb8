"""One's own account: second factor, sessions, signing out everywhere."""

from aiohttp import web
from sqlalchemy import Connection

from bot.console import access, keys
from bot.console.access import me
from bot.console.pages import page
from bot.errors import StoreError
from bot.store import second


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    app.router.add_get("/account", account)
    app.router.add_post("/account/begin", begin)
    app.router.add_post("/account/confirm", confirm)
    app.router.add_post("/account/off", switch_off)
    app.router.add_post("/account/end", end)
    app.router.add_post("/account/end-all", end_all)


async def _page(request: web.Request, *, status: int = 200, **values: str) -> web.Response:
    member, now, token = me(request).member, request.app[keys.CLOCK](), request.cookies.get(access.COOKIE, "")
    places, on = await request.app[keys.STORE].read(
        lambda conn: (second.places(conn, member.id, token, now=now), second.is_on(conn, member.email))
    )
    return page(request, "account.html", status=status, places=places, on=on, **values)


@access.allow(access.EVERYONE)
async def account(request: web.Request) -> web.Response:
    """Show the account."""
    return await _page(request)


@access.allow(access.EVERYONE)
async def begin(request: web.Request) -> web.Response:
    """Make a secret and show it once."""
    store, member = request.app[keys.STORE], me(request).member
    secret = await store.write(lambda conn: second.begin(conn, store.vault, member.id))
    return await _page(request, secret=secret, address=second.address(secret, member.email))


@access.allow(access.EVERYONE)
async def confirm(request: web.Request) -> web.StreamResponse:
    """Switch the second factor on."""
    store, member, now = request.app[keys.STORE], me(request).member, request.app[keys.CLOCK]()
    form = await request.post()
    code, secret = str(form.get("code", "")), str(form.get("secret", ""))
    try:
        await store.write(lambda conn: second.confirm(conn, store.vault, member.id, code, now=now))
    except StoreError as error:
        again = second.address(secret, member.email)
        return await _page(request, status=400, error=str(error), secret=secret, address=again)
    raise web.HTTPSeeOther("/account")


@access.allow(access.EVERYONE)
async def switch_off(request: web.Request) -> web.StreamResponse:
    """Switch one's own second factor off, with a code of it."""
    store, member, now = request.app[keys.STORE], me(request).member, request.app[keys.CLOCK]()
    code = str((await request.post()).get("code", ""))

    def write(conn: Connection) -> None:
        second.check(conn, store.vault, member.email, code, now=now)
        second.switch_off(conn, member.id)

    await store.write(write)
    raise web.HTTPSeeOther("/account")


@access.allow(access.EVERYONE)
async def end(request: web.Request) -> web.StreamResponse:
    """End one session."""
    handle, staff_id = str((await request.post()).get("place", "")), me(request).member.id
    await request.app[keys.STORE].write(lambda conn: second.end(conn, staff_id, handle))
    raise web.HTTPSeeOther("/account")


@access.allow(access.EVERYONE)
async def end_all(request: web.Request) -> web.StreamResponse:
    """Sign out everywhere."""
    staff_id = me(request).member.id
    await request.app[keys.STORE].write(lambda conn: second.end_all(conn, staff_id))
    raise web.HTTPSeeOther("/sign-in")
