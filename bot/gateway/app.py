"""Make the gateway's application."""

from aiohttp import web

from bot.channels.base import Receiver
from bot.gateway import chat, keys, security, webhooks
from bot.runtime import Kite


def make_app(kite: Kite, *, receivers: tuple[Receiver, ...]) -> web.Application:
    """Return the application with its routes: web chat, webhooks and a health check."""
    app = web.Application(middlewares=[security.errors_to_answers], client_max_size=security.MAX_BODY)
    app[keys.KITE], app[keys.RECEIVERS] = kite, receivers
    app.on_response_prepare.append(security.add_headers)
    app.router.add_get("/health", health)
    webhooks.add_routes(app)
    chat.add_routes(app)
    return app


async def health(request: web.Request) -> web.Response:
    """Answer 200 once the store can be read.

    `awake` tells whether the assistant answers, `screening` whether this process takes messages up.
    """
    kite = request.app[keys.KITE]
    await kite.store.read(lambda conn: conn.exec_driver_sql("SELECT 1").scalar())
    return web.json_response({"status": "ok", "awake": kite.awake, "screening": kite.screening})
