"""Put lines through the real understanding, with nothing else running."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot import language as languages
from bot.bench.run import free_port
from bot.clock import utc_now
from bot.config import Settings
from bot.dialogue.client import AssistantClient, Question
from bot.errors import AssistantDown, ConfigError, SearchDown
from bot.evaluation import judging
from bot.evaluation.judging import Judged
from bot.evaluation.lines import Line
from bot.model import Decision, Finding, Hits, Memory, Tier
from bot.processes import start, stop
from bot.safety import Screen
from bot.search.client import SearchClient
from bot.serving import children

WAKE_SECONDS = 180.0
TOGETHER = 8
TRIES = 3
OK = 200
Step = Callable[[], None]
"""Called after each line, for the progress bar."""


def load_screen(settings: Settings) -> Screen:
    """Return the screen with its trained classifier.

    Raise ConfigError when only the patterns work: figures of half a screen would mislead.
    """
    screen = Screen.load(content_dir=settings.content_dir, model_path=settings.model_dir / "safety.npz")
    if screen.degraded:
        raise ConfigError(f"The classifier cannot be used ({screen.degraded}): run `kite train safety`.")
    return screen


def screened(screen: Screen, line: Line) -> Finding | None:
    """Return what the screen finds in a line on its own, in the file's language, without memory."""
    return screen.screen(line.text, line.language, Memory(), now=utc_now())[0]


def judge_screen(kind: str, lines: Sequence[Line], settings: Settings, step: Step) -> list[Judged]:
    """Judge disclosures or harmless lines; needs no other process."""
    screen = load_screen(settings)
    judge = judging.disclosure if kind == "disclosures" else judging.safe
    result = []
    for line in lines:
        result.append(judge(line, screened(screen, line)))
        step()
    return result


def judge_language(lines: Sequence[Line], settings: Settings, step: Step) -> list[Judged]:
    """Judge guessed languages."""
    languages.load(settings.model_dir / "language.npz")
    result = []
    for line in lines:
        result.append(judging.language(line, languages.guess(line.text)))
        step()
    return result


@dataclass(frozen=True)
class Understanding:
    """Search and assistant, asked as the worker asks them."""

    searcher: SearchClient
    assistant: AssistantClient

    async def topics(self, line: Line, number: int) -> tuple[str | None, tuple[str, ...]]:
        """Return (the topic a line is answered with, the topics it is offered); each line is a person of its own.

        A process that is slow is asked again: a busy machine is no mistake of understanding. Raise what it raised
        when it stays down.
        """
        for attempt in range(1, TRIES + 1):
            try:
                hits = await self.searcher.search(line.text, line.language)
                return judging.answered(await self.assistant.ask(_question(line, hits, number)))
            except (AssistantDown, SearchDown):
                if attempt == TRIES:
                    raise
                await asyncio.sleep(attempt)
        raise AssertionError


def _question(line: Line, hits: Hits, number: int) -> Question:
    return Question(
        sender=f"evaluation-{number}",
        text=line.text,
        hits=hits.hits,
        decision=Decision(hits.decision),
        language=line.language,
        tier=Tier.MIDDLE,
    )


@contextlib.asynccontextmanager
async def understanding(settings: Settings, root: Path) -> AsyncIterator[Understanding]:
    """Start search, actions and assistant on ports of their own; stop them afterwards."""
    ports = {f"{name}_port": free_port() for name in ("assistant", "actions", "search")}
    own = settings.model_copy(update={**ports, "own_children": True, "redis_url": ""})
    with tempfile.TemporaryDirectory(prefix="kite-evaluate-") as folder:
        running = [await start(child, Path(folder)) for child in children(own, root)]
        try:
            async with aiohttp.ClientSession() as session:
                urls = (f"http://127.0.0.1:{own.search_port}", f"http://127.0.0.1:{own.assistant_port}")
                await _until_awake(session, (f"{urls[0]}/health", f"{urls[1]}/webhooks/kite/health"))
                yield Understanding(SearchClient(session, urls[0]), AssistantClient(session, urls[1], deadline=10.0))
        finally:
            await asyncio.gather(*(stop(process) for process in running))


async def _until_awake(session: aiohttp.ClientSession, urls: Sequence[str]) -> None:
    deadline = asyncio.get_running_loop().time() + WAKE_SECONDS
    waiting = list(urls)
    while waiting:
        if asyncio.get_running_loop().time() > deadline:
            raise ConfigError(f"Search and assistant did not start within {WAKE_SECONDS:.0f} s: try `kite doctor`.")
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with session.get(waiting[0], timeout=aiohttp.ClientTimeout(total=2)) as answer:
                if answer.status == OK:
                    waiting.pop(0)
                    continue
        await asyncio.sleep(0.2)


async def judge_questions(lines: Sequence[Line], settings: Settings, root: Path, step: Step) -> list[Judged]:
    """Judge questions through screen, search and assistant.

    A plain wish for a person is answered with help.talk_to_person, by the screen as by the assistant.
    """
    screen = load_screen(settings)
    slots = asyncio.Semaphore(TOGETHER)

    async def judge(number: int, line: Line, asked: Understanding) -> Judged:
        finding = screened(screen, line)
        wish = finding is not None and finding.concerns == (judging.ASKED,)
        async with slots:
            answer, offered = (judging.PERSON, ()) if wish else await asked.topics(line, number)
        step()
        return judging.question(line, finding, answer, offered)

    async with understanding(settings, root) as asked:
        return list(await asyncio.gather(*(judge(number, line, asked) for number, line in enumerate(lines))))
