"""Assemble Kite from its parts: the one place where settings become objects."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
import structlog

from bot import language
from bot.cases import alerts
from bot.cases.targets import Targets
from bot.channels.base import Sender
from bot.clock import utc_now
from bot.config import Settings
from bot.content.watch import LiveCatalogue
from bot.dialogue.client import AssistantClient
from bot.errors import ConfigError, ContentError
from bot.model import Channel, Clock
from bot.pipeline import Pipeline
from bot.safety import Screen
from bot.search.client import SearchClient
from bot.store.conversations import Defaults
from bot.store.store import Store, open_store
from bot.store.vault import new_master_key
from bot.worker.bell import Bell
from bot.worker.courtesy import Courtesies
from bot.worker.intake import Intake
from bot.worker.notices import Notices, ways
from bot.worker.screening import Screening
from bot.worker.sender import Post
from bot.worker.timers import Timers
from bot.worker.turns import Talker
from bot.worker.voice import Voice

CONTENT_POLL = 1.0
log = structlog.get_logger(__name__)


@dataclass
class Kite:
    """A running Kite's shared parts; make with `opened`."""

    settings: Settings
    store: Store
    clock: Clock
    bell: Bell
    content: LiveCatalogue
    session: aiohttp.ClientSession
    courtesies: Courtesies = field(default_factory=Courtesies)
    awake: bool = False
    screening: bool = False
    """Whether the safety screen is read, and messages are taken up."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process stops, so that open streams end."""

    def voice(self) -> Voice:
        """Return the voice of the content of this moment."""
        return Voice(self.content.current, self.settings.country or None)

    @property
    def intake(self) -> Intake:
        """Return what takes in messages."""
        defaults = Defaults(country=self.settings.country or None)
        return Intake(self.store, self.clock, self.bell, defaults, self.courtesies)

    async def pipeline(self, senders: Mapping[Channel, Sender]) -> Pipeline:
        """Return the route over these parts; reads the safety screen, which takes seconds.

        Raise ContentError when a pattern is broken.
        """
        screen = await asyncio.to_thread(_load_screen, self.settings)
        self.screening = True
        if screen.degraded:
            log.error("screen_degraded")  # what is wrong with it: `kite doctor`
        assistant = AssistantClient(self.session, f"http://127.0.0.1:{self.settings.assistant_port}")
        searcher = SearchClient(self.session, f"http://127.0.0.1:{self.settings.search_port}")
        return Pipeline(
            store=self.store,
            clock=self.clock,
            bell=self.bell,
            intake=self.intake,
            screening=Screening(screen, self.voice, self.store.vault),
            talker=Talker(
                self.store,
                searcher,
                assistant,
                self.voice,
                self.clock,
                quiet=timedelta(seconds=self.settings.quiet_seconds),
            ),
            post=Post(self.store, senders, self.clock),
            timers=Timers(self.store, self.clock, timedelta(days=self.settings.case_days), Targets.of(self.settings)),
        )

    @property
    def notices(self) -> Notices | None:
        """Return what sends alerts, None where no target is set."""
        targets = alerts.Targets.of(self.settings)
        if targets == alerts.Targets():
            return None
        return Notices(self.store, self.clock, targets, ways(self.settings, self.session))

    async def follow_content(self) -> None:
        """Take in changed content and translations within two seconds, until cancelled."""
        while True:
            await asyncio.sleep(CONTENT_POLL)
            if await asyncio.to_thread(self.content.refresh):
                log.info("content_changed", count=len(self.content.current.locales))
                self.bell.ring()

    async def follow_assistant(self) -> None:
        """Keep `awake` true while the assistant and the search process answer, until cancelled."""
        ports = (self.settings.assistant_port, self.settings.search_port)
        paths = ("webhooks/kite/health", "health")
        urls = [f"http://127.0.0.1:{port}/{path}" for port, path in zip(ports, paths, strict=True)]
        while True:
            awake = all([await self._answers(url) for url in urls])
            if awake != self.awake:
                log.info("assistant_awake" if awake else "assistant_asleep")
                self.awake = awake
                self.bell.ring()
            await asyncio.sleep(1.0)

    async def _answers(self, url: str) -> bool:
        try:
            async with self.session.get(url, timeout=aiohttp.ClientTimeout(total=2.0)) as response:
                return response.status == 200  # noqa: PLR2004 (HTTP's OK)
        except (aiohttp.ClientError, TimeoutError):
            return False


def secret_key(settings: Settings) -> str:
    """Return the master key: the setting, or on SQLite one kept beside the database with mode 600.

    Raise ConfigError when PostgreSQL is used without the setting: several processes need the same key.
    """
    if settings.secret_key:
        return settings.secret_key
    if settings.database_url:
        raise ConfigError("KITE_SECRET_KEY is needed with KITE_DATABASE_URL: make one with `kite doctor --new-key`")
    return _kept_key(settings.data_dir / "secret.key")


def _kept_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(new_master_key())
    return path.read_text().strip()


def load_content(settings: Settings, clock: Clock) -> LiveCatalogue:
    """Return the content, following its files.

    Raise ContentError for a broken tree, ConfigError while no locale may be shown: then Kite must not start.
    """
    live = LiveCatalogue(
        settings.content_dir, settings.translations_dir, show_drafts=settings.show_drafts, clock=clock, on_error=_tell
    )
    if not live.current.locales:
        raise ConfigError(
            "No language is live: every critical text needs the approval of a named person (`kite content status`). "
            "For a demonstration, KITE_SHOW_DRAFTS=1 shows drafts with a note."
        )
    return live


def _tell(error: ContentError) -> None:
    log.error("content_broken", count=len(error.findings))


def _load_screen(settings: Settings) -> Screen:
    """Read the screen without the collector, which would walk millions of new objects again and again."""
    gc.disable()
    try:
        return Screen.load(content_dir=settings.content_dir, model_path=settings.model_dir / "safety.npz")
    finally:
        gc.enable()


@contextlib.asynccontextmanager
async def opened(settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[Kite]:
    """Open everything a process of Kite shares, and close it in reverse."""
    content = await asyncio.to_thread(load_content, settings, clock)
    if language.load(settings.model_dir / "language.npz") is not None:
        log.warning("language_model_missing")
    store = await open_store(
        database_url=settings.database_url, sqlite_path=settings.sqlite_path, secret_key=secret_key(settings)
    )
    try:
        async with aiohttp.ClientSession() as session:
            yield Kite(settings, store, clock, Bell(), content, session)
    finally:
        await store.close()
