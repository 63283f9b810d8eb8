"""Checks of a translation against its source, and of the progress of a locale."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from bot.content.checks.base import Check, Scope, Wording, WordingCheck
from bot.content.findings import Finding, Level
from bot.content.placeholders import placeholders, stray_braces

_DIGITS = re.compile(r"\d+")
_NAMES = frozenset({"Kite", "IOM", "UNHCR", "UNICEF", "WhatsApp", "Telegram"})


class SamePlaceholders(WordingCheck):
    """Refuse a translation that lost, doubled or renamed a placeholder."""

    id = "same-placeholders"
    ignorable = False
    sources = False
    remedy = "keep each {name} of the English text, unchanged, as often as it stands there"

    def problem(self, wording: Wording) -> str | None:
        """Compare names and how often they stand there."""
        wanted, given = placeholders(wording.text.source), placeholders(wording.words)
        if stray_braces(wording.words):
            return "has a brace that is no placeholder"
        return f"has the placeholders {_list(given)}, not {_list(wanted)}" if wanted != given else None


class SameNumbers(WordingCheck):
    """Refuse a translation whose numbers are not those of the source: it may be a phone number or an age."""

    id = "same-numbers"
    sources = False
    remedy = "copy the numbers, with the same blanks (other digits are fine)"

    def problem(self, wording: Wording) -> str | None:
        """Compare the runs of digits, whatever script they are in."""
        wanted, given = numbers_in(wording.text.source), numbers_in(wording.words)
        return f"has the numbers {_list(given)}, not {_list(wanted)}" if wanted != given else None


class SameAsSource(WordingCheck):
    """Find a translation that is still English."""

    id = "same-as-source"
    sources = False
    remedy = "translate it, or note `kite-ignore: same-as-source` if the words are the same"

    def problem(self, wording: Wording) -> str | None:
        """Compare the words; one word may be the same in a language with the same script."""
        own = [word for word in wording.text.source.split() if word.strip(".,!?") not in _NAMES]
        few = len(own) <= 1 and wording.locale.script == "Latn"
        same = wording.words == wording.text.source and any(map(str.isalpha, "".join(own)))
        return "is the same as the English text" if same and not few else None


class Plural(Check):
    """Refuse plural entries: the content has none, and compilers fill their gaps with English."""

    id = "plural"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look for msgid_plural."""
        for translations in scope.translations.values():
            for entry in translations.entries.values():
                if entry.plural:
                    remedy = "delete the entry and run `kite content update`"
                    yield self.found(translations.file, entry.line, entry.place, "is a plural entry", remedy)


class Untranslated(Check):
    """List what has no translation yet."""

    id = "untranslated"
    level = Level.NOTICE

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look for empty entries."""
        for translations in scope.translations.values():
            for entry in translations.entries.values():
                if not entry.text and self.id not in entry.ignore:
                    yield self.found(translations.file, entry.line, entry.place, "is not translated", "translate it")


class Outdated(Check):
    """List translations that were made for an earlier English sentence; they are not shown to anybody."""

    id = "outdated"
    level = Level.NOTICE

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look for a previous msgid."""
        for translations in scope.translations.values():
            for entry in translations.entries.values():
                if entry.text and entry.previous:
                    problem = f"was translated from {entry.previous!r}"
                    remedy = "read the new English sentence, mend the translation, clear the flag"
                    yield self.found(translations.file, entry.line, entry.place, problem, remedy)


def numbers_in(words: str) -> Counter[str]:
    """Return the runs of digits in ASCII, and how often each stands there."""
    return Counter("".join(str(unicodedata.digit(char)) for char in run) for run in _DIGITS.findall(words))


def _list(counted: Counter[str]) -> str:
    return ", ".join(sorted(counted.elements())) or "none"
