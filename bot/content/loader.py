"""Read the content tree from disk: everything that is wrong is found first and told at once."""

import difflib
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from bot.content.errors import ContentError
from bot.content.files import shown_name
from bot.content.findings import Finding, sort_key
from bot.content.plain import read_plain
from bot.content.schema import (
    PROVENANCE,
    CheckAnswer,
    CheckQuestion,
    Content,
    Country,
    Excuse,
    LeftOut,
    Message,
    Overlay,
    PhoneNumber,
    Phrase,
    Point,
    Pull,
    Review,
    Source,
    Sourcing,
    Step,
    Term,
    TierText,
    Topic,
)
from bot.content.shape import country_findings, doubled, phrase_findings, term_findings, topic_findings
from bot.content.yamlfile import Document, Origin, Plain, read_yaml

T = TypeVar("T", Topic, Phrase, Country, Term, Sourcing, Pull, Excuse)
_KEYS = sorted(
    {f.name for kind in (Topic, TierText, Step, Message, CheckQuestion, CheckAnswer, LeftOut, Source, Review, Phrase,
                         Country, PhoneNumber, Overlay, Term, Sourcing, Point, Pull, Excuse)
     for f in fields(kind)} - {"is_origin", "is_host"} | {"host"}
)  # fmt: skip
_WORDS = {
    "missing": ("is missing", "add it"),
    "unexpected_keyword_argument": ("is not a key Kite knows", "{near}"),
    "string_type": ("must be text, not {given}", "write words, and put numbers in quotes"),
    "string_too_short": ("is empty", "write the text"),
    "string_pattern_mismatch": ("{given} has a wrong form", "it must match {pattern}"),
    "enum": ("{given} is not one of the choices", "choose {expected}"),
    "literal_error": ("{given} is not one of the choices", "choose {expected}"),
    "date": ("{given} is not a date", "write it like 2026-11-21"),
}
_TOPIC = TypeAdapter(Topic)
_PHRASE = TypeAdapter(Phrase)
_COUNTRY = TypeAdapter(Country)
_TERM = TypeAdapter(Term)
_SOURCING = TypeAdapter(Sourcing)
_PULL = TypeAdapter(Pull)
_EXCUSE = TypeAdapter(Excuse)


def load_content(content_dir: Path) -> Content:
    """Read `topics/`, `phrases/`, `countries/`, `plain/` and the single files beside them.

    Raise ContentError with every finding if anything has a wrong form; nothing of a wrong form is ever returned.
    """
    content, findings = read_content(content_dir)
    if findings:
        raise ContentError(findings)
    return content


def read_content(content_dir: Path) -> tuple[Content, tuple[Finding, ...]]:
    """Read what can be read, and return it with all findings in the order of files and lines."""
    if not content_dir.is_dir():
        missing = Finding(
            check="schema", file=content_dir.as_posix(), line=1, place="",
            problem="is not a folder", remedy="name the folder that holds topics/ and phrases/",
        )  # fmt: skip
        return Content(topics={}, phrases={}, countries={}), (missing,)
    return _Reader(content_dir).read()


def read_pulled(content_dir: Path) -> tuple[tuple[Pull, ...], tuple[Finding, ...]]:
    """Read `pulled.yaml` alone: a pull must work while another file is broken."""
    reader = _Reader(content_dir)
    pulled = tuple(reader.pulled())
    return pulled, tuple(reader.findings)


@dataclass
class _Reader:
    root: Path
    findings: list[Finding] = field(default_factory=list)

    def read(self) -> tuple[Content, tuple[Finding, ...]]:
        phrases = list(self._phrases())
        topics = {topic.id: topic for topic in self._topics()}
        content = Content(
            topics=topics,
            phrases={phrase.id: phrase for phrase in phrases},
            countries={country.iso: country for country in self._countries()},
            glossary={term.id: term for term in self._glossary()},
            plain=read_plain(self.root),
            sourcing=self._sourcing(),
            pulled=tuple(self.pulled()),
            excuses=tuple(self._entries("exceptions.yaml", "exceptions", _EXCUSE, "place")),
            order=tuple(self._order(topics)),
        )
        self.findings.extend(doubled(phrases))
        return content, tuple(sorted(self.findings, key=sort_key))

    def pulled(self) -> Iterator[Pull]:
        return self._entries("pulled.yaml", "pulled", _PULL, "place")

    def _topics(self) -> Iterator[Topic]:
        for path in sorted((self.root / "topics").glob("**/*.yaml")):
            topic = self._whole(path, _TOPIC)
            if topic is not None:
                self.findings.extend(topic_findings(topic, path.parent.name, path.stem))
                yield topic

    def _countries(self) -> Iterator[Country]:
        for path in sorted((self.root / "countries").glob("*.yaml")):
            country = self._whole(path, _COUNTRY)
            if country is not None:
                self.findings.extend(country_findings(country, path.stem))
                yield country

    def _phrases(self) -> Iterator[Phrase]:
        for path in sorted((self.root / "phrases").glob("*.yaml")):
            for phrase in self._entries(f"phrases/{path.name}", "phrases", _PHRASE, "id"):
                self.findings.extend(phrase_findings(phrase))
                yield phrase

    def _glossary(self) -> Iterator[Term]:
        terms = list(self._entries("glossary.yaml", "glossary", _TERM, "id"))
        self.findings.extend(term_findings(terms))
        yield from terms

    def _sourcing(self) -> Sourcing:
        path = self.root / "sources.yaml"
        return (self._whole(path, _SOURCING) if path.is_file() else None) or Sourcing()

    def _order(self, topics: Mapping[str, Topic]) -> Iterator[str]:
        document = self._document(self.root / "order.yaml")
        prefix = ("order",) if isinstance(document.value, dict) else ()
        for index, name in enumerate(map(str, self._list(document, "order"))):
            yield name
            if name not in topics:
                remedy = "take it out of the order or mend its name"
                self._add(document.origin, (*prefix, index), name, "is not a topic", remedy)

    def _whole(self, path: Path, adapter: TypeAdapter[T]) -> T | None:
        document = self._document(path)
        return None if document.findings else self._value(document.value, document.origin, adapter)

    def _entries(self, name: str, key: str, adapter: TypeAdapter[T], bare: str) -> Iterator[T]:
        """Yield the entries under `key`; an entry that is only a word is read as the field `bare`."""
        document = self._document(self.root / name)
        prefix = (key,) if isinstance(document.value, dict) else ()
        for index, item in enumerate(self._list(document, key)):
            value: Plain = {bare: item} if isinstance(item, str) else item
            entry = self._value(value, document.origin.below(*prefix, index), adapter)
            if entry is not None:
                yield entry

    def _document(self, path: Path) -> Document:
        name = shown_name(path, self.root)
        if not path.is_file():
            return Document(None, Origin(name))
        document = read_yaml(path, name)
        self.findings.extend(document.findings)
        return document

    def _list(self, document: Document, key: str) -> list[Plain]:
        value = document.value
        found = value.get(key) if isinstance(value, dict) and set(value) == {key} else value
        if isinstance(found, list):
            return found
        if value is not None:
            self._add(document.origin, (), "", f"does not hold a list under {key!r}", f"begin the file with `{key}:`")
        return []

    def _value(self, value: Plain, origin: Origin, adapter: TypeAdapter[T]) -> T | None:
        if not isinstance(value, dict):
            self._add(origin, (), "", "is not a mapping of keys to values", "see docs/content.md for the form")
            return None
        try:
            return adapter.validate_python({**value, PROVENANCE: origin})
        except ValidationError as error:
            name = str(value.get("id") or value.get("iso") or value.get("place") or "")
            self.findings.extend(_told(error.errors(), origin, name))
            return None

    def _add(self, at: Origin, path: tuple[str | int, ...], place: str, problem: str, remedy: str) -> None:
        line = at.line(*path)
        self.findings.append(
            Finding(check="schema", file=at.file, line=line, place=place, problem=problem, remedy=remedy)
        )


def _told(errors: Iterable[ErrorDetails], origin: Origin, name: str) -> Iterator[Finding]:
    for error in errors:
        path = tuple(part for part in error["loc"] if part != "[key]")
        problem, remedy = _problem(error)
        place = ".".join([name, *map(str, path)]) if name else ".".join(map(str, path))
        line = origin.line(*path)
        yield Finding(check="schema", file=origin.file, line=line, place=place, problem=problem, remedy=remedy)


def _problem(error: ErrorDetails) -> tuple[str, str]:
    """Return Pydantic's error in an editor's words: what is wrong, and what to do."""
    key = str(error["loc"][-1]) if error["loc"] else ""
    kind = "date" if error["type"].startswith("date") else error["type"]
    near = difflib.get_close_matches(key, _KEYS, 1)
    problem, remedy = _WORDS.get(kind, ("{message}", "see docs/content.md for the form"))
    words = {
        "given": reprlib.repr(error.get("input")),
        "message": error["msg"],
        "near": f"did you mean {near[0]!r}?" if near else "take it out",
        **error.get("ctx", {}),
    }
    return problem.format_map(words), remedy.format_map(words)
