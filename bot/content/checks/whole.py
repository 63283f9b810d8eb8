"""Checks of the files around the texts: PO headers, template, approvals, exceptions."""

from collections.abc import Collection, Iterator

from bot.content.approvals import approvals_path, fingerprint
from bot.content.checks.base import Check, Scope
from bot.content.extract import template
from bot.content.files import shown_name
from bot.content.findings import Finding, Level
from bot.content.locales import LOCALES, SOURCE
from bot.content.po import Translations, canonical
from bot.model import Tier

UPDATE = "run `kite content update`"


class PoFile(Check):
    """Refuse PO files that cannot be read, or hold a place twice."""

    id = "po"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Pass on what reading found."""
        for translations in scope.translations.values():
            yield from translations.findings


class PoHeader(Check):
    """Refuse headers that make other tools skip or misread a whole locale."""

    id = "po-header"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Compare the header with the folder."""
        for code, translations in scope.translations.items():
            if code not in LOCALES:
                problem = f"is in a folder {code!r} that is no locale of Kite"
                yield self.found(translations.file, 1, "", problem, "rename the folder, or add it to locales.py")
            elif translations.header:
                for problem in _header_problems(code, translations):
                    yield self.found(translations.file, 1, "", problem, UPDATE)


class PoUpdate(Check):
    """Refuse PO files that do not have the texts of the content."""

    id = "po-update"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Compare places and sources."""
        wanted = {text.place: text.source for text in scope.texts}
        for translations in scope.translations.values():
            given = {entry.place: entry.source for entry in translations.entries.values()}
            changed = sum(wanted.get(place) != source for place, source in given.items())
            behind = changed + len(wanted.keys() - given.keys())
            if behind and not translations.findings:
                yield self.found(translations.file, 1, "", f"is {behind} texts behind the content", UPDATE)


class Template(Check):
    """Refuse a template that is not what the content gives."""

    id = "template"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Compare the bytes."""
        if scope.template != canonical(template(scope.texts)):
            path = scope.translations_dir / "content.pot"
            name = shown_name(path, scope.translations_dir)
            yield self.found(name, 1, "", "is not what the content gives", "run `kite content extract`")


class ApprovalFile(Check):
    """Refuse approvals that cannot be read or that name nothing."""

    id = "approvals"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Pass on what reading found, and look each place up."""
        for code, approvals in scope.approvals.items():
            yield from approvals.findings
            name = _approvals_name(scope, code)
            for place in approvals.by_place.keys() - scope.by_place.keys():
                yield self.found(name, 1, place, "is approved, but no text is there", "take the line out")


class ApprovalHash(Check):
    """List approvals that no longer count because the words have changed since."""

    id = "approval-hash"
    level = Level.NOTICE

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Compare each approval with the words of today."""
        for code, approvals in scope.approvals.items():
            for place, approval in approvals.by_place.items():
                text = scope.by_place.get(place)
                entry = scope.translations[code].entries.get(place) if code in scope.translations else None
                words = text.source if text and code == SOURCE else entry.text if entry else ""
                if text and approval.hash != fingerprint(text.source, words):
                    problem = f"was approved by {approval.by} in other words"
                    name = _approvals_name(scope, code)
                    yield self.found(name, 1, place, problem, "read it again and approve it")


class IgnoreKnown(Check):
    """Refuse `ignore:` and exceptions that switch nothing off, or something that cannot be switched off."""

    id = "ignore-known"
    ignorable = False

    def __init__(self, ignorable: Collection[str]) -> None:
        self.can = frozenset(ignorable)

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look each id and each place up."""
        for text in scope.texts:
            for check in sorted(text.ignore - self.can):
                yield self._useless(text.file, text.line, text.place, check)
        for excuse in scope.content.excuses:
            at, line = excuse.origin.file, excuse.origin.line("check")
            if excuse.check not in self.can:
                yield self._useless(at, line, excuse.place, excuse.check)
            if excuse.place not in scope.by_place and excuse.place not in _places(scope):
                yield self.found(at, line, excuse.place, "is excused, but no text is there", "take the entry out")

    def _useless(self, file: str, line: int, place: str, check: str) -> Finding:
        remedy = f"choose one of {', '.join(sorted(self.can))}"
        return self.found(file, line, place, f"ignores {check!r}, which is no check that can be ignored", remedy)


def _places(scope: Scope) -> frozenset[str]:
    """Return the places beyond single texts that a finding may have: topics, their tiers and those of the glossary."""
    topics = scope.content.topics
    return frozenset(topics) | {f"{whole}/{tier}" for whole in (*topics, "glossary") for tier in Tier}


def _header_problems(code: str, translations: Translations) -> Iterator[str]:
    header = translations.header
    if translations.header_fuzzy:
        yield "has a fuzzy header, which makes compilers skip the locale without a word"
    if header.get("Language") != code:
        yield f"says Language: {header.get('Language', '')!r}, not {code!r}"
    if "utf-8" not in header.get("Content-Type", "").lower():
        yield "does not say charset=UTF-8"
    if header.get("Plural-Forms") != LOCALES[code].plural:
        yield "has other plural forms than the language"


def _approvals_name(scope: Scope, code: str) -> str:
    return shown_name(approvals_path(scope.translations_dir, code), scope.translations_dir)
