"""The staff page of admins: who may sign in, invitations, and ending somebody's access."""

from aiohttp import web
from sqlalchemy import Connection

from bot.cases import work
from bot.console import access, keys
from bot.console.pages import page
from bot.errors import StoreError
from bot.model import Role
from bot.store import second, staff


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    app.router.add_get("/staff", staff_page)
    app.router.add_post("/staff/invite", invite)
    app.router.add_post("/staff/disable", disable)
    app.router.add_post("/staff/second-off", second_off)


async def _page(request: web.Request, link: str = "") -> web.Response:
    members = await request.app[keys.STORE].read(staff.members)
    return page(request, "staff.html", members=members, roles=list(Role), link=link)


@access.allow(access.ADMINS)
async def staff_page(request: web.Request) -> web.Response:
    """Show the staff."""
    return await _page(request)


@access.allow(access.ADMINS)
async def invite(request: web.Request) -> web.Response:
    """Make a one-time link for a role and show it once."""
    form = await request.post()
    if form.get("role") not in set(Role):
        raise StoreError(f"Choose a role: {', '.join(Role)}.")
    role, now = Role(str(form["role"])), request.app[keys.CLOCK]()
    token = await request.app[keys.STORE].write(lambda conn: staff.invite(conn, role, now=now))
    return await _page(request, link=f"{request.url.origin()}/welcome/{token}")


@access.allow(access.ADMINS)
async def disable(request: web.Request) -> web.StreamResponse:
    """End somebody's access at once; nobody can end their own."""
    email = str((await request.post()).get("email", ""))
    if email == access.me(request).member.email:
        raise StoreError("You cannot end your own access. Ask another admin.")
    now = request.app[keys.CLOCK]()
    await request.app[keys.STORE].write(
        lambda conn: work.release_all(conn, staff.disable(conn, email, now=now), now=now)
    )
    raise web.HTTPSeeOther("/staff")


@access.allow(access.ADMINS)
async def second_off(request: web.Request) -> web.StreamResponse:
    """Switch off the second factor of somebody who lost the phone, and end their sessions."""
    email = str((await request.post()).get("email", ""))

    def write(conn: Connection) -> None:
        found = next((one for one in staff.members(conn) if one.email == email), None)
        if found is None or found.id == access.me(request).member.id:
            raise StoreError("Choose somebody else's account.")
        second.switch_off(conn, found.id)
        second.end_all(conn, found.id)

    await request.app[keys.STORE].write(write)
    raise web.HTTPSeeOther("/staff")
