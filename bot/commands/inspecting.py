"""`kite doctor`: what is configured, what is missing, and how to fix it."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot import training
from bot.clock import utc_now
from bot.config import Settings, load_settings
from bot.content.watch import LiveCatalogue
from bot.dialogue.process import assistant_python
from bot.errors import KiteError
from bot.runtime import secret_key
from bot.serving import receivers
from bot.store import staff
from bot.store.store import opened_store
from bot.store.vault import new_master_key

console = Console(highlight=False)
GOOD, NOTE, BAD = "ok", "note", "missing"
COLOURS = {GOOD: "green", NOTE: "yellow", BAD: "red"}


@dataclass(frozen=True)
class Check:
    """One thing looked at: `state` is ok, note or missing; `remedy` says how to mend it."""

    state: str
    subject: str
    found: str
    remedy: str = ""


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("doctor")(doctor)


def doctor(
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Print a fresh master key for KITE_SECRET_KEY, nothing else.")
    ] = False,
) -> None:
    """Tell what is configured, what is missing and how to fix it; exit code 1 when something is missing.

    Examples: `kite doctor` · `kite doctor --new-key >> .env`
    """
    if new_key:
        typer.echo(new_master_key())
        return
    settings = load_settings()
    checks = list(examine(settings, Path.cwd()))
    table = Table("", "What", "Found", "How to fix it")
    for check in checks:
        table.add_row(f"[{COLOURS[check.state]}]{check.state}[/]", check.subject, check.found, check.remedy)
    console.print(table)
    if any(check.state == BAD for check in checks):
        raise typer.Exit(1)


def examine(settings: Settings, root: Path) -> Iterator[Check]:
    """Yield what was found, in the order in which things are needed."""
    yield Check(GOOD, "Python", sys.version.split()[0])
    yield _environment(root)
    yield from _training(settings, root)
    yield _content(settings)
    yield _store(settings)
    yield from _channels(settings)
    yield _drafts(settings)
    yield _rota()


def _environment(root: Path) -> Check:
    if assistant_python(root).exists():
        return Check(GOOD, "Assistant's environment", "there")
    return Check(BAD, "Assistant's environment", "not there", "make install (needs Python 3.10, or uv to fetch it)")


def _training(settings: Settings, root: Path) -> Iterator[Check]:
    for part in training.parts(settings, root):
        trained = training.is_trained(part)
        found = "trained" if trained else "not trained, or its sources have changed"
        yield Check(
            GOOD if trained else BAD, f"Model: {part.name}", found, "" if trained else f"kite train {part.name}"
        )


def _content(settings: Settings) -> Check:
    try:
        live = LiveCatalogue(
            settings.content_dir, settings.translations_dir, show_drafts=settings.show_drafts, clock=utc_now
        )
    except KiteError as error:
        return Check(BAD, "Content", str(error).splitlines()[0], "kite content check")
    locales = live.current.locales
    approved = [locale for locale in locales if live.current.live(locale)]
    if not locales:
        return Check(
            BAD, "Content", "no language is live", "kite content approve …, or KITE_SHOW_DRAFTS=1 for a demonstration"
        )
    return Check(
        GOOD,
        "Content",
        f"{len(live.current.topics)} topics; shown: {', '.join(locales)}; live: {', '.join(approved) or 'none'}",
    )


def _store(settings: Settings) -> Check:
    async def look() -> int:
        async with opened_store(
            database_url=settings.database_url, sqlite_path=settings.sqlite_path, secret_key=secret_key(settings)
        ) as store:
            return await store.read(staff.count)

    kind = "PostgreSQL" if settings.database_url else f"SQLite ({settings.sqlite_path})"
    try:
        members = asyncio.run(look())
    except (KiteError, OSError) as error:
        return Check(
            NOTE,
            "Store",
            f"{kind}: {str(error).splitlines()[0]}",
            "stop the running Kite to look inside" if not settings.database_url else "check KITE_DATABASE_URL",
        )
    if not members:
        return Check(NOTE, "Store", f"{kind}; no staff yet", "open the link that `kite up` prints, or kite staff add")
    return Check(GOOD, "Store", f"{kind}; {members} members of staff")


def _channels(settings: Settings) -> Iterator[Check]:
    yield Check(GOOD, "Web chat", settings.public_url)
    try:
        receivers(settings)
    except KiteError as error:
        yield Check(BAD, "Channels", str(error), "see .env.example")
        return
    whatsapp, telegram = bool(settings.whatsapp_token), bool(settings.telegram_token)
    yield Check(
        GOOD if whatsapp else NOTE,
        "WhatsApp",
        "configured" if whatsapp else "off",
        "" if whatsapp else "KITE_WHATSAPP_…, see .env.example",
    )
    yield Check(
        GOOD if telegram else NOTE,
        "Telegram",
        settings.telegram_mode if telegram else "off",
        "" if telegram else "KITE_TELEGRAM_TOKEN, see .env.example",
    )


def _drafts(settings: Settings) -> Check:
    if settings.show_drafts:
        return Check(NOTE, "Drafts", "shown with a note", "never in a deployment: KITE_SHOW_DRAFTS=0")
    return Check(GOOD, "Drafts", "hidden")


def _rota() -> Check:
    return Check(
        NOTE, "Rota and referral pathway", "not kept in Kite yet: no waiting time is promised to anybody",
        "name who answers at which hours and where children are referred before real children write",
    )  # fmt: skip
