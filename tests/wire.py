"""The gateway over HTTP in a test, with the stand-ins of the channels on the far side."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import aiohttp
from aiohttp.test_utils import TestServer
from telegram import Bot

from bot.channels.messenger.receive import MessengerReceiver
from bot.channels.messenger.send import MessengerSender
from bot.channels.sms.receive import SmsReceiver
from bot.channels.sms.send import LIMITS as SMS_LIMITS
from bot.channels.sms.send import SmsSender
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
from tests.fakes.messenger import Messenger
from tests.fakes.meta import PHONE_ID, Meta
from tests.fakes.sms_gateway import KEY, PASSWORD, USER, SmsGateway
from tests.fakes.telegram import BOT_ID, TOKEN, Telegram
from tests.kit import Kit, catalogue, make_kit

SECRET, TELEGRAM_SECRET, VERIFY = "app-secret", "telegram-secret", "verify-me"

UNHURRIED = replace(SMS_LIMITS, per_second=0.0)
"""The limits of SMS without a second's wait between two messages, which a test would really wait."""


@dataclass
class Wire:
    """A gateway, the stand-ins and the route behind it."""

    kit: Kit
    meta: Meta
    telegram: Telegram
    sms: SmsGateway
    messenger: Messenger
    server: TestServer
    session: aiohttp.ClientSession

    def url(self, path: str) -> str:
        return str(self.server.make_url(path))

    async def works(self) -> None:
        """Screen, answer and send until nothing is left to do but what must be tried again later."""
        pipeline, waited = self.kit.pipeline, False
        while True:
            if await pipeline.screen() or await pipeline.answer() or await self._sends():
                waited = False
            elif waited or not await self._waits_its_turn():
                return
            else:
                waited = True

    async def _sends(self) -> bool:
        for channel in self.kit.pipeline.post.senders:
            if await self.kit.pipeline.send(channel):
                return True
        return False

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
    sms, messenger = SmsGateway(), Messenger()
    meta_server, telegram_server = TestServer(meta.app()), TestServer(telegram.app())
    sms_server, messenger_server = TestServer(sms.app()), TestServer(messenger.app())
    servers = (meta_server, telegram_server, sms_server, messenger_server)
    await asyncio.gather(*(server.start_server() for server in servers))
    bot = Bot(TOKEN, base_url=str(telegram_server.make_url("/bot")))
    await bot._request[1].initialize()
    async with aiohttp.ClientSession() as session:
        graph = Graph(session, str(meta_server.make_url("/v23.0")), PHONE_ID, "token")
        whatsapp = WhatsAppSender(graph, template)
        others = (
            SmsSender(session, str(sms_server.make_url("/3rdparty/v1")), USER, PASSWORD, limits=UNHURRIED),
            MessengerSender(session, str(messenger_server.make_url("/v23.0")), "page-token"),
        )
        kit = make_kit(store, clock, senders=(whatsapp, TelegramSender(bot), *others))
        settings = load_settings(_env_file=None, data_dir=folder)
        content = cast("LiveCatalogue", SimpleNamespace(current=catalogue()))
        kite = Kite(settings, store, clock, kit.pipeline.bell, content, session)
        kite.courtesies.by_channel[Channel.WHATSAPP] = WhatsAppCourtesy(graph)
        kite.courtesies.by_channel[Channel.TELEGRAM] = TelegramCourtesy(bot)
        kite.courtesies.refusal = lambda language: catalogue().phrase("chat.private_only", locale=language)
        receivers = (
            WhatsAppReceiver(SECRET, VERIFY),
            TelegramReceiver(TELEGRAM_SECRET, str(BOT_ID)),
            SmsReceiver(KEY, clock),
            MessengerReceiver(SECRET, VERIFY),
        )
        server = TestServer(make_app(kite, receivers=receivers))
        await server.start_server()
        try:
            yield Wire(kit, meta, telegram, sms, messenger, server, session)
        finally:
            kite.closing.set()
            await kite.courtesies.close()
            await server.close()
            await bot._request[1].shutdown()
            await asyncio.gather(*(server.close() for server in servers))
