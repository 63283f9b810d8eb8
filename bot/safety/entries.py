"""Staff-written pattern files: read, checked, compiled. `content/safety/<language>.yaml`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.content.findings import Finding as Problem
from bot.content.yamlfile import Document, Plain, read_yaml
from bot.errors import ContentError
from bot.model import Urgency
from bot.safety.catalogue import Concerns
from bot.safety.patterns import BadPattern, Pattern, parse

CONCERN, FLAG, RAISES = "concern", "flag", "raises"
_KINDS = (CONCERN, FLAG, RAISES)
_NO_PATTERNS = frozenset({"concerns"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Entry:
    """One entry of a pattern file. `codes` holds the concern, the flag, or the concerns whose urgency it raises."""

    id: str
    language: str
    kind: str
    codes: tuple[str, ...]
    urgency: Urgency | None
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()
    catches: str = ""
    spares: str = ""
    file: str = ""
    line: int = 1


def load_entries(content_dir: Path, concerns: Concerns) -> tuple[Entry, ...]:
    """Read every pattern file of the content folder; raise ContentError with everything that is wrong."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for path in sorted((content_dir / "safety").glob("*.yaml")):
        if path.stem in _NO_PATTERNS:
            continue
        name = f"safety/{path.name}"
        reader = _Reader(read_yaml(path, name), name, path.stem, concerns)
        entries.extend(reader.entries())
        problems.extend(reader.problems)
    if problems:
        raise ContentError(problems)
    return tuple(entries)


class _Reader:
    """Turn one document into entries and gather what is wrong with it."""

    def __init__(self, document: Document, name: str, language: str, concerns: Concerns) -> None:
        self.document = document
        self.name = name
        self.language = language
        self.concerns = concerns
        self.problems: list[Problem] = list(document.findings)
        self._seen: set[str] = set()

    def entries(self) -> list[Entry]:
        value = self.document.value
        rows = value.get("entries") if isinstance(value, dict) else None
        if not isinstance(rows, list) or not rows:
            if not self.problems:
                self._problem((), "has no entries", "write `entries:` and at least one entry")
            return []
        return [entry for at, row in enumerate(rows) if (entry := self._entry(row, at)) is not None]

    def _entry(self, row: Plain, at: int) -> Entry | None:
        before = len(self.problems)
        if not isinstance(row, dict):
            self._problem(("entries", at), "is no entry", "write an id, a concern, flag or raises, and patterns")
            return None
        kind, codes = self._kind(row, at)
        entry = Entry(
            id=self._id(row, at),
            language=self.language,
            kind=kind,
            codes=codes,
            urgency=self._urgency(row, at),
            patterns=tuple(self._patterns(row, at, "patterns")),
            unless=tuple(self._patterns(row, at, "unless")),
            catches=str(row.get("catches") or ""),
            spares=str(row.get("spares") or ""),
            file=self.name,
            line=self.document.origin.line("entries", at),
        )
        return entry if len(self.problems) == before else None

    def _id(self, row: dict[str, Plain], at: int) -> str:
        name = row.get("id")
        if not isinstance(name, str) or not name:
            self._problem(("entries", at), "has no id", "write `id: concern.short_name`")
            return ""
        if name in self._seen:
            self._problem(("entries", at, "id"), f"the id {name!r} is there twice", "give it another one")
        self._seen.add(name)
        return name

    def _kind(self, row: dict[str, Plain], at: int) -> tuple[str, tuple[str, ...]]:
        kinds = [kind for kind in _KINDS if kind in row]
        if len(kinds) != 1:
            self._problem(("entries", at), "needs exactly one of concern, flag and raises", "keep one of them")
            return "", ()
        value = row[kinds[0]]
        codes = tuple(str(code) for code in (value if isinstance(value, list) else [value]))
        known = self.concerns.flags if kinds[0] == FLAG else self.concerns.codes
        for code in codes:
            if code not in known:
                self._problem(("entries", at, kinds[0]), f"{code!r} is not known", f"use one of: {', '.join(known)}")
        if kinds[0] == RAISES and "urgency" not in row:
            self._problem(("entries", at), "raises nothing without an urgency", "write `urgency: now` or `today`")
        return kinds[0], codes

    def _urgency(self, row: dict[str, Plain], at: int) -> Urgency | None:
        if row.get("urgency") is None:
            return None
        try:
            return Urgency.parse(str(row["urgency"]))
        except KeyError:
            self._problem(("entries", at, "urgency"), f"{row['urgency']!r} is no urgency", "use now, today or soon")
            return None

    def _patterns(self, row: dict[str, Plain], at: int, key: str) -> Iterator[Pattern]:
        sources = row.get(key) or []
        if not isinstance(sources, list) or (key == "patterns" and not sources):
            self._problem(("entries", at, key), f"has no list of {key}", 'write `patterns: ["words that follow"]`')
            return
        for number, source in enumerate(sources):
            try:
                yield parse(str(source))
            except BadPattern as error:
                self._problem(
                    ("entries", at, key, number), f"the pattern {str(source)!r} {error}", "see docs/safety.md"
                )

    def _problem(self, place: tuple[str | int, ...], problem: str, remedy: str) -> None:
        line = self.document.origin.line(*place)
        where = ".".join(map(str, place))
        self.problems.append(
            Problem(check="safety", file=self.name, line=line, place=where, problem=problem, remedy=remedy)
        )
