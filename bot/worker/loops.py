"""The worker's loops: screening, dialogue, sending and clocks never wait for each other.

A loop that fails says so, waits a moment and goes on; a failure of one is no failure of another.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from bot.pipeline import Pipeline
from bot.worker.bell import Bell, wait

POLL = 0.2
TALKERS = 8
SENDERS = 8
TICK = 1.0

log = structlog.get_logger(__name__)


async def run(pipeline: Pipeline) -> None:
    """Run all loops of a worker until cancelled."""
    await pipeline.recover()
    async with asyncio.TaskGroup() as group:
        group.create_task(loop("screening", pipeline.screen, pipeline.bell))
        for number in range(TALKERS):
            group.create_task(loop(f"dialogue-{number}", pipeline.answer, pipeline.bell))
        for channel in pipeline.post.senders:
            for number in range(SENDERS):
                group.create_task(loop(f"send-{channel}-{number}", partial(pipeline.send, channel), pipeline.bell))
        if pipeline.notices is not None:
            group.create_task(loop("alerts", pipeline.notices.step, pipeline.bell, poll=TICK))
        group.create_task(loop("timers", pipeline.tick, Bell(), poll=TICK))


async def loop(name: str, step: Callable[[], Awaitable[bool]], bell: Bell, *, poll: float = POLL) -> None:
    """Repeat a step while it finds work; else wait for the bell or `poll` seconds."""
    with bell.listening() as rung:
        while True:
            try:
                if await step():
                    continue
            except Exception as error:  # noqa: BLE001 (a loop must outlive any one message)
                log.error("loop_failed", loop=name, error=type(error).__name__)
            await wait(rung, poll)
