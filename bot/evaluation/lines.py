"""Read evaluation files: JSON Lines named `<kind>.<language>.jsonl`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ContentError
from bot.model import Urgency

FIELDS: dict[str, dict[str, type]] = {
    "questions": {"topic": str},
    "disclosures": {"concerns": list, "urgency": str},
    "safe": {"kind": str},
    "language": {"language": str},
}
EXAMPLES = {
    "questions": '{"text": "…", "topic": "people.guardian"}',
    "disclosures": '{"text": "…", "concerns": ["violence"], "urgency": "today"}',
    "safe": '{"text": "…", "kind": "idiom"}',
    "language": '{"text": "…", "language": "ar"}',
}


@dataclass(frozen=True)
class Line:
    """One line of an evaluation file: its place, the file's language, the text and what is expected."""

    place: str
    language: str
    text: str
    expected: dict[str, Any]


def read(kind: str, paths: Iterable[Path]) -> list[Line]:
    """Return the lines of all files of one kind.

    Raise ContentError with every finding at once: a missing file, a wrong name, a line that is not what it should be.
    """
    lines: list[Line] = []
    findings: list[str] = []
    for path in paths:
        try:
            lines += _read_file(kind, path, findings)
        except (OSError, UnicodeDecodeError) as error:
            findings.append(f"{path}: cannot be read ({type(error).__name__}): give the path of a file in UTF-8")
    if findings:
        raise ContentError(findings)
    return lines


def _read_file(kind: str, path: Path, findings: list[str]) -> list[Line]:
    parts = path.name.split(".")
    if len(parts) != 3 or parts[2] != "jsonl" or not parts[1]:  # noqa: PLR2004 (kind, language, jsonl)
        findings.append(f"{path}: name it <kind>.<language>.jsonl, for example {kind}.ar.jsonl")
        return []
    found = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if raw.strip():
            line = _read_line(kind, raw, f"{path}:{number}", parts[1], findings)
            found += [line] if line else []
    if not found and not findings:
        findings.append(f"{path}: holds no lines: write one JSON object a line, {EXAMPLES[kind]}")
    return found


def _read_line(kind: str, raw: str, place: str, language: str, findings: list[str]) -> Line | None:
    try:
        data = json.loads(raw)
    except ValueError:
        data = None
    wanted = {"text": str, **FIELDS[kind]}
    fits = isinstance(data, dict) and all(isinstance(data.get(name), form) for name, form in wanted.items())
    if fits and kind == "disclosures":
        fits = bool(data["concerns"]) and data["urgency"].upper() in Urgency.__members__
    if not fits:
        findings.append(f"{place}: expected {EXAMPLES[kind]}")
        return None
    return Line(place, language, data["text"], data)
