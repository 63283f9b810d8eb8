"""Typed keys of what the console's application and its requests hold."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from jinja2 import Environment

from bot.config import Settings
from bot.model import Clock
from bot.store.staff import Session
from bot.store.store import Store
from bot.worker.bell import Bell

SETTINGS = web.AppKey("settings", Settings)
STORE = web.AppKey("store", Store)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
BELL = web.AppKey("bell", Bell)
LOOK: web.AppKey[Callable[[], Awaitable[tuple[str, dict[str, object]]]]] = web.AppKey("look")
TEMPLATES = web.AppKey("templates", Environment)
SESSION: web.RequestKey[Session] = web.RequestKey("session", Session)
