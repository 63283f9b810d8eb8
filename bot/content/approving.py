"""What stands between a reviewer's word and an approval, and how it is written down."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from bot.content.approvals import Approval, fingerprint, read_approvals, write_approvals
from bot.content.checks import Scope, run_checks
from bot.content.extract import REUSED_COMMENT
from bot.content.files import write_whole
from bot.content.findings import Finding, Level
from bot.content.locales import SOURCE
from bot.content.po import DRAFT_COMMENT, canonical, open_po, po_path, set_fuzzy
from bot.content.texts import Text


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text and its present words in a locale, "" if there are none for the present English sentence."""

    text: Text
    words: str


def candidates(scope: Scope, locale: str, places: Sequence[str]) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """Return what `places` name, and a line for everything that stands against approving it.

    A place is a msgctxt, the id of a topic, phrase or country, or a pattern of msgctxts.
    """
    unknown = [f"{place}: no text is called that" for place in places if not any(_named(scope.texts, place))]
    named = dict.fromkeys(text for place in places for text in _named(scope.texts, place))
    chosen = tuple(Candidate(text, _words(scope, locale, text)) for text in named)
    errors = _errors(scope, locale)
    empty = [f"{c.text.place}: has no translation of the present English" for c in chosen if not c.words]
    wrong = [str(errors[c.text.place]) for c in chosen if c.text.place in errors]
    return chosen, (*unknown, *empty, *wrong)


def record(translations_dir: Path, locale: str, chosen: Iterable[Candidate], *, by: str, on: date) -> None:
    """Write the approvals, and take the marks of a draft from the entries in the PO file."""
    approved = {c.text.place: c for c in chosen}
    new = {place: Approval(fingerprint(c.text.source, c.words), by, on) for place, c in approved.items()}
    before = read_approvals(translations_dir, locale).by_place
    write_approvals(translations_dir, locale, {**before, **new})
    if locale == SOURCE:
        return
    path = po_path(translations_dir, locale)
    po = open_po(path)
    for entry in po:
        if not entry.obsolete and entry.msgctxt in approved:
            set_fuzzy(entry, on=False)
            entry.tcomment = "\n".join(_without_marks(entry.tcomment))
    write_whole(path, canonical(po))


def _named(texts: Iterable[Text], place: str) -> Iterator[Text]:
    return (text for text in texts if place in (text.place, text.owner) or fnmatchcase(text.place, place))


def _words(scope: Scope, locale: str, text: Text) -> str:
    if locale == SOURCE:
        return text.source
    entry = scope.translations[locale].entries.get(text.place) if locale in scope.translations else None
    return entry.text if entry and entry.source == text.source and not entry.previous else ""


def _errors(scope: Scope, locale: str) -> dict[str, Finding]:
    """Return an error of each place in the locale's own file; for English, in the content."""
    files = {code: translations.file for code, translations in scope.translations.items()}
    found = (finding for finding in run_checks(scope) if finding.level is Level.ERROR)
    if locale == SOURCE:
        return {finding.place: finding for finding in found if finding.file not in files.values()}
    return {finding.place: finding for finding in found if finding.file == files.get(locale)}


def _without_marks(comment: str) -> Iterator[str]:
    return (line for line in comment.splitlines() if line not in (DRAFT_COMMENT, REUSED_COMMENT))
