"""Headers and limits that hold for every route of the gateway."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.errors import KiteError, Refused
from bot.gateway import keys

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MAX_BODY = 4_000_000
"""Bytes of one request body; Meta's webhooks may have three megabytes."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "X-Frame-Options": "DENY",
}
log = structlog.get_logger(__name__)


@web.middleware
async def errors_to_answers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer Kite's own errors with their status and one clear line; never with a traceback."""
    try:
        return await handler(request)
    except Refused as error:
        log.warning("request_refused", route=request.path, status=error.status)
        return web.json_response({"error": str(error)}, status=error.status)
    except KiteError as error:
        log.error("request_failed", route=request.path, error=type(error).__name__)
        return web.json_response({"error": "Something went wrong here. Please try again."}, status=503)


def is_secure(request: web.Request) -> bool:
    """Return whether people reach the gateway over TLS, a proxy's included: the setting knows, the socket may not."""
    return request.secure or request.app[keys.KITE].settings.public_url.startswith("https://")


def allow_framing(response: web.StreamResponse, sites: str) -> None:
    """Let the pages of these sites (as a content security policy names them, "*" for all) show this one inside."""
    policy = HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", f"frame-ancestors {sites}")
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = ""  # knows no list of sites; the policy above is what browsers follow
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on a response; HSTS where the request came over TLS."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if is_secure(request):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not response.headers.get("X-Frame-Options"):
        del response.headers["X-Frame-Options"]
