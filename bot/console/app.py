"""Make the console's application."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.cases.targets import Targets
from bot.config import Settings
from bot.console import access, account, board, cases, keys, language, live, members, queue_page, signing
from bot.console.pages import row_of
from bot.console.words import WORDS, ago
from bot.content.catalogue import Catalogue
from bot.gateway.security import HEADERS, MAX_BODY
from bot.model import Clock
from bot.store.store import Store
from bot.worker.bell import Bell

FOLDER = Path(__file__).parent
NAMES = frozenset(path.name for path in (FOLDER / "static").iterdir())


def make_app(
    *, settings: Settings, store: Store, clock: Clock, bell: Bell, content: Callable[[], Catalogue] | None = None
) -> web.Application:
    """Return the application with all its pages; without `content` it has no ready replies."""
    app = web.Application(middlewares=[access.tell_errors, access.guard], client_max_size=MAX_BODY)
    app[keys.SETTINGS], app[keys.STORE], app[keys.CLOCK], app[keys.BELL] = settings, store, clock, bell
    app[keys.CONTENT] = content
    app[keys.TEMPLATES], app[keys.TARGETS] = templates(clock, settings), Targets.of(settings)
    app[keys.HUB] = live.Hub(store, clock, bell, app[keys.TARGETS], row_of(app))
    app.on_response_prepare.append(add_headers)
    for module in (signing, queue_page, cases, board, live, members, account):
        module.add_routes(app)
    app.router.add_get("/static/{name}", static)
    return app


def templates(clock: Clock, settings: Settings) -> Environment:
    """Return the templates' environment; all text of the interface passes gettext, so that it can be translated."""
    zone = ZoneInfo(settings.time_zone)
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(),
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(**WORDS, now=clock)
    environment.filters["ago"] = lambda at: ago(at, clock())
    environment.filters["moment"] = live.moment
    environment.filters["clock"] = lambda at: (
        at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if isinstance(at, datetime) else ""
    )
    return environment


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on a response; nothing of a case is kept in a cache."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if access.is_secure(request):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


@access.open_to_all
async def static(request: web.Request) -> web.StreamResponse:
    """Serve the console's own files."""
    name = request.match_info["name"]
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    kind = kinds.get(name.rpartition(".")[2])
    if kind is None or name not in NAMES:
        raise web.HTTPNotFound
    return web.FileResponse(FOLDER / "static" / name, headers={"Content-Type": kind, "Cache-Control": "no-cache"})
