"""The gateway over HTTP in a test, with the stand-ins of the channels on the far side."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
from aiohttp.test_utils import TestServer
from telegram import Bot

from bot.channels.telegram.receive import TelegramReceiver
from bot.channels.telegram.send import TelegramCourtesy, TelegramSender
from bot.channels.whatsapp.receive import WhatsAppReceiver
from bot.channels.whatsapp.send import Graph, Template, WhatsAppCourtesy, WhatsAppSender
from bot.config import load_settings
from bot.content.watch import LiveCatalogue
from bot.gateway.app import make_app
from bot.model import Channel
from bot.runtime import Kite
from bot.store import schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.fakes.meta import PHONE_ID, Meta
from tests.fakes.telegram import BOT_ID, TOKEN, Telegram
from tests.kit import Kit, WordScreen, catalogue, make_kit

SECRET, TELEGRAM_SECRET, VERIFY = "app-secret", "telegram-secret", "verify-me"


@dataclass
class Wire:
    """A gateway, the stand-ins and the route behind it."""

    kit: Kit
    meta: Meta
    telegram: Telegram
    server: TestServer
    session: aiohttp.ClientSession

    def url(self, path: str) -> str:
        return str(self.server.make_url(path))

    async def works(self) -> None:
        """Screen, answer and send until nothing is left to do but what must be tried again later."""
        pipeline, waited = self.kit.pipeline, False
        while True:
            if (
                await pipeline.screen()
                or await pipeline.answer()
                or await pipeline.send(Channel.WHATSAPP)
                or await pipeline.send(Channel.TELEGRAM)
            ):
                waited = False
            elif waited or not await self._waits_its_turn():
                return
            else:
                waited = True

    async def _waits_its_turn(self) -> bool:
        """Let six seconds pass where a reply is only kept back by the pace to a person."""
        now = self.kit.clock()
        rows = await self.kit.rows(schema.outbox)
        paced = [
            row
            for row in rows
            if row.state == "pending"
            and row.attempts == row.parts_sent
            and row.not_before <= now + timedelta(seconds=6)
        ]
        if paced:
            self.kit.clock.forward(seconds=6)
        return bool(paced)


@contextlib.asynccontextmanager
async def wired(
    store: Store, clock: FakeClock, folder: Path, *, template: Template | None = None
) -> AsyncIterator[Wire]:
    """Yield a gateway with both channels on stand-ins."""
    meta, telegram = Meta(secret=SECRET, clock=clock), Telegram(clock)
    meta_server, telegram_server = TestServer(meta.app()), TestServer(telegram.app())
    await asyncio.gather(meta_server.start_server(), telegram_server.start_server())
    bot = Bot(TOKEN, base_url=str(telegram_server.make_url("/bot")))
    await bot._request[1].initialize()
    async with aiohttp.ClientSession() as session:
        graph = Graph(session, str(meta_server.make_url("/v23.0")), PHONE_ID, "token")
        whatsapp = WhatsAppSender(graph, template)
        kit = make_kit(store, clock, senders=(whatsapp, TelegramSender(bot)))
        settings = load_settings(_env_file=None, data_dir=folder)
        content = cast("LiveCatalogue", SimpleNamespace(current=catalogue()))
        kite = Kite(settings, store, clock, kit.pipeline.bell, content, cast("Any", WordScreen()), session)
        kite.courtesies.by_channel[Channel.WHATSAPP] = WhatsAppCourtesy(graph)
        kite.courtesies.by_channel[Channel.TELEGRAM] = TelegramCourtesy(bot)
        kite.courtesies.refusal = lambda language: catalogue().phrase("chat.private_only", locale=language)
        receivers = (WhatsAppReceiver(SECRET, VERIFY), TelegramReceiver(TELEGRAM_SECRET, str(BOT_ID)))
        server = TestServer(make_app(kite, receivers=receivers))
        await server.start_server()
        try:
            yield Wire(kit, meta, telegram, server, session)
        finally:
            kite.closing.set()
            await kite.courtesies.close()
            await server.close()
            await bot._request[1].shutdown()
            await meta_server.close()
            await telegram_server.close()
