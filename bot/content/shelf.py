"""One locale's texts as the worker serves them: rendered, with the reason why a text may not be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.content.approvals import read_approvals
from bot.content.bidi import OVERRIDES, isolate
from bot.content.errors import ContentError, Reason
from bot.content.files import shown_name
from bot.content.findings import Finding
from bot.content.locales import LOCALES, SOURCE
from bot.content.mo import read_mo
from bot.content.placeholders import same_placeholders
from bot.content.po import Translations, mo_path, read_translations
from bot.content.state import Standing, State, is_live, standing
from bot.content.texts import Kind, Text

_BARE = frozenset({Kind.LABEL, Kind.TERM, Kind.FORMS})
"""Kinds without isolates: on buttons they would count against the length, in lists of words they mean nothing."""


@dataclass(frozen=True, slots=True)
class Served:
    """One text: `text` is ready to show but for its placeholders, `reason` is None where it may be shown.

    `expired` is only ever shown for critical text: safety words do not vanish by the clock.
    """

    text: str
    reason: Reason | None
    draft: bool
    expired: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """All texts of one locale by place.

    `live` when its critical texts are approved, `safe` when they can be shown, `shown` when a whole talk can be held:
    they and every phrase can be shown.
    """

    locale: str
    rtl: bool
    served: Mapping[str, Served]
    live: bool
    safe: bool
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What decides whether a text may be shown: drafts or not, the day, and what was pulled."""

    show_drafts: bool
    today: date
    pulled: frozenset[str]

    def is_pulled(self, place: str) -> bool:
        """Tell whether a place, or anything it lies in, was taken out."""
        parts = place.split("/")
        return any("/".join(parts[:end]) in self.pulled for end in range(1, len(parts) + 1))


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    outdated: bool


def load_shelf(texts: tuple[Text, ...], translations_dir: Path, locale: str, rules: Rules) -> Shelf:
    """Read what a locale says from its compiled file, and what may be shown from its PO file and approvals.

    Raise ContentError when one of the three files is broken.
    """
    approvals = read_approvals(translations_dir, locale)
    found = _source(texts) if locale == SOURCE else _translated(texts, translations_dir, locale)
    if approvals.findings:
        raise ContentError(approvals.findings)
    stands = {
        text.place: standing(
            text, found[text.place].text, approval=approvals.by_place.get(text.place), today=rules.today,
            outdated=found[text.place].outdated,
        )
        for text in texts
    }  # fmt: skip
    rtl = LOCALES[locale].rtl
    served = {text.place: _served(text, found[text.place], stands[text.place], rules, rtl=rtl) for text in texts}
    pulled = frozenset(text.place for text in texts if rules.is_pulled(text.place))
    return Shelf(
        locale,
        rtl,
        served,
        live=is_live(texts, stands, pulled=pulled),
        safe=_showable((text for text in texts if text.critical), served),
        shown=_showable((text for text in texts if text.needed), served),
    )


def without(shelf: Shelf, rules: Rules) -> Shelf:
    """Return the shelf with everything marked as pulled that `rules` pull."""
    served = {
        place: replace(text, reason=Reason.PULLED) if rules.is_pulled(place) else text
        for place, text in shelf.served.items()
    }
    return replace(shelf, served=served)


def _served(text: Text, here: _Found, stand: Standing, rules: Rules, *, rtl: bool) -> Served:
    """Return the text ready to show; words on buttons get no isolates, which would count against their length."""
    return Served(
        isolate(here.text) if rtl and text.kind not in _BARE else here.text,
        _reason(text, here, rules, approved=stand.approved),
        draft=not stand.approved,
        expired=stand.state is State.EXPIRED,
    )


def _showable(texts: Iterable[Text], served: Mapping[str, Served]) -> bool:
    reasons = [served[text.place].reason for text in texts]
    return bool(reasons) and all(reason in (None, Reason.PULLED) for reason in reasons)


def _reason(text: Text, here: _Found, rules: Rules, *, approved: bool) -> Reason | None:
    """Return why a text may not be shown, the gravest reason first."""
    expired = text.expired(rules.today) and not text.critical
    unfit = bool(OVERRIDES & set(here.text)) or not same_placeholders(text.source, here.text)
    reasons = {
        Reason.PULLED: rules.is_pulled(text.place),
        Reason.UNTRANSLATED: not here.text,
        Reason.UNFIT: unfit,
        Reason.EXPIRED: expired,
        Reason.OUTDATED: here.outdated and not approved,
        Reason.DRAFT: not approved and not rules.show_drafts,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _source(texts: Iterable[Text]) -> dict[str, _Found]:
    return {text.place: _Found(text.source, outdated=False) for text in texts}


def _translated(texts: Iterable[Text], translations_dir: Path, locale: str) -> dict[str, _Found]:
    compiled = _compiled(translations_dir, locale)
    translations = _po(translations_dir, locale)
    found = {}
    for text in texts:
        source, words = compiled.get(text.place, (text.source, ""))
        entry = translations.entries.get(text.place)
        stale = entry is not None and entry.text == words and bool(entry.previous)
        found[text.place] = _Found(words, outdated=bool(words) and (source != text.source or stale))
    return found


def _compiled(translations_dir: Path, locale: str) -> Mapping[str, tuple[str, str]]:
    path = mo_path(translations_dir, locale)
    try:
        return read_mo(path)
    except ValueError as error:
        finding = Finding(
            check="mo", file=shown_name(path, translations_dir), line=1, place="",
            problem=str(error), remedy="run `kite content compile`",
        )  # fmt: skip
        raise ContentError([finding]) from error


def _po(translations_dir: Path, locale: str) -> Translations:
    translations = read_translations(translations_dir, locale)
    if translations.findings:
        raise ContentError(translations.findings)
    return translations
