"""Courtesies: a person sees at once that a message was read and that an answer is being written.

They never delay a message: each is a task of its own, few at a time, and one that fails is forgotten.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from bot.channels.base import Courtesy
from bot.model import Channel, Incoming

MOST = 64
"""How many may be under way; more are left out."""
log = structlog.get_logger(__name__)


@dataclass
class Courtesies:
    """What shows a person that a message was seen, by channel."""

    by_channel: dict[Channel, Courtesy] = field(default_factory=dict)
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def __contains__(self, channel: Channel) -> bool:
        return channel in self.by_channel

    def show(self, incoming: Incoming) -> None:
        """Show it, beside everything else."""
        if len(self.tasks) >= MOST:
            return
        task = asyncio.create_task(self._show(incoming))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _show(self, incoming: Incoming) -> None:
        try:
            await self.by_channel[incoming.channel].seen(incoming)
        except Exception as error:  # noqa: BLE001 (a courtesy must harm nothing)
            log.info("courtesy_failed", channel=incoming.channel, error=type(error).__name__)

    async def close(self) -> None:
        """End what is under way."""
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
