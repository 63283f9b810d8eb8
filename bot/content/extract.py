"""Make the template of the translations, and bring each locale's PO file up to it.

The place of a text (msgctxt) never changes, so a changed sentence keeps its translation: it turns fuzzy and carries
the sentence it was made for (`#| msgid`). Texts that left the content stay at the end of the file as obsolete.
"""

from collections.abc import Iterable, Iterator

import polib

from bot.content.locales import LOCALES
from bot.content.placeholders import placeholders
from bot.content.po import new_po, set_draft, set_fuzzy
from bot.content.texts import AGES, Kind, Text

REUSED_COMMENT = "Taken from the same words elsewhere: no person has checked this yet."
_KINDS = {
    Kind.TITLE: "Title of a topic or step.",
    Kind.LABEL: "Words on a button.",
    Kind.TERM: "A word that is explained; it also stands on a button.",
    Kind.DEFINITION: "What the word means.",
    Kind.NUMBER: "Stands beside a phone number.",
    Kind.QUESTION: "A question after the answer, with two or three buttons.",
    Kind.FEEDBACK: "Kind words after a tapped answer; they say the fact again.",
}


def template(texts: Iterable[Text]) -> polib.POFile:
    """Return the template: one entry a text, in the order of the content's files."""
    pot = new_po(None)
    pot.extend(_blank(text) for text in texts)
    return pot


def updated(old: polib.POFile | None, texts: Iterable[Text], locale: str) -> polib.POFile:
    """Return a locale's PO file for these texts, with what `old` knows carried over; `old` is not changed."""
    po = new_po(locale)
    if old is not None:
        po.header = old.header or po.header
        po.metadata = {**po.metadata, **old.metadata, "Language": locale, "Plural-Forms": LOCALES[locale].plural}
    known = {entry.msgctxt: entry for entry in reversed(old or [])}
    for text in texts:
        entry = _blank(text)
        if (before := known.pop(entry.msgctxt, None)) is not None:
            _carry(before, entry)
        po.append(entry)
    _reuse(po)
    po.extend(_obsolete(known.values()))
    return po


def _blank(text: Text) -> polib.POEntry:
    return polib.POEntry(
        msgctxt=text.place, msgid=text.source, comment="\n".join(_notes(text)),
        occurrences=[(text.file, "")], flags=list(_flags(text)),
    )  # fmt: skip


def _notes(text: Text) -> Iterator[str]:
    if text.critical:
        yield "Critical: safety text. A locale is live only when a reviewer has approved it."
    if text.kind in _KINDS:
        yield _KINDS[text.kind]
    if text.tier is not None:
        yield f"Age: {AGES[text.tier]}."
    yield f"At most {text.limit} characters."
    yield from text.notes


def _flags(text: Text) -> Iterator[str]:
    """Yield the flags that Weblate understands; gettext and Poedit leave them alone."""
    if placeholders(text.source):
        yield "python-brace-format"
    yield f"max-length:{text.limit}"
    if text.critical:
        yield "priority:200"


def _carry(before: polib.POEntry, entry: polib.POEntry) -> None:
    """Take over a translation; if the source has changed since, mark it with the sentence it was made for."""
    entry.msgstr, entry.tcomment = before.msgstr, before.tcomment
    made_for = (before.previous_msgid if before.fuzzy else "") or before.msgid
    stale = bool(before.msgstr) and made_for != entry.msgid
    if stale:
        entry.previous_msgid = made_for
    set_fuzzy(entry, on=bool(before.msgstr) and (before.fuzzy or stale))


def _reuse(po: polib.POFile) -> None:
    """Fill a new country's wording from the same wording of another country, as a draft.

    Only there do equal English words always mean the same.
    """
    countries = [entry for entry in po if entry.msgctxt.startswith("country.")]
    known = {entry.msgid: entry.msgstr for entry in countries if entry.msgstr and not entry.previous_msgid}
    for entry in countries:
        if not entry.msgstr and entry.msgid in known:
            set_draft(entry, known[entry.msgid], comment=REUSED_COMMENT)


def _obsolete(entries: Iterable[polib.POEntry]) -> Iterator[polib.POEntry]:
    kept = [entry for entry in entries if entry.msgstr and entry.msgctxt]
    for entry in sorted(kept, key=lambda kept_entry: str(kept_entry.msgctxt)):
        yield polib.POEntry(
            msgctxt=entry.msgctxt, msgid=entry.msgid, msgstr=entry.msgstr, tcomment=entry.tcomment,
            previous_msgid=entry.previous_msgid, flags=["fuzzy"] if entry.fuzzy else [], obsolete=True,
        )  # fmt: skip
