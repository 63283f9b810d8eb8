"""Typed keys of what the gateway's application holds."""

from aiohttp import web

from bot.channels.base import Receiver
from bot.runtime import Kite

KITE = web.AppKey("kite", Kite)
RECEIVERS: web.AppKey[tuple[Receiver, ...]] = web.AppKey("receivers")
