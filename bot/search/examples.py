"""What the search learns from: example questions, what the topics themselves say, and translations of both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.content.findings import Finding
from bot.content.loader import read_content
from bot.content.po import locales_in, read_translations
from bot.content.texts import Kind, Text, texts_of
from bot.errors import ContentError
from bot.search.labels import OUTSIDE

SOURCE_LANGUAGE = "en"
_SECTION = re.compile(r"\[([a-z][a-z_]*(?:\.[a-z0-9_]+)?)\]")
_TOLD = frozenset({Kind.TITLE, Kind.LABEL, Kind.MESSAGE})


@dataclass(frozen=True)
class Example:
    """A text with the topic it asks about or belongs to (or one of OUTSIDE)."""

    text: str
    topic: str
    language: str


@dataclass(frozen=True)
class Corpus:
    """Everything to learn from.

    `questions` are what people type; `passages` are what the topics say; `pairs` are (English, translation).
    """

    questions: tuple[Example, ...]
    passages: tuple[Example, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Return every topic that has questions, and the sections of OUTSIDE, sorted."""
        return tuple(sorted({question.topic for question in self.questions}))


def read_corpus(content_dir: Path, translations_dir: Path) -> Corpus:
    """Read all there is to learn from; a missing translation is no reason to stop.

    Raise ContentError with every line that is wrong, or when there are not questions about two topics at least.
    """
    questions = read_questions(content_dir)
    topics = {question.topic for question in questions} - OUTSIDE
    texts = [text for text in texts_of(read_content(content_dir)[0]) if text.kind in _TOLD]
    told = [text for text in texts if text.owner in topics]
    passages = [Example(text.source, text.owner, SOURCE_LANGUAGE) for text in told]
    pairs: list[tuple[str, str]] = []
    for locale in locales_in(translations_dir):
        entries = read_translations(translations_dir, locale).entries
        translated = {place: entry.text for place, entry in entries.items() if entry.text}
        passages += [Example(translated[text.place], text.owner, locale) for text in _in(told, translated)]
        pairs += [(text.source, translated[text.place]) for text in _in(texts, translated)]
    return Corpus(questions, tuple(passages), tuple(pairs))


def _in(texts: list[Text], translated: dict[str, str]) -> Iterator[Text]:
    return (text for text in texts if text.place in translated)


def read_questions(content_dir: Path) -> tuple[Example, ...]:
    """Read `questions/<language>/*.txt`: one example a line under `[topic]` headers; `#` begins a comment.

    Raise ContentError with every line that is wrong, or when there are not questions about two topics at least.
    """
    found: list[Example] = []
    problems: list[Finding] = []
    for path in sorted((content_dir / "questions").glob("*/*.txt")):
        _read_file(path, content_dir, found, problems)
    if not problems and len({example.topic for example in found} - OUTSIDE) < 2:  # noqa: PLR2004 (one is no choice)
        problems.append(
            _problem("questions", 1, "holds questions about fewer than two topics", "write example questions")
        )
    if problems:
        raise ContentError(problems)
    return tuple(found)


def _read_file(path: Path, content_dir: Path, found: list[Example], problems: list[Finding]) -> None:
    name = path.relative_to(content_dir).as_posix()
    topic = ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        section = _SECTION.fullmatch(line)
        if section is not None:
            topic = section[1]
            if "." not in topic and topic not in OUTSIDE:
                problems.append(_problem(name, number, f"[{topic}] is no topic", "write an id, like [rights.overview]"))
        elif not topic:
            problems.append(_problem(name, number, "stands under no header", "put [topic.id] on a line above it"))
        else:
            found.append(Example(line, topic, path.parent.name))


def _problem(file: str, line: int, problem: str, remedy: str) -> Finding:
    return Finding(check="questions", file=file, line=line, place="", problem=problem, remedy=remedy)
