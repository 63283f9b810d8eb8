"""`kite content …`: what editors, translators and reviewers type."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.content import commands

_HELP = """Check, translate, approve and compile what Kite says.

Every command may be run again and again; none needs a network.

Example, from a new sentence to people reading it in French:

kite content check

kite content extract

kite content update --locale fr

kite content approve people.guardian --locale fr --by "Name of the reviewer"

kite content compile --locale fr
"""

app = typer.Typer(help=_HELP, no_args_is_help=True, rich_markup_mode=None)

ContentDir = Annotated[
    Path, typer.Option("--content", envvar="KITE_CONTENT_DIR", help="Folder of the content.", show_default=True)
]
TranslationsDir = Annotated[
    Path, typer.Option("--translations", envvar="KITE_TRANSLATIONS_DIR", help="Folder of the translations.")
]
Locales = Annotated[list[str] | None, typer.Option("--locale", help="Only this locale; may be given again.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for other programmes.")]
Places = Annotated[list[str], typer.Argument(help="Msgctxt, topic or phrase id, or a pattern such as 'rights.*'.")]

_CONTENT = Path("content")
_TRANSLATIONS = Path("translations")


@app.command()
def check(
    content: ContentDir = _CONTENT,
    translations: TranslationsDir = _TRANSLATIONS,
    *,
    as_json: Json = False,
    notices: Annotated[bool, typer.Option("--notices", help="List notices too, one by one.")] = False,
) -> None:
    """Check content and translations; fail when there is an error.

    Example: kite content check --notices
    """
    _end(commands.check(content, translations, today=_today(), console=_console(), as_json=as_json, notices=notices))


@app.command()
def extract(content: ContentDir = _CONTENT, translations: TranslationsDir = _TRANSLATIONS) -> None:
    """Write the template of the translations from the content.

    Example: kite content extract
    """
    _end(commands.extract(content, translations, console=_console()))


@app.command()
def update(
    locale: Locales = None, content: ContentDir = _CONTENT, translations: TranslationsDir = _TRANSLATIONS
) -> None:
    """Bring PO files up to the content; changed sentences turn fuzzy and keep their old translation.

    Example: kite content update --locale fr
    """
    _end(commands.update(content, translations, console=_console(), locales=locale or ()))


@app.command(name="compile")
def compile_(
    locale: Locales = None, content: ContentDir = _CONTENT, translations: TranslationsDir = _TRANSLATIONS
) -> None:
    """Compile PO files; a running Kite serves the new words within 5 seconds.

    Example: kite content compile --locale ar
    """
    _end(commands.compile_locales(content, translations, today=_today(), console=_console(), locales=locale or ()))


@app.command()
def status(
    content: ContentDir = _CONTENT, translations: TranslationsDir = _TRANSLATIONS, *, as_json: Json = False
) -> None:
    """Show what is untranslated, draft, approved, outdated or expired, and which locales are live.

    Example: kite content status --json
    """
    _end(commands.status(content, translations, today=_today(), console=_console(), as_json=as_json))


@app.command()
def sources(content: ContentDir = _CONTENT, *, as_json: Json = False) -> None:
    """Show what each topic rests on, and which points of the seed documents no topic uses.

    Example: kite content sources
    """
    _end(commands.sources(content, console=_console(), as_json=as_json))


@app.command()
def report(
    content: ContentDir = _CONTENT,
    *,
    as_json: Json = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with every topic to this file.")] = None,
) -> None:
    """Show how easy the English is to read at each age: words, sentences, grades, hard words.

    Example: kite content report --html report.html
    """
    _end(commands.report(content, today=_today(), console=_console(), as_json=as_json, html=html))


@app.command()
def approve(
    places: Places,
    locale: Annotated[str, typer.Option(help="The locale you have read.")],
    by: Annotated[str, typer.Option(help="Your name; it is kept with the approval.")],
    content: ContentDir = _CONTENT,
    translations: TranslationsDir = _TRANSLATIONS,
) -> None:
    """Approve the present words of texts you have read; any later change needs a new approval.

    Example: kite content approve people.guardian 'safety.*' --locale fr --by "Name of the reviewer"
    """
    _end(
        commands.approve(content, translations, locale=locale, by=by, places=places, today=_today(), console=_console())
    )


@app.command()
def pull(
    place: Annotated[str, typer.Argument(help="Topic, phrase, msgctxt, or a number such as country.de/helpline.")],
    by: Annotated[str, typer.Option(help="Your name.")],
    why: Annotated[str, typer.Option(help="What is wrong with it.")],
    content: ContentDir = _CONTENT,
) -> None:
    """Take a wrong text or number out of every locale at once; people read "ask a person" instead.

    Example: kite content pull people.guardian/young/what --by "Your name" --why "the law has changed"
    """
    _end(commands.pull(content, place, by=by, why=why, today=_today(), console=_console()))


@app.command()
def restore(place: Annotated[str, typer.Argument(help="What was taken out.")], content: ContentDir = _CONTENT) -> None:
    """Put back what was taken out.

    Example: kite content restore people.guardian/young/what
    """
    _end(commands.restore(content, place, console=_console()))


def _console() -> Console:
    return Console()


def _today() -> date:
    return datetime.now(UTC).date()


def _end(code: int) -> None:
    if code:
        raise typer.Exit(code)
