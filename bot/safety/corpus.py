"""Read the training messages.

1. `content/safety/examples/<language>.txt`: what the screen is judged by, each by a classifier that has not seen it.
2. Extras that only teach: the messages that come with Kite (`data/examples/`), and what entries catch and spare.
3. `content/questions/`: harmless questions about Kite's topics.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from bot.content.findings import Finding as Problem
from bot.errors import ContentError
from bot.language import normalise
from bot.model import Urgency
from bot.safety.catalogue import Concerns
from bot.safety.entries import CONCERN, Entry

SAFE, TOPIC, SPARES = "safe", "topic", "spares"
_TOO_LIKE = 0.6
_HEADER = re.compile(r"\[([^\[\]]+)\]")
_TELLING = frozenset(
    [
        "rights.protection",
        "rights.detention",
        "rights.non_refoulement",
        "rights.racism",
        "rights.work",
        "rights.living_standard",
        "family.tracing",
        "family.not_safe",
        "family.separated_by_authorities",
        "family.violence_at_home",
        "return.forced",
        "return.not_safe",
        "return.detention",
        "people.smuggler_trafficker",
        "help.talk_to_person",
        "help.emergency",
        "help.feelings",
        "help.alone",
        "help.moving_on",
        "help.online_safety",
    ]
)
"""Topics whose questions often tell of harm, too: they teach nothing about harmless messages."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """One training message. A harmless one has no concerns and a `kind` (question, idiom, film …).

    `extra` ones teach but judge nothing, and what they say of flags and urgency is not complete.
    """

    text: str
    language: str
    concerns: tuple[str, ...] = ()
    urgency: Urgency | None = None
    flags: tuple[str, ...] = ()
    kind: str = ""
    file: str = ""
    line: int = 1
    extra: bool = False

    @property
    def harmless(self) -> bool:
        """Tell whether nothing is disclosed."""
        return not self.concerns


def read_examples(content_dir: Path, concerns: Concerns) -> list[Example]:
    """Read every example file; raise ContentError with each header that is wrong."""
    problems: list[Problem] = []
    folder = content_dir / "safety" / "examples"
    found = [example for path in sorted(folder.glob("*.txt")) for example in read_file(path, concerns, problems)]
    if problems:
        raise ContentError(problems)
    return found


def read_extras(entries: Sequence[Entry], concerns: Concerns, known: Iterable[Example]) -> list[Example]:
    """Return what only teaches, without messages that are nearly the same as a `known` one.

    (Else a classifier would be judged on what it has seen.)
    """
    problems: list[Problem] = []
    with resources.as_file(resources.files("bot.safety").joinpath("data/examples")) as folder:
        shipped = [example for path in sorted(folder.glob("*.txt")) for example in read_file(path, concerns, problems)]
    if problems:
        raise ContentError(problems)
    by_size: dict[tuple[str, int], list[frozenset[str]]] = {}
    for example in known:
        words = frozenset(normalise(example.text).split())
        by_size.setdefault((example.language, len(words)), []).append(words)
    return [
        replace(example, extra=True)
        for example in (*shipped, *_of_entries(entries, concerns))
        if not _is_like(example, by_size)
    ]


def _of_entries(entries: Sequence[Entry], concerns: Concerns) -> Iterator[Example]:
    for entry in entries:
        if entry.kind != CONCERN:
            continue
        if entry.catches:
            urgency = concerns.urgency(entry.codes[0])
            yield Example(text=entry.catches, language=entry.language, concerns=entry.codes, urgency=urgency)
        if entry.spares:
            yield Example(text=entry.spares, language=entry.language, kind=SPARES)


def _is_like(example: Example, by_size: Mapping[tuple[str, int], Sequence[frozenset[str]]]) -> bool:
    """Tell whether a message shares most of its words with another; those of quite another size cannot."""
    words = frozenset(normalise(example.text).split())
    sizes = range(int(_TOO_LIKE * len(words)), int(len(words) / _TOO_LIKE) + 1)
    near = (other for size in sizes for other in by_size.get((example.language, size), ()))
    return not words or any(len(words & other) > _TOO_LIKE * len(words | other) for other in near)


def read_file(path: Path, concerns: Concerns, problems: list[Problem]) -> Iterator[Example]:
    """Yield the examples of one file, named after its language; headers that are wrong join `problems`."""
    name = f"safety/examples/{path.name}"
    head: Example | None = None
    for line, text in _lines(path):
        header = _HEADER.fullmatch(text)
        if header is None:
            if head is not None:
                yield Example(**{**head.__dict__, "text": text, "line": line})
            continue
        try:
            head = _header(header[1].split(), path.stem, name, concerns)
        except ValueError as error:
            head = None
            remedy = "write [concern … urgency flag …] or [safe kind]"
            problem = Problem(check="safety", file=name, line=line, place=text, problem=str(error), remedy=remedy)
            problems.append(problem)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.strip() and not text.startswith("#"):
            yield line, text.strip()


def _header(words: list[str], language: str, file: str, concerns: Concerns) -> Example:
    if words[0] == SAFE:
        return Example(text="", language=language, kind=" ".join(words[1:]) or SAFE, file=file)
    codes = tuple(word for word in words if word in concerns.by_code)
    flags = tuple(word for word in words if word in concerns.flags)
    urgencies = [word for word in words if word.upper() in Urgency.__members__]
    unknown = set(words) - set(codes) - set(flags) - set(urgencies)
    if unknown:
        raise ValueError(f"knows no {', '.join(sorted(unknown))}")
    if not codes or len(urgencies) != 1:
        raise ValueError("needs a concern and exactly one urgency")
    return Example(
        text="", language=language, concerns=codes, flags=flags, urgency=Urgency.parse(urgencies[0]), file=file
    )


def read_questions(content_dir: Path) -> list[Example]:
    """Read the questions about Kite's topics without those that may be disclosures."""
    return [
        Example(text=text, language=path.parent.name, kind=TOPIC, file=f"questions/{path.parent.name}/{path.name}")
        for path in sorted((content_dir / "questions").glob("*/*.txt"))
        for topic, text in _questions(path)
        if topic not in _TELLING
    ]


def _questions(path: Path) -> Iterator[tuple[str, str]]:
    topic = ""
    for _, text in _lines(path):
        header = _HEADER.fullmatch(text)
        if header is None:
            yield topic, text
        else:
            topic = header[1].strip()
