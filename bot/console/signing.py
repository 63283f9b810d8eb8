"""Sign in, sign out, and the one-time link that makes an account."""

import asyncio
import hmac
import secrets

from aiohttp import web
from sqlalchemy import Connection

from bot.console import access, keys
from bot.console.pages import page
from bot.errors import KiteError, NotFound, SignInError, StoreError
from bot.store import second, staff

FORM_COOKIE = "kite_form"
"""A random value in a cookie and in the form: nobody else's page can know it (there is no session yet)."""


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    app.router.add_get("/sign-in", sign_in_page)
    app.router.add_post("/sign-in", sign_in)
    app.router.add_post("/sign-out", sign_out)
    app.router.add_get("/welcome/{token}", welcome_page)
    app.router.add_post("/welcome/{token}", welcome)


def _form_page(
    request: web.Request, template: str, *, status: int = 200, error: str = "", **values: str
) -> web.Response:
    token = secrets.token_urlsafe(24)
    response = page(request, template, status=status, error=error, csrf=token, **values)
    response.set_cookie(
        FORM_COOKIE, token, httponly=True, secure=access.is_secure(request), samesite="Strict", path="/"
    )
    return response


async def _checked_form(request: web.Request) -> dict[str, str]:
    form = {name: str(value) for name, value in (await request.post()).items()}
    cookie = request.cookies.get(FORM_COOKIE, "")
    if not cookie or not hmac.compare_digest(form.get("csrf", "").encode(), cookie.encode()):
        raise web.HTTPForbidden(text="This form has expired. Go back, reload the page and try again.")
    return form


@access.open_to_all
async def sign_in_page(request: web.Request) -> web.StreamResponse:
    """Show the sign-in form; whoever is signed in goes on to the queue."""
    if await access.current(request) is not None:
        raise web.HTTPSeeOther("/")
    return _form_page(request, "sign_in.html")


@access.open_to_all
async def sign_in(request: web.Request) -> web.StreamResponse:
    """Check address and password; a wrong one costs the same time whether or not the address is known."""
    form = await _checked_form(request)
    store, now = request.app[keys.STORE], request.app[keys.CLOCK]()
    email, password = form.get("email", ""), form.get("password", "")
    try:
        await store.read(lambda conn: staff.check_lock(conn, email, now=now))
    except SignInError as error:
        return _form_page(request, "sign_in.html", status=401, error=str(error), email=email)
    password_hash = await store.read(lambda conn: staff.password_hash_of(conn, email))
    if not await asyncio.to_thread(staff.password_fits, password_hash, password):
        await store.write(lambda conn: staff.failed(conn, email, now=now))
        return _form_page(
            request, "sign_in.html", status=401, error="The address or the password is not right.", email=email
        )
    if await store.read(lambda conn: second.is_on(conn, email)) and not form.get("code"):
        return _form_page(request, "sign_in.html", email=email, code="ask")
    agent = request.headers.get("User-Agent", "")

    def begin(conn: Connection) -> str:
        second.check(conn, store.vault, email, form.get("code", ""), now=now)
        return staff.sign_in(conn, email, now=now, agent=agent)[0]

    try:
        token = await store.write(begin)
    except SignInError as error:
        if form.get("code"):
            await store.write(lambda conn: staff.failed(conn, email, now=now))
        return _form_page(request, "sign_in.html", status=401, error=str(error), email=email)
    raise _signed_in(request, token)


def _signed_in(request: web.Request, token: str) -> web.HTTPSeeOther:
    onward = web.HTTPSeeOther("/")
    onward.set_cookie(
        access.COOKIE, token, httponly=True, secure=access.is_secure(request), samesite="Strict", path="/"
    )
    onward.del_cookie(FORM_COOKIE, path="/")
    return onward


@access.allow(access.EVERYONE)
async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    token = request.cookies.get(access.COOKIE, "")
    await request.app[keys.STORE].write(lambda conn: staff.sign_out(conn, token))
    onward = web.HTTPSeeOther("/sign-in")
    onward.del_cookie(access.COOKIE, path="/")
    raise onward


@access.open_to_all
async def welcome_page(request: web.Request) -> web.StreamResponse:
    """Show the form of a one-time link; raise NotFound when it was used or has expired."""
    token, now = request.match_info["token"], request.app[keys.CLOCK]()
    role = await request.app[keys.STORE].read(lambda conn: staff.invited_role(conn, token, now=now))
    return _form_page(request, "welcome.html", role=role)


@access.open_to_all
async def welcome(request: web.Request) -> web.StreamResponse:
    """Make the account of a one-time link and sign in."""
    form, token = await _checked_form(request), request.match_info["token"]
    store, now = request.app[keys.STORE], request.app[keys.CLOCK]()
    email, name, password = (form.get(key, "") for key in ("email", "name", "password"))
    role = await store.read(lambda conn: staff.invited_role(conn, token, now=now))
    try:
        if password != form.get("again", ""):
            raise StoreError("The two passwords are not the same.")
        password_hash = await asyncio.to_thread(staff.hash_password, password)
        await store.write(
            lambda conn: staff.accept_invitation(
                conn, token, email=email, name=name, password_hash=password_hash, now=now
            )
        )
    except NotFound:
        raise
    except KiteError as error:
        return _form_page(request, "welcome.html", status=400, error=str(error), role=role, email=email, name=name)
    agent = request.headers.get("User-Agent", "")
    session_token, _ = await store.write(lambda conn: staff.sign_in(conn, email, now=now, agent=agent))
    raise _signed_in(request, session_token)
