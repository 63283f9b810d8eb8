"""`kite chat`: talk to Kite in the terminal, through the real pipeline."""

import asyncio
import contextlib
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from sqlalchemy import Connection, select

from bot import logs, training
from bot.channels.base import Batch
from bot.config import Settings, load_settings
from bot.errors import ConfigError
from bot.model import Button, Channel, Incoming, Kind, Tier
from bot.pipeline import Pipeline
from bot.processes import keep_running
from bot.runtime import Kite, opened
from bot.serving import children
from bot.store import conversations, outbox, schema
from bot.worker import loops
from bot.worker.bell import wait

console = Console(highlight=False)
PERSON = "terminal"


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("chat")(chat)


def chat(
    language: Annotated[str, typer.Option(help="The language to begin in.")] = "en",
    tier: Annotated[Tier, typer.Option(help="The age to be spoken to as.")] = Tier.MIDDLE,
) -> None:
    """Talk to Kite in the terminal, through the real pipeline and a store that is deleted afterwards.

    Type a number to tap a button; an empty line or Ctrl-D ends the talk.

    Example: `kite chat --language ar --tier middle`
    """
    settings = load_settings()
    logs.set_up("error")
    training.train(settings, Path.cwd(), tell=console.print)
    with tempfile.TemporaryDirectory(prefix="kite-chat-") as folder:
        asyncio.run(_talk(settings, Path(folder), language, tier))


@contextlib.asynccontextmanager
async def _running(settings: Settings, folder: Path) -> AsyncIterator[tuple[Kite, Pipeline]]:
    """Run a worker over a store of its own, with assistant and search unless they already run."""
    changes = {"database_url": "", "secret_key": "", "show_drafts": True, "data_dir": folder}
    temporary = settings.model_copy(update={**changes, "models": settings.model_dir})
    async with opened(temporary) as kite:
        pipeline = await kite.pipeline({})
        tasks = [asyncio.create_task(kite.follow_assistant()), asyncio.create_task(loops.run(pipeline))]
        await asyncio.sleep(1.5)
        if not kite.awake:
            tasks += [
                asyncio.create_task(keep_running(child, folder / "log")) for child in children(settings, Path.cwd())
            ]
        try:
            yield kite, pipeline
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _talk(settings: Settings, folder: Path, language: str, tier: Tier) -> None:
    async with _running(settings, folder) as (kite, pipeline):
        if language not in kite.content.current.locales:
            raise ConfigError(
                f"There is no language {language}: choose from {', '.join(kite.content.current.locales)}."
            )
        await _until_awake(kite)
        buttons: tuple[Button, ...] = ()
        shown = 0
        first = True
        while True:
            line = await asyncio.to_thread(_read)
            if not line:
                return
            incoming = _incoming(line, buttons, language)
            (accepted,) = await pipeline.receive(Channel.TERMINAL, Batch(incoming=(incoming,)))
            if first:
                chosen = partial(_choose, conversation_id=accepted.conversation_id, language=language, tier=tier)
                await kite.store.write(chosen)
                first = False
            shown, buttons = await _show(kite, accepted.conversation_id, accepted.inbox_id, shown)


def _choose(conn: Connection, *, conversation_id: str, language: str, tier: Tier) -> None:
    conversations.change(
        conn, conversation_id, language=language, language_chosen=True, tier=tier, tier_chosen=True, greeted=True
    )


async def _until_awake(kite: Kite) -> None:
    with Progress(SpinnerColumn(), TextColumn("waking the assistant …"), console=console, transient=True) as progress:
        progress.add_task("waking")
        while not kite.awake:
            await asyncio.sleep(0.3)


def _read() -> str:
    if sys.stdin.isatty():
        console.print("[bold]you[/] ", end="")
    return sys.stdin.readline().strip()


def _incoming(line: str, buttons: tuple[Button, ...], language: str) -> Incoming:
    tapped = buttons[int(line) - 1] if line.isdecimal() and 1 <= int(line) <= len(buttons) else None
    return Incoming(
        channel=Channel.TERMINAL,
        endpoint=PERSON,
        external_id=uuid.uuid4().hex,
        address=PERSON,
        kind=Kind.BUTTON if tapped else Kind.TEXT,
        text=tapped.label if tapped else line,
        payload=tapped.payload if tapped else "",
        language_hint=language,
    )


async def _show(kite: Kite, conversation_id: str, inbox_id: str, shown: int) -> tuple[int, tuple[Button, ...]]:
    """Wait until the message is done, print the replies after `shown`; return the newest number and its buttons."""
    buttons: tuple[Button, ...] = ()
    await _until_done(kite, inbox_id)
    rows = await kite.store.read(
        lambda conn: outbox.after(conn, kite.store.vault, conversation_id, shown, now=kite.clock())
    )
    for _, number, reply, _ in rows:
        shown = number
        console.print(f"[bold cyan]kite[/] {reply.text}\n", markup=True)
        buttons = reply.buttons or buttons
    for number, button in enumerate(buttons, start=1):
        console.print(f"  [{number}] {button.label}", markup=False, style="cyan")
    return shown, buttons


async def _until_done(kite: Kite, inbox_id: str) -> None:
    statement = select(schema.inbox.c.state).where(schema.inbox.c.id == inbox_id)
    with kite.bell.listening() as rung:
        while await kite.store.read(lambda conn: conn.execute(statement).scalar_one()) != "done":
            await wait(rung, 0.1)
