"""Checks of one wording: its length, its sentences and its characters."""

import re
import unicodedata

from bot.content.bidi import OVERRIDES
from bot.content.checks.base import Wording, WordingCheck
from bot.content.placeholders import placeholders, stray_braces
from bot.content.sentences import sentences
from bot.content.texts import Kind
from bot.model import Tier

SENTENCE_LIMITS = {Tier.YOUNG: 12, Tier.MIDDLE: 15, Tier.TEEN: 18, Tier.ADULT: 22}
"""The most words in an English sentence; a text without a tier is read by the youngest too."""

LEAST_SHARE = 0.6
"""The least share of letters in the locale's own script; the rest may be names such as UNHCR."""

_LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|org|net|eu|int|info|de|fr|gov|edu)\b|\bt\.me\b|@\w+\.", re.IGNORECASE
)
_SCRIPTS = {"Latn": "LATIN", "Arab": "ARABIC", "Cyrl": "CYRILLIC", "Ethi": "ETHIOPIC"}
_NOT_OWN = re.compile(r"\{[^{}]*\}|\b(?:Kite|IOM|UNHCR|UNICEF|WhatsApp|Telegram)\b")


class Length(WordingCheck):
    """Refuse what is too long for its place: channels refuse over-long buttons after they were shown as sent."""

    id = "length"
    ignorable = False
    remedy = "say it in fewer words"

    def problem(self, wording: Wording) -> str | None:
        """Count characters."""
        count, limit = len(wording.words), wording.text.limit
        return f"has {count} characters, at most {limit} fit a {wording.text.kind}" if count > limit else None


class SentenceLength(WordingCheck):
    """Keep English sentences short for each age."""

    id = "sentence-length"
    translations = False
    remedy = "make two sentences of it"

    def problem(self, wording: Wording) -> str | None:
        """Count words."""
        if wording.text.kind is Kind.FORMS:
            return None
        limit = SENTENCE_LIMITS[wording.text.tier or Tier.YOUNG]
        longest = max(sentences(wording.words), key=lambda words: len(words.split()), default="")
        count = sum(any(map(str.isalnum, word)) for word in longest.split())
        return f"has a sentence of {count} words, at most {limit}: {longest!r}" if count > limit else None


class BidiOverride(WordingCheck):
    """Refuse the characters that turn whole lines round (U+202A to U+202E)."""

    id = "bidi-override"
    ignorable = False
    remedy = "take the character out; Kite isolates numbers and links by itself"

    def problem(self, wording: Wording) -> str | None:
        """Look for them."""
        found = sorted(OVERRIDES & set(wording.words))
        return f"has the character U+{ord(found[0]):04X}" if found else None


class Whitespace(WordingCheck):
    """Find blanks that nobody meant."""

    id = "whitespace"
    remedy = "take the blanks out"

    def problem(self, wording: Wording) -> str | None:
        """Look at both ends and for doubled blanks."""
        words = wording.words
        if words != words.strip():
            return "begins or ends with a blank or a new line"
        return "has two blanks or a tab in it" if "  " in words or "\t" in words else None


class Links(WordingCheck):
    """Refuse links: they die, and a child may be led away from the chat."""

    id = "links"
    remedy = "say in words what is there, or name the organisation"

    def problem(self, wording: Wording) -> str | None:
        """Look for addresses of pages and mail."""
        found = _LINK.search(wording.words)
        return f"has a link or an address: {found[0]!r}" if found else None


class Script(WordingCheck):
    """Refuse a text in another script than the locale's, and letters that a wrong keyboard brings in."""

    id = "script"
    remedy = "write it in the language of the file, with its own keyboard"

    def problem(self, wording: Wording) -> str | None:
        """Look at the letters outside of placeholders and names; people type the forms of a word in any script."""
        if wording.text.kind is Kind.FORMS:
            return None
        letters = [char for char in _NOT_OWN.sub("", wording.words) if char.isalpha()]
        wanted = _SCRIPTS[wording.locale.script]
        own = sum(unicodedata.name(char, "").startswith(wanted) for char in letters)
        if letters and own / len(letters) < LEAST_SHARE:
            return f"is not in the script of {wording.locale.english}"
        foreign = sorted(set(wording.locale.foreign) & set(letters))
        told = ", ".join(f"{char} (U+{ord(char):04X})" for char in foreign)
        return f"has letters {wording.locale.english} does not use: {told}" if foreign else None


class Placeholder(WordingCheck):
    """Refuse a placeholder where nothing fills it, and braces that are none."""

    id = "placeholder"
    ignorable = False
    translations = False
    remedy = "write {name} in phrases only, in small letters, and no other braces"

    def problem(self, wording: Wording) -> str | None:
        """Look at the braces."""
        if stray_braces(wording.words):
            return "has a brace that is no placeholder"
        if wording.text.kind not in (Kind.PHRASE, Kind.LABEL) and placeholders(wording.words):
            return "has a placeholder that nothing fills"
        return None
