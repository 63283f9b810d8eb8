"""Who may do what: sessions, roles and form tokens, checked for every route before its handler runs.

A route is closed unless it is listed as open; a form without its token is refused, whoever sends it.
"""

import hmac
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.console import keys
from bot.console.pages import page
from bot.errors import AlreadyClaimed, KiteError, NotFound
from bot.model import Role
from bot.store import staff
from bot.store.staff import Session

COOKIE = "kite_staff"
CASES = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.LEAD, Role.ADMIN})
SUPERVISORS = frozenset({Role.SUPERVISOR, Role.LEAD, Role.ADMIN})
LEADS = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.LEAD})
ADMINS = frozenset({Role.ADMIN})
EVERYONE = frozenset(Role)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger(__name__)


def allow(roles: frozenset[Role]) -> Callable[[Handler], Handler]:
    """Mark a handler with the roles that may call it."""

    def mark(handler: Handler) -> Handler:
        handler.roles = roles  # type: ignore[attr-defined]
        return handler

    return mark


def open_to_all(handler: Handler) -> Handler:
    """Mark a handler that needs no session: sign-in, the welcome link, files."""
    handler.roles = None  # type: ignore[attr-defined]
    return handler


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through to its handler only with the session, role and form token it needs."""
    roles = getattr(request.match_info.handler, "roles", EVERYONE)
    if roles is not None:
        session = await current(request)
        if session is None:
            return _to_sign_in(request)
        if session.member.role not in roles:
            raise web.HTTPForbidden(text="Your role does not include this page.")
        request[keys.SESSION] = session
        if request.method == "POST":
            await check_token(request, session.csrf)
    return await handler(request)


def is_secure(request: web.Request) -> bool:
    """Return whether staff reach the console over TLS, a proxy's included: the setting knows, the socket may not."""
    return request.secure or request.app[keys.SETTINGS].console_url.startswith("https://")


def _to_sign_in(request: web.Request) -> web.StreamResponse:
    if request.method != "GET" or request.path.startswith("/live"):
        raise web.HTTPUnauthorized(text="Your session has ended. Sign in again.")
    raise web.HTTPSeeOther("/sign-in")


async def current(request: web.Request) -> Session | None:
    """Return the session of the request's cookie, or None."""
    token, store, now = request.cookies.get(COOKIE, ""), request.app[keys.STORE], request.app[keys.CLOCK]()
    if not token:
        return None
    try:
        session = await store.read(lambda conn: staff.session(conn, token, now=now))
    except NotFound:
        return None
    if (
        not request.path.startswith("/live") and "X-Part" not in request.headers
    ):  # an open page alone does not keep a session alive
        await store.write(lambda conn: staff.seen(conn, token, now=now))
    return session


async def check_token(request: web.Request, expected: str) -> None:
    """Raise 403 unless the form carries the session's token, compared in constant time."""
    form = await request.post()
    given = str(form.get("csrf", ""))
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise web.HTTPForbidden(text="This form has expired. Go back, reload the page and try again.")


@web.middleware
async def tell_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell Kite's own errors on a page with one clear line, never with a traceback."""
    try:
        return await handler(request)
    except NotFound:
        return _problem(request, "This page does not exist, or no longer does.", 404)
    except AlreadyClaimed as error:
        return _problem(request, str(error), 409)
    except KiteError as error:
        return _problem(request, str(error), 400)


def _problem(request: web.Request, message: str, status: int) -> web.Response:
    return page(request, "problem.html", status=status, message=message)


def me(request: web.Request) -> Session:
    """Return the session of a request that passed the guard."""
    return request[keys.SESSION]
