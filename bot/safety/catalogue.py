"""The catalogue of concerns: which codes there are, how urgent each is, and what lifts it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.findings import Finding as Problem
from bot.content.yamlfile import Document, Plain, read_yaml
from bot.errors import ContentError
from bot.model import Urgency

FILE = "safety/concerns.yaml"


@dataclass(frozen=True, kw_only=True)
class Concern:
    """One concern; `lifted_by` maps a flag to the urgency it lifts this concern to."""

    code: str
    urgency: Urgency
    covers: str = ""
    route: str = ""
    lifted_by: Mapping[str, Urgency] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Concerns:
    """All concerns by code, in the order of the catalogue, and the codes of the flags."""

    by_code: Mapping[str, Concern]
    flags: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the concerns in the order of the catalogue."""
        return tuple(self.by_code)

    def urgency(self, code: str) -> Urgency:
        """Return the least urgency of a concern; KeyError for an unknown code."""
        return self.by_code[code].urgency


def load_concerns(content_dir: Path) -> Concerns:
    """Read `safety/concerns.yaml` below the content folder; raise ContentError with everything that is wrong."""
    reader = _Reader(read_yaml(content_dir / FILE, FILE))
    concerns = reader.concerns()
    if reader.problems:
        raise ContentError(reader.problems)
    return concerns


class _Reader:
    """Turn the document into concerns and gather what is wrong."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = list(document.findings)

    def concerns(self) -> Concerns:
        value = self.document.value if isinstance(self.document.value, dict) else {}
        flags = tuple(self._code(row, "flags", at) for at, row in enumerate(self._rows(value, "flags")))
        found = [self._concern(row, at, flags) for at, row in enumerate(self._rows(value, "concerns"))]
        return Concerns(by_code={concern.code: concern for concern in found}, flags=flags)

    def _rows(self, value: dict[str, Plain], key: str) -> list[Plain]:
        rows = value.get(key)
        if isinstance(rows, list) and rows:
            return rows
        if not self.problems:
            self._problem((key,), f"has no list of {key}", "write at least one entry with a code")
        return []

    def _code(self, row: Plain, *place: str | int) -> str:
        code = row.get("code") if isinstance(row, dict) else None
        if isinstance(code, str) and code.isidentifier():
            return code
        self._problem(place, "has no code", "write `code: some_name`, lower case with underscores")
        return ""

    def _concern(self, row: Plain, at: int, flags: tuple[str, ...]) -> Concern:
        code = self._code(row, "concerns", at)
        fields = row if isinstance(row, dict) else {}
        urgency = self._urgency(fields.get("urgency"), "concerns", at, "urgency")
        lifts = fields.get("lifted_by") or {}
        lifted = {
            str(flag): self._urgency(name, "concerns", at, "lifted_by")
            for name, codes in (lifts.items() if isinstance(lifts, dict) else ())
            for flag in (codes if isinstance(codes, list) else [codes])
        }
        for flag in set(lifted) - set(flags):
            self._problem(("concerns", at, "lifted_by"), f"{flag!r} is no flag", f"use one of: {', '.join(flags)}")
        texts = {key: str(fields.get(key) or "") for key in ("covers", "route")}
        return Concern(code=code, urgency=urgency, lifted_by=lifted, **texts)

    def _urgency(self, name: Plain, *place: str | int) -> Urgency:
        try:
            return Urgency.parse(str(name))
        except KeyError:
            self._problem(place, f"{name!r} is no urgency", "use now, today or soon")
            return Urgency.NOW

    def _problem(self, place: tuple[str | int, ...], problem: str, remedy: str) -> None:
        line = self.document.origin.line(*place)
        where = ".".join(map(str, place))
        self.problems.append(Problem(check="safety", file=FILE, line=line, place=where, problem=problem, remedy=remedy))
