"""What `kite content …` does: plain functions that print and return an exit code (0 = well, 1 = something is wrong).

None of them asks anything or needs a network; all of them may be run again and again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from rich.console import Console

from bot.content import approving, pulling, tables
from bot.content import report as reading
from bot.content.checks import Scope, read_scope, run_checks
from bot.content.errors import ContentError
from bot.content.extract import template, updated
from bot.content.files import write_whole
from bot.content.findings import Finding, Level
from bot.content.loader import load_content, read_content
from bot.content.locales import LOCALES, SOURCE
from bot.content.mo import write_mo
from bot.content.page import page
from bot.content.po import canonical, locales_in, open_po, po_path, read_translations
from bot.content.state import status as count_states
from bot.content.texts import Text, texts_of

_NOT_BLOCKING = frozenset({"po-update"})
"""A PO file behind the content still compiles: what is behind is outdated and not served."""


def check(
    content_dir: Path,
    translations_dir: Path,
    *,
    today: date,
    console: Console,
    as_json: bool = False,
    notices: bool = False,
) -> int:
    """Print every finding at once; return 1 if one of them is an error."""
    content, broken = read_content(content_dir)
    findings = broken or run_checks(read_scope(content, translations_dir, today=today))
    if as_json:
        _plain(console, json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        tables.print_findings(console, findings, notices=notices)
    return int(any(finding.level is Level.ERROR for finding in findings))


def extract(content_dir: Path, translations_dir: Path, *, console: Console) -> int:
    """Write the template `content.pot`; the same content always gives the same bytes."""
    texts = _texts(content_dir, console)
    if texts is None:
        return 1
    path = translations_dir / "content.pot"
    changed = write_whole(path, canonical(template(texts)))
    _plain(console, f"{path}: {len(texts)} texts, {'written' if changed else 'unchanged'}")
    return 0


def update(content_dir: Path, translations_dir: Path, *, console: Console, locales: Sequence[str] = ()) -> int:
    """Bring PO files up to the content, those named or all there are; a locale that has none gets one."""
    texts = _texts(content_dir, console)
    wanted = _known(locales or _translated(translations_dir), console)
    if texts is None or wanted is None:
        return 1
    return max((_update(texts, translations_dir, locale, console) for locale in wanted), default=0)


def compile_locales(
    content_dir: Path, translations_dir: Path, *, today: date, console: Console, locales: Sequence[str] = ()
) -> int:
    """Write `content.mo` beside each PO file named, or all of them.

    A locale with an error in its PO file keeps the compiled file it had, and the code is 1.
    """
    content, broken = read_content(content_dir)
    wanted = _known(locales or _translated(translations_dir), console)
    if broken or wanted is None:
        tables.print_findings(console, broken)
        return 1
    scope = read_scope(content, translations_dir, today=today)
    findings = run_checks(scope)
    return max((_compile(scope, findings, locale, console) for locale in wanted), default=0)


def status(content_dir: Path, translations_dir: Path, *, today: date, console: Console, as_json: bool = False) -> int:
    """Print how many texts of each locale, group and tier are in each state, and which locales are live."""
    texts = _texts(content_dir, console)
    if texts is None:
        return 1
    counted = count_states(texts, translations_dir, today=today)
    if as_json:
        rows = [{**asdict(row), "counts": {str(state): n for state, n in row.counts.items()}} for row in counted.rows]
        _plain(console, json.dumps({"live": dict(counted.live), "rows": rows}, ensure_ascii=False, indent=2))
    else:
        tables.print_status(console, counted)
    return 0


def sources(content_dir: Path, *, console: Console, as_json: bool = False) -> int:
    """Print what each topic rests on, who reviewed it, until when it may be shown, and which points no topic uses."""
    try:
        content = load_content(content_dir)
    except ContentError as error:
        return _refuse(console, error)
    topics = content.topics.values()
    if as_json:
        told = {topic.id: [asdict(source) for source in topic.sources] for topic in topics}
        points = [asdict(point) for point in content.sourcing.points]
        _plain(console, json.dumps({"topics": told, "points": points}, ensure_ascii=False, indent=2))
    else:
        tables.print_sources(console, content)
    return 0


def report(content_dir: Path, *, today: date, console: Console, as_json: bool = False, html: Path | None = None) -> int:
    """Print how easy the English is to read for each tier; write the page with every topic if `html` is given."""
    try:
        content = load_content(content_dir)
    except ContentError as error:
        return _refuse(console, error)
    rows = reading.summaries(content)
    if as_json:
        told = [asdict(row) for row in rows]
        _plain(console, json.dumps(told, ensure_ascii=False, indent=2))
    else:
        tables.print_report(console, rows)
    if html is not None:
        changed = write_whole(html, page(rows, reading.readings(content), today=today).encode())
        _plain(console, f"{html}: {'written' if changed else 'unchanged'}")
    return 0


def approve(
    content_dir: Path,
    translations_dir: Path,
    *,
    locale: str,
    by: str,
    places: Sequence[str],
    today: date,
    console: Console,
) -> int:
    """Record that `by` has read and approved the present words of `places` in a locale.

    A place is a msgctxt, a topic or phrase id, or a pattern such as `rights.*`. Nothing is approved at all if a place
    is unknown, not translated, outdated, or has an error: a reviewer approves what is right.
    """
    content, broken = read_content(content_dir)
    if broken or not by.strip() or _known([locale], console) is None:
        tables.print_findings(console, broken)
        _plain(console, "Nothing was approved: it takes a name (--by), a known locale and content without errors.")
        return 1
    scope = read_scope(content, translations_dir, today=today)
    candidates, wrong = approving.candidates(scope, locale, places)
    if wrong:
        _plain(console, "\n".join([*wrong, "Nothing was approved."]))
        return 1
    approving.record(translations_dir, locale, candidates, by=by.strip(), on=today)
    _plain(console, f"{locale}: {len(candidates)} texts approved by {by.strip()}")
    return 0


def pull(content_dir: Path, place: str, *, by: str, why: str, today: date, console: Console) -> int:
    """Take a text or a number out of every locale, at once."""
    try:
        changed = pulling.pull(content_dir, place, by=by, why=why, on=today)
    except KeyError:
        _plain(
            console,
            f"{place}: nothing of that name can be taken out; name a topic, phrase, msgctxt or country.xx/number.",
        )
        return 1
    except ContentError as error:
        return _refuse(console, error)
    _plain(console, f"{place}: {'taken out of every locale' if changed else 'was out already'}")
    return 0


def restore(content_dir: Path, place: str, *, console: Console) -> int:
    """Put a text or a number back that was taken out."""
    try:
        changed = pulling.restore(content_dir, place)
    except ContentError as error:
        return _refuse(console, error)
    _plain(console, f"{place}: {'is back' if changed else 'was not taken out'}")
    return 0 if changed else 1


def _texts(content_dir: Path, console: Console) -> tuple[Text, ...] | None:
    try:
        return texts_of(load_content(content_dir))
    except ContentError as error:
        _refuse(console, error)
        return None


def _refuse(console: Console, error: ContentError) -> int:
    tables.print_findings(console, [found for found in error.findings if isinstance(found, Finding)])
    return 1


def _translated(translations_dir: Path) -> tuple[str, ...]:
    return tuple(locale for locale in locales_in(translations_dir) if locale in LOCALES and locale != SOURCE)


def _known(locales: Sequence[str], console: Console) -> Sequence[str] | None:
    unknown = [locale for locale in locales if locale not in LOCALES]
    if unknown:
        _plain(console, f"Unknown locale {unknown[0]!r}: choose one of {', '.join(LOCALES)}.")
    return None if unknown else locales


def _update(texts: tuple[Text, ...], translations_dir: Path, locale: str, console: Console) -> int:
    path = po_path(translations_dir, locale)
    if locale == SOURCE:
        _plain(console, "English is the content itself and has no PO file; choose another locale.")
        return 1
    try:
        old = open_po(path) if path.is_file() else None
    except (OSError, ValueError):
        tables.print_findings(console, read_translations(translations_dir, locale).findings)
        return 1
    po = updated(old, texts, locale)
    changed = write_whole(path, canonical(po))
    empty = sum(1 for entry in po if not entry.msgstr and not entry.obsolete)
    _plain(console, f"{path}: {len(texts)} texts, {empty} not translated, {'written' if changed else 'unchanged'}")
    return 0


def _compile(scope: Scope, findings: Iterable[Finding], locale: str, console: Console) -> int:
    translations = scope.translations.get(locale)
    if translations is None:
        _plain(console, f"{locale}: there is no PO file; run `kite content update --locale {locale}`.")
        return 1
    wrong = [
        finding for finding in findings
        if finding.file == translations.file and finding.level is Level.ERROR and finding.check not in _NOT_BLOCKING
    ]  # fmt: skip
    if wrong:
        tables.print_findings(console, wrong)
        _plain(console, f"{locale}: not compiled, the compiled file is as it was")
        return 1
    changed = write_mo(scope.translations_dir, translations)
    count = sum(bool(entry.text) for entry in translations.entries.values())
    _plain(console, f"{locale}: {count} of {len(scope.texts)} texts, {'written' if changed else 'unchanged'}")
    return 0


def _plain(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
