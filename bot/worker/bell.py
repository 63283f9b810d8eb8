"""A bell that wakes loops: rung in this process at once; other processes are noticed by polling."""

import asyncio
import contextlib
from collections.abc import Iterator


class Bell:
    """Let loops sleep until somebody rings, or a time has passed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake everyone who waits."""
        for event in self._waiting:
            event.set()

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Yield an event that is set by every ring."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield event
        finally:
            self._waiting.discard(event)


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for a ring or for the seconds to pass, and be ready for the next ring."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    event.clear()
