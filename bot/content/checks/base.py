"""What a check is: a small class with an id that yields findings; the registry is `bot.content.checks.CHECKS`."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from bot.content.approvals import Approvals
from bot.content.findings import Finding, Level
from bot.content.locales import LOCALES, SOURCE, Locale
from bot.content.po import Entry, Translations
from bot.content.schema import Content
from bot.content.texts import Text


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Everything a check may look at; `template` is what `translations/content.pot` holds, b"" if there is none."""

    content: Content
    texts: tuple[Text, ...]
    translations: Mapping[str, Translations]
    approvals: Mapping[str, Approvals]
    translations_dir: Path
    template: bytes
    today: date

    @cached_property
    def by_place(self) -> Mapping[str, Text]:
        """Return the texts by place."""
        return {text.place: text for text in self.texts}

    @cached_property
    def wordings(self) -> tuple["Wording", ...]:
        """Return every wording: the sources, then each locale's translations that are not empty or outdated."""
        return tuple(self._wordings())

    def _wordings(self) -> Iterator["Wording"]:
        for text in self.texts:
            yield Wording(words=text.source, text=text, locale=LOCALES[SOURCE])
        for code, translations in self.translations.items():
            for entry in translations.entries.values():
                there = self.by_place.get(entry.place)
                if code in LOCALES and there and entry.text and entry.source == there.source and not entry.previous:
                    yield Wording(
                        words=entry.text, text=there, locale=LOCALES[code], entry=entry, file=translations.file
                    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """One text in one locale; `entry` and `file` belong to its PO file and are None and "" for the source."""

    words: str
    text: Text
    locale: Locale
    entry: Entry | None = None
    file: str = ""


class Check(ABC):
    """Look for one kind of mistake.

    `ignorable` says whether an editor may switch it off for one text, with `ignore:` in YAML, an entry in
    `content/exceptions.yaml`, or `kite-ignore:` in a translator comment.
    """

    id: ClassVar[str]
    level: ClassVar[Level] = Level.ERROR
    ignorable: ClassVar[bool] = True

    @abstractmethod
    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Yield everything that is wrong."""

    def found(self, file: str, line: int, place: str, problem: str, remedy: str) -> Finding:
        """Return one finding of this check."""
        return Finding(
            check=self.id, file=file, line=line, place=place, problem=problem, remedy=remedy, level=self.level
        )


class WordingCheck(Check):
    """Look at each wording by itself; `sources` and `translations` say which it is meant for."""

    sources: ClassVar[bool] = True
    translations: ClassVar[bool] = True
    remedy: ClassVar[str]

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Yield a finding for each wording that has a problem."""
        for wording in scope.wordings:
            wanted = self.sources if wording.entry is None else self.translations
            if wanted and not self._ignored(wording) and (problem := self.problem(wording)):
                yield self._told(wording, problem)

    @abstractmethod
    def problem(self, wording: Wording) -> str | None:
        """Return what is wrong with a wording, or None."""

    def _ignored(self, wording: Wording) -> bool:
        return self.ignorable and wording.entry is not None and self.id in wording.entry.ignore

    def _told(self, wording: Wording, problem: str) -> Finding:
        text, entry = wording.text, wording.entry
        if entry is None:
            return self.found(text.file, text.line, text.place, problem, self.remedy)
        return self.found(wording.file, entry.line, text.place, problem, self.remedy)
