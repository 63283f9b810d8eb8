"""Fetch updates without a public address, for a laptop; and answer taps at once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.channels.base import Batch
from bot.channels.telegram.receive import parse_update
from bot.model import Channel

LONG_POLL = 20
PAUSE = 3.0
log = structlog.get_logger(__name__)
Take = Callable[[Channel, Batch], Awaitable[object]]


async def poll(bot: Bot, endpoint: str, take: Take) -> None:
    """Fetch updates until cancelled; an update is confirmed to Telegram only after its commit."""
    offset = 0
    while True:
        try:
            updates = await bot.get_updates(offset=offset, timeout=LONG_POLL, allowed_updates=Update.ALL_TYPES)
        except TelegramError as error:
            log.warning("polling_failed", error=type(error).__name__)
            await asyncio.sleep(PAUSE)
            continue
        for update in updates:
            batch = parse_update(update.to_dict(), endpoint)
            try:
                await take(Channel.TELEGRAM, batch)
            except Exception as error:  # noqa: BLE001 (the update stays with Telegram and comes again)
                log.error("polling_not_stored", error=type(error).__name__)
                await asyncio.sleep(PAUSE)
                break
            await _confirm_taps(bot, batch)
            offset = update.update_id + 1


async def _confirm_taps(bot: Bot, batch: Batch) -> None:
    """Tell Telegram that a tap was seen; one that is too old to confirm is no harm."""
    for callback in batch.callbacks:
        with contextlib.suppress(TelegramError):
            await bot.answer_callback_query(callback)
