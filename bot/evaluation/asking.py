"""Ask search and assistant as the worker asks them, started for the occasion on ports of their own."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import utc_now
from bot.config import Settings
from bot.dialogue.client import AssistantClient
from bot.errors import AssistantDown, ConfigError, SearchDown
from bot.evaluation import judging
from bot.evaluation.lines import Line
from bot.model import Channel, Conversation, Kind, Tier
from bot.processes import start, stop
from bot.search.client import SearchClient
from bot.serving import children
from bot.store.inbox import Message
from bot.worker.turns import Assistant, Searcher, question

WAKE_SECONDS = 180.0
PATIENCE = 10.0
"""Seconds that search and assistant may take: what is measured is understanding, on however busy a machine."""
TRIES = 3
REST_SECONDS = 1.0
OK = 200
PORTS = ("search_port", "actions_port", "assistant_port")
Processes = Mapping[str, asyncio.subprocess.Process]


@dataclass(frozen=True)
class Understanding:
    """Search and assistant."""

    searcher: Searcher
    assistant: Assistant

    async def topics(self, line: Line, number: int) -> tuple[str | None, tuple[str, ...]]:
        """Return (the topic a line is answered with, the topics it is offered); each line is a person of its own.

        A process that is slow is asked again: a busy machine is no mistake of understanding. Raise what it raised
        when it stays down.
        """
        person, message = _person(line, number), _message(line, number)
        for attempt in range(1, TRIES + 1):
            try:
                hits = await self.searcher.search(message.text, person.language)
                return judging.answered(await self.assistant.ask(question(person, message, hits)))
            except (AssistantDown, SearchDown):
                if attempt == TRIES:
                    raise
                await asyncio.sleep(attempt * REST_SECONDS)
        raise AssertionError


def _person(line: Line, number: int) -> Conversation:
    """Return somebody who has chosen the file's language and said nothing before."""
    return Conversation(
        id=f"evaluation-{number}",
        channel=Channel.TERMINAL,
        endpoint="evaluation",
        language=line.language,
        language_chosen=True,
        tier=Tier.MIDDLE,
        tier_chosen=True,
        greeted=True,
    )


def _message(line: Line, number: int) -> Message:
    return Message(
        id=f"evaluation-{number}",
        conversation_id=f"evaluation-{number}",
        sequence=1,
        kind=Kind.TEXT,
        text=line.text,
        payload="",
        received_at=utc_now(),
        case_id=None,
    )


@contextlib.asynccontextmanager
async def understanding(settings: Settings, root: Path) -> AsyncIterator[Understanding]:
    """Start search, actions and assistant; stop them afterwards.

    Raise ConfigError, naming the log to read, when one of them ends or they are not ready in time.
    """
    own = settings.model_copy(update={**_free_ports(), "own_children": True, "redis_url": ""})
    logs = settings.data_dir / "log"
    running: dict[str, asyncio.subprocess.Process] = {}
    try:
        for child in children(own, root):
            running[child.name] = await start(child, logs)
        async with aiohttp.ClientSession() as session:
            search, assistant = (f"http://127.0.0.1:{port}" for port in (own.search_port, own.assistant_port))
            await _until_awake(session, (f"{search}/health", f"{assistant}/webhooks/kite/health"), running, logs)
            yield Understanding(
                SearchClient(session, search, deadline=PATIENCE), AssistantClient(session, assistant, deadline=PATIENCE)
            )
    finally:
        await asyncio.gather(*(stop(process) for process in reversed(running.values())))


def _free_ports() -> dict[str, int]:
    """Return a loopback port that is free now for each child; held all at once, so that no two are the same."""
    with contextlib.ExitStack() as held:
        sockets = {name: held.enter_context(socket.socket()) for name in PORTS}
        for one in sockets.values():
            one.bind(("127.0.0.1", 0))
        return {name: int(one.getsockname()[1]) for name, one in sockets.items()}


async def _until_awake(session: aiohttp.ClientSession, urls: Sequence[str], running: Processes, logs: Path) -> None:
    deadline = asyncio.get_running_loop().time() + WAKE_SECONDS
    waiting = list(urls)
    while waiting:
        for name, process in running.items():
            if process.returncode is not None:
                raise ConfigError(f"{name} ended (exit code {process.returncode}): see {logs / name}.log")
        if asyncio.get_running_loop().time() > deadline:
            raise ConfigError(f"Search and assistant were not ready within {WAKE_SECONDS:.0f} s: see {logs}")
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with session.get(waiting[0], timeout=aiohttp.ClientTimeout(total=2)) as answer:
                if answer.status == OK:
                    waiting.pop(0)
                    continue
        await asyncio.sleep(0.2)
