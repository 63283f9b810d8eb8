"""Typed keys of what the console's application and its requests hold."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web
from jinja2 import Environment

from bot.cases.targets import Targets
from bot.config import Settings
from bot.content.catalogue import Catalogue
from bot.model import Clock
from bot.store.staff import Session
from bot.store.store import Store
from bot.worker.bell import Bell

if TYPE_CHECKING:
    from bot.console.live import Hub

SETTINGS = web.AppKey("settings", Settings)
STORE = web.AppKey("store", Store)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
BELL = web.AppKey("bell", Bell)
HUB: "web.AppKey[Hub]" = web.AppKey("hub")
CONTENT: web.AppKey[Callable[[], Catalogue] | None] = web.AppKey("content")
TARGETS = web.AppKey("targets", Targets)
TEMPLATES = web.AppKey("templates", Environment)
SESSION: web.RequestKey[Session] = web.RequestKey("session", Session)
