"""Put lines through the real understanding, with nothing else running."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import language as languages
from bot.clock import utc_now
from bot.config import Settings
from bot.errors import ConfigError
from bot.evaluation import judging
from bot.evaluation.judging import Judged
from bot.evaluation.lines import Line
from bot.model import Finding, Memory
from bot.safety import Screen

TOGETHER = 8
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
    """Judge guessed languages.

    Raise ConfigError when the trained guesser cannot be used.
    """
    problem = languages.load(settings.model_dir / "language.npz")
    if problem:
        raise ConfigError(f"The language guesser cannot be used ({problem}): run `kite train language`.")
    result = []
    for line in lines:
        result.append(judging.language(line, languages.guess(line.text)))
        step()
    return result


async def judge_questions(lines: Sequence[Line], settings: Settings, root: Path, step: Step) -> list[Judged]:
    """Judge questions through screen, search and assistant.

    A plain wish for a person is answered with help.talk_to_person, by the screen as by the assistant.
    """
    from bot.evaluation.asking import Understanding, understanding  # noqa: PLC0415 (the other kinds start without it)

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
