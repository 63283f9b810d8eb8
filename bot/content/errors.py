"""The errors of the content.

KiteError
├── ContentError         the tree or a translation is wrong; `.findings` are all of them at once
├── UnknownTopic         no topic or step of this id
├── UnknownPhrase        no phrase of this id, or a tier is needed
├── NotAvailable         the text exists but may not be shown; `.reason` says why
└── WrongPlaceholders    the values do not fit the placeholders of a text
"""

from enum import StrEnum

from bot.errors import ContentError, KiteError

__all__ = ["ContentError", "NotAvailable", "Reason", "UnknownPhrase", "UnknownTopic", "WrongPlaceholders"]


class Reason(StrEnum):
    """Why a text may not be shown."""

    UNTRANSLATED = "untranslated"
    DRAFT = "draft"
    OUTDATED = "outdated"
    EXPIRED = "expired"
    PULLED = "pulled"
    UNFIT = "unfit"  # a placeholder is lost, or a character turns the line round


class UnknownTopic(KiteError):
    """Say that no topic, or no step of it, has this id."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"No topic or step is called {reference!r}.")
        self.reference = reference


class UnknownPhrase(KiteError):
    """Say that no phrase has this place."""

    def __init__(self, place: str) -> None:
        super().__init__(f"No phrase is called {place!r} (a phrase in four tiers needs its tier).")
        self.place = place


class NotAvailable(KiteError):
    """Say that a text may not be shown in a locale: there is never a silent fallback.

    `place` is the msgctxt, `reason` tells the caller which phrase to show instead.
    """

    def __init__(self, place: str, locale: str, reason: Reason) -> None:
        super().__init__(f"{place} is not available in {locale}: {reason}.")
        self.place = place
        self.locale = locale
        self.reason = reason


class WrongPlaceholders(KiteError):
    """Say which values are missing or too many for the placeholders of a text."""

    def __init__(self, place: str, *, missing: frozenset[str], extra: frozenset[str]) -> None:
        told = [f"missing {sorted(missing)}"] if missing else []
        told += [f"not in the text {sorted(extra)}"] if extra else []
        super().__init__(f"{place}: {', '.join(told)}.")
        self.place = place
        self.missing = missing
        self.extra = extra
