"""Courtesies: a person sees at once that a message was read and that an answer is being written.

They never delay a message: each is a task of its own, few at a time, and one that fails is forgotten.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.channels.base import Courtesy, Crowd
from bot.model import Channel, Incoming

MOST = 64
"""How many may be under way; more are left out."""
PAUSE = 4.0
"""Seconds between two for one person: who floods us does not make us flood the channel."""
REMEMBERED = 10_000
log = structlog.get_logger(__name__)


@dataclass
class Courtesies:
    """What shows a person that a message was seen, by channel."""

    by_channel: dict[Channel, Courtesy] = field(default_factory=dict)
    refusal: Callable[[str], str] = field(default=lambda _language: "")
    """Return what is said to a group in a language."""
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    shown: dict[int, float] = field(default_factory=dict)
    """When a person was last shown one, by a hash of who they are that no other process knows."""

    def __contains__(self, channel: Channel) -> bool:
        return channel in self.by_channel

    def show(self, incoming: Incoming) -> None:
        """Show it, beside everything else, unless the person was shown one a moment ago."""
        who, now = hash((incoming.channel, incoming.address)), asyncio.get_running_loop().time()
        if now - self.shown.get(who, -PAUSE) < PAUSE:
            return
        if len(self.shown) >= REMEMBERED:
            self.shown.clear()
        self.shown[who] = now
        self._start(incoming.channel, self.by_channel[incoming.channel].seen(incoming))

    def refuse(self, channel: Channel, crowd: Crowd) -> None:
        """Tell a group that we only talk in private, and leave it, beside everything else."""
        if channel in self.by_channel:
            self._start(channel, self.by_channel[channel].refuse(crowd, self.refusal(crowd.language)))

    def _start(self, channel: Channel, courtesy: Coroutine[Any, Any, None]) -> None:
        if len(self.tasks) >= MOST:
            courtesy.close()
            return
        task = asyncio.create_task(self._try(channel, courtesy))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _try(self, channel: Channel, courtesy: Coroutine[Any, Any, None]) -> None:
        try:
            await courtesy
        except Exception as error:  # noqa: BLE001 (a courtesy must harm nothing)
            log.info("courtesy_failed", channel=channel, error=type(error).__name__)

    async def close(self) -> None:
        """End what is under way."""
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
