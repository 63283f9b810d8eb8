"""Read and write PO files in one canonical form: no times, no line wrapping, the order of the content's files.

polib reads and writes: Babel loses the previous msgid and drops the translation of a changed sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polib

from bot.content.files import shown_name
from bot.content.findings import Finding
from bot.content.locales import LOCALES

DOMAIN = "content"
DRAFT_COMMENT = "Machine draft: no person has checked this yet."
"""The translator comment that marks a machine-drafted translation, beside the flag fuzzy."""

_IGNORE = re.compile(r"kite-ignore:\s*([a-z-]+(?:\s*,\s*[a-z-]+)*)")
_ORDER = (
    "Project-Id-Version", "PO-Revision-Date", "Last-Translator", "Language-Team", "Language", "MIME-Version",
    "Content-Type", "Content-Transfer-Encoding", "Plural-Forms",
)  # fmt: skip
_DROPPED = frozenset({"POT-Creation-Date", "Generated-By", "X-Generator"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One translation: `source` is the msgid it belongs to, `previous` the msgid before that if it has changed."""

    place: str
    source: str
    text: str
    line: int
    fuzzy: bool = False
    previous: str = ""
    plural: bool = False
    ignore: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Translations:
    """One locale's PO file: its entries by place, its header, and what was wrong with it as a PO file."""

    locale: str
    file: str
    entries: Mapping[str, Entry]
    header: Mapping[str, str]
    header_fuzzy: bool = False
    findings: tuple[Finding, ...] = ()


def po_path(translations_dir: Path, locale: str) -> Path:
    """Return where a locale's PO file lies."""
    return translations_dir / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_path(translations_dir: Path, locale: str) -> Path:
    """Return where a locale's compiled file lies."""
    return po_path(translations_dir, locale).with_suffix(".mo")


def locales_in(translations_dir: Path) -> tuple[str, ...]:
    """Return the locales that have a PO file, sorted."""
    found = translations_dir.glob(f"*/LC_MESSAGES/{DOMAIN}.po")
    return tuple(sorted(path.parent.parent.name for path in found))


def read_translations(translations_dir: Path, locale: str) -> Translations:
    """Read a locale's PO file; a broken or missing one gives findings and no entries."""
    path = po_path(translations_dir, locale)
    name = shown_name(path, translations_dir)
    try:
        raw = open_po(path)
    except (OSError, ValueError) as error:
        return Translations(locale=locale, file=name, entries={}, header={}, findings=(_broken(name, path, error),))
    entries, findings = _entries(raw, name)
    return Translations(
        locale=locale, file=name, entries=entries, header=dict(raw.metadata),
        header_fuzzy=bool(raw.metadata_is_fuzzy), findings=findings,
    )  # fmt: skip


def open_po(path: Path) -> polib.POFile:
    """Read a PO file for editing.

    Raise OSError if it is missing or its syntax is wrong (the message names the line), ValueError if it is not UTF-8.
    """
    if not path.is_file():  # polib would read the path itself as the text of a PO file
        raise FileNotFoundError(f"there is no {path.name}")
    return polib.pofile(str(path), encoding="utf-8", wrapwidth=0)


def canonical(po: polib.POFile) -> bytes:
    """Return the bytes of a PO file in Kite's form: the same texts always give the same bytes."""
    po.wrapwidth = 0
    kept = {key: value for key, value in po.metadata.items() if key not in _DROPPED}
    first = {key: kept.pop(key) for key in _ORDER if key in kept}
    po.metadata = {**first, **dict(sorted(kept.items()))}
    return (str(po).rstrip("\n") + "\n").encode()


def new_po(locale: str | None) -> polib.POFile:
    """Return an empty PO file for a locale, or an empty template for None."""
    po = polib.POFile(wrapwidth=0)
    if locale is None:
        po.header = "What Kite says: the template of its translations.\nMade by `kite content extract`; do not edit."
        po.metadata = _header("", "")
    else:
        known = LOCALES[locale]
        po.header = f"What Kite says, in {known.english}."
        po.metadata = _header(locale, known.plural)
    return po


def set_draft(entry: polib.POEntry, text: str, *, comment: str = DRAFT_COMMENT) -> None:
    """Put a text nobody has checked into an entry, marked so that every tool shows it as unfinished."""
    entry.msgstr = text
    set_fuzzy(entry, on=True)
    if comment not in entry.tcomment.splitlines():
        entry.tcomment = "\n".join(filter(None, [entry.tcomment, comment]))


def set_fuzzy(entry: polib.POEntry, *, on: bool) -> None:
    """Set or clear the flag fuzzy; it comes first, as gettext writes it."""
    others = [flag for flag in entry.flags if flag != "fuzzy"]
    entry.flags = ["fuzzy", *others] if on else others


def _header(language: str, plural: str) -> dict[str, str]:
    header = {
        "Project-Id-Version": "Kite",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return {**header, "Plural-Forms": plural} if plural else header


def _entries(raw: polib.POFile, name: str) -> tuple[dict[str, Entry], tuple[Finding, ...]]:
    entries: dict[str, Entry] = {}
    findings: list[Finding] = []
    for item in raw:
        if item.obsolete:
            continue
        entry = _entry(item)
        if entry.place in entries:
            findings.append(_twice(name, entry, entries[entry.place].line))
        entries.setdefault(entry.place, entry)
    return entries, tuple(findings)


def _entry(item: polib.POEntry) -> Entry:
    named = _IGNORE.findall(item.tcomment or "")
    return Entry(
        place=item.msgctxt or "", source=item.msgid, text=item.msgstr, line=item.linenum, fuzzy=item.fuzzy,
        previous=(item.previous_msgid or "") if item.fuzzy else "", plural=bool(item.msgid_plural),
        ignore=frozenset(check.strip() for names in named for check in names.split(",")),
    )  # fmt: skip


def _twice(name: str, entry: Entry, first: int) -> Finding:
    return Finding(
        check="po", file=name, line=entry.line, place=entry.place,
        problem=f"is there twice, first in line {first}", remedy="keep one of them",
    )  # fmt: skip


def _broken(name: str, path: Path, error: Exception) -> Finding:
    told = " ".join(str(error).replace(f" {path}", "").split())
    line = re.search(r"line (\d+)", told)
    remedy = "open the file in Poedit, or mend this line"
    return Finding(check="po", file=name, line=int(line[1]) if line else 1, place="", problem=told, remedy=remedy)
