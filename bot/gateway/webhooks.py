"""Webhooks of the channels: verify the raw body, parse, commit, and only then answer 200."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.base import Receiver
from bot.gateway import keys

Handler = Callable[[web.Request], Awaitable[web.Response]]


def add_routes(app: web.Application) -> None:
    """Add the webhook of every receiver the application holds."""
    for receiver in app[keys.RECEIVERS]:
        app.router.add_get(receiver.path, subscribe(receiver))
        app.router.add_post(receiver.path, receive(receiver))


def receive(receiver: Receiver) -> Handler:
    """Return the handler of a receiver's calls."""

    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        receiver.verify(request.headers, body)
        batch = receiver.parse(body)
        await request.app[keys.KITE].intake.take(receiver.channel, batch)
        confirmation = receiver.confirmation(batch)
        return web.Response(text="ok") if confirmation is None else web.json_response(dict(confirmation))

    return handle


def subscribe(receiver: Receiver) -> Handler:
    """Return the handler of a receiver's subscription check."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(text=receiver.subscribe(request.query))

    return handle
