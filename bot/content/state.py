"""What a text may be used for in a locale: the one rule that the catalogue, the status table and approvals share."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from bot.content.approvals import Approval, Approvals, fingerprint, read_approvals
from bot.content.locales import SOURCE
from bot.content.po import Translations, locales_in, read_translations
from bot.content.texts import Text


class State(StrEnum):
    """Where a text stands in a locale."""

    UNTRANSLATED = "untranslated"
    DRAFT = "draft"
    APPROVED = "approved"
    OUTDATED = "outdated"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of one text in one locale; `approved` holds on when an approved text expires."""

    state: State
    approved: bool


def standing(
    text: Text, translation: str, *, approval: Approval | None, today: date, outdated: bool = False
) -> Standing:
    """Return where `translation` of `text` stands.

    An approval counts only if it was given for exactly these words; `outdated` says that the translation was made for
    an earlier source. Expiry wins over everything but a missing translation.
    """
    if not translation:
        return Standing(State.UNTRANSLATED, approved=False)
    approved = approval is not None and approval.hash == fingerprint(text.source, translation)
    if text.expired(today):
        return Standing(State.EXPIRED, approved=approved)
    if approved:
        return Standing(State.APPROVED, approved=True)
    return Standing(State.OUTDATED if outdated else State.DRAFT, approved=False)


def standings(
    texts: Iterable[Text], *, translations: Translations | None, approvals: Approvals, today: date
) -> Mapping[str, Standing]:
    """Return where each text stands by its place, as the PO file says; `translations` is None for English."""
    return {text.place: _standing(text, translations, approvals, today) for text in texts}


def is_live(texts: Iterable[Text], stands: Mapping[str, Standing], *, pulled: frozenset[str] = frozenset()) -> bool:
    """Tell whether all critical texts are approved (what was pulled is not asked for); False if there are none."""
    critical = [text for text in texts if text.critical and not {text.place, text.owner} & pulled]
    return bool(critical) and all(stands[text.place].approved for text in critical)


@dataclass(frozen=True, slots=True)
class Row:
    """How many texts of a locale, group and tier ("all" for texts without one) are in each state."""

    locale: str
    group: str
    tier: str
    counts: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Status:
    """The state of every locale: rows, and which locales are live."""

    rows: tuple[Row, ...]
    live: Mapping[str, bool]


def status(texts: tuple[Text, ...], translations_dir: Path, *, today: date) -> Status:
    """Count the states of all texts in English and in every locale that has a PO file."""
    rows: list[Row] = []
    live: dict[str, bool] = {}
    for locale in (SOURCE, *(name for name in locales_in(translations_dir) if name != SOURCE)):
        translations = None if locale == SOURCE else read_translations(translations_dir, locale)
        approvals = read_approvals(translations_dir, locale)
        stands = standings(texts, translations=translations, approvals=approvals, today=today)
        live[locale] = is_live(texts, stands)
        rows.extend(_rows(locale, texts, stands))
    return Status(tuple(rows), live)


def _standing(text: Text, translations: Translations | None, approvals: Approvals, today: date) -> Standing:
    approval = approvals.by_place.get(text.place)
    if translations is None:
        return standing(text, text.source, approval=approval, today=today)
    entry = translations.entries.get(text.place)
    if entry is None:
        return Standing(State.UNTRANSLATED, approved=False)
    outdated = bool(entry.previous) or entry.source != text.source
    return standing(text, entry.text, approval=approval, today=today, outdated=outdated)


def _rows(locale: str, texts: Iterable[Text], stands: Mapping[str, Standing]) -> Iterator[Row]:
    counts: dict[tuple[str, str], Counter[State]] = {}
    for text in texts:
        key = (text.group, str(text.tier or "all"))
        counts.setdefault(key, Counter())[stands[text.place].state] += 1
    for (group, tier), found in counts.items():
        yield Row(locale, group, tier, {state: found[state] for state in State})
