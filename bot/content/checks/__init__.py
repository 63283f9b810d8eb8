"""The checks of content and translations, in four steps.

1. `read_scope` reads the tree, the PO files, the approvals and the template; a tree of a wrong form ends here.
2. `CHECKS` is the registry: each check is a small class with an id, a level and `findings(scope)`.
3. `run_checks` asks every check, leaves out what an editor has excused by name, and sorts by file and line.
4. `kite content check` prints all of it at once and fails when there is an error.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bot.content.approvals import read_approvals
from bot.content.checks.base import Check, Scope
from bot.content.checks.glossary import GlossaryExplained, GlossaryTerm
from bot.content.checks.reading import Blame, Commas, Grade, Idioms, Passive, PlainWords
from bot.content.checks.sourcing import SourcePoints, Sources
from bot.content.checks.translation import (
    Outdated,
    Plural,
    SameAsSource,
    SameNumbers,
    SamePlaceholders,
    Untranslated,
)
from bot.content.checks.tree import (
    ButtonTarget,
    CheckQuestions,
    CountryRole,
    Critical,
    Expired,
    NumberAge,
    NumberKind,
    OverlayTarget,
    PulledPlace,
    SameLabel,
)
from bot.content.checks.whole import (
    ApprovalFile,
    ApprovalHash,
    IgnoreKnown,
    PoFile,
    PoHeader,
    PoUpdate,
    Template,
)
from bot.content.checks.wording import (
    BidiOverride,
    Length,
    Links,
    Placeholder,
    Script,
    SentenceLength,
    Whitespace,
)
from bot.content.findings import Finding, sort_key
from bot.content.locales import SOURCE
from bot.content.po import locales_in, read_translations
from bot.content.schema import Content
from bot.content.texts import texts_of

_CHECKS: tuple[Check, ...] = (
    Grade(), Commas(), Passive(), PlainWords(), Idioms(), Blame(),
    Length(), SentenceLength(), BidiOverride(), Whitespace(), Links(), Script(), Placeholder(),
    SamePlaceholders(), SameNumbers(), SameAsSource(), Plural(), Untranslated(), Outdated(),
    ButtonTarget(), Sources(), SourcePoints(), Critical(), SameLabel(), CheckQuestions(), PulledPlace(), Expired(),
    NumberAge(), GlossaryTerm(), GlossaryExplained(), NumberKind(), CountryRole(), OverlayTarget(),
    PoFile(), PoHeader(), PoUpdate(), Template(), ApprovalFile(), ApprovalHash(),
)  # fmt: skip
CHECKS: tuple[Check, ...] = (*_CHECKS, IgnoreKnown({check.id for check in _CHECKS if check.ignorable}))
"""Every check, by kind."""


def read_scope(content: Content, translations_dir: Path, *, today: date) -> Scope:
    """Read what belongs to a content tree; broken PO files and approvals become findings of the checks."""
    locales = tuple(locale for locale in locales_in(translations_dir) if locale != SOURCE)
    pot = translations_dir / "content.pot"
    return Scope(
        content=content, texts=texts_of(content), translations_dir=translations_dir, today=today,
        translations={locale: read_translations(translations_dir, locale) for locale in locales},
        approvals={locale: read_approvals(translations_dir, locale) for locale in (SOURCE, *locales)},
        template=pot.read_bytes() if pot.is_file() else b"",
    )  # fmt: skip


def run_checks(scope: Scope, checks: Iterable[Check] = CHECKS) -> tuple[Finding, ...]:
    """Return the findings of all checks, in the order of files and lines, without those an editor has excused."""
    excused = _excused(scope)
    found = {
        finding
        for check in checks
        for finding in check.findings(scope)
        if not (check.ignorable and check.id in excused[finding.place])
    }
    return tuple(sorted(found, key=sort_key))


def _excused(scope: Scope) -> defaultdict[str, set[str]]:
    excused: defaultdict[str, set[str]] = defaultdict(set)
    for topic in scope.content.topics.values():
        excused[topic.id] |= set(topic.ignore)
    for text in scope.texts:
        excused[text.place] |= text.ignore
    for excuse in scope.content.excuses:
        excused[excuse.place].add(excuse.check)
    return excused


__all__ = ["CHECKS", "Check", "Scope", "read_scope", "run_checks"]
