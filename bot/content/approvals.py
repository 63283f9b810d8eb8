"""Approvals: a named reviewer says that a translation is right, for exactly these words and no others."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.content.files import shown_name, write_whole
from bot.content.findings import Finding
from bot.content.yamlfile import Document, Plain, read_yaml

_HASH = re.compile(r"[0-9a-f]{64}")
_HEAD = """\
# Who approved which words, written by `kite content approve`. The hash is bound to source and translation:
# when either changes, the approval no longer counts.
"""


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval; `hash` is the fingerprint of the words approved, `by` the reviewer's name."""

    hash: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Approvals:
    """One locale's approvals by place, and what was wrong with their file."""

    by_place: Mapping[str, Approval]
    findings: tuple[Finding, ...] = ()


def fingerprint(source: str, translation: str) -> str:
    """Return the SHA-256 of the source, a NUL and the translation, in hex (for English both are the same text)."""
    return hashlib.sha256(f"{source}\0{translation}".encode()).hexdigest()


def approvals_path(translations_dir: Path, locale: str) -> Path:
    """Return where a locale's approvals lie; English has them too."""
    return translations_dir / locale / "approvals.yaml"


def read_approvals(translations_dir: Path, locale: str) -> Approvals:
    """Read a locale's approvals; a missing file and a broken entry approve nothing, the entry gives a finding."""
    path = approvals_path(translations_dir, locale)
    if not path.is_file():
        return Approvals({})
    document = read_yaml(path, shown_name(path, translations_dir))
    if document.value is not None and not isinstance(document.value, dict):
        return Approvals({}, (*document.findings, _finding(document, "", "is not a mapping of places")))
    read = {place: _approval(value) for place, value in (document.value or {}).items()}
    wrong = tuple(_finding(document, place, "is not {hash, by, on}") for place, entry in read.items() if entry is None)
    return Approvals({place: entry for place, entry in read.items() if entry}, (*document.findings, *wrong))


def write_approvals(translations_dir: Path, locale: str, by_place: Mapping[str, Approval]) -> bool:
    """Write a locale's approvals, sorted by place; return False if nothing changed."""
    lines = [
        f"{place}: {{hash: {entry.hash}, by: {json.dumps(entry.by, ensure_ascii=False)}, on: {entry.on}}}\n"
        for place, entry in sorted(by_place.items())
    ]
    return write_whole(approvals_path(translations_dir, locale), (_HEAD + "".join(lines)).encode())


def _approval(value: Plain) -> Approval | None:
    if not isinstance(value, dict) or set(value) != {"hash", "by", "on"}:
        return None
    digest, reviewer = str(value["hash"]), str(value["by"] or "").strip()
    try:
        day = date.fromisoformat(str(value["on"]))
    except ValueError:
        return None
    return Approval(digest, reviewer, day) if _HASH.fullmatch(digest) and reviewer else None


def _finding(document: Document, place: str, problem: str) -> Finding:
    at = document.origin
    line = at.line(place) if place else 1
    remedy = "approve the text again with `kite content approve`"
    return Finding(check="approvals", file=at.file, line=line, place=place, problem=problem, remedy=remedy)
