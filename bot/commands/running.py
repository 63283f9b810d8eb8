"""`kite up`, `gateway`, `worker`, `console` and `train`."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection

from bot import logs, training
from bot.config import Settings, load_settings
from bot.errors import ConfigError
from bot.model import Role
from bot.runtime import Kite
from bot.serving import serve
from bot.store import staff

console = Console(highlight=False)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("up")(up)
    app.command("gateway")(gateway)
    app.command("worker")(worker)
    app.command("console")(console_command)
    app.command("train")(train)


def root() -> Path:
    """Return the folder of the project, which Kite is run from."""
    return Path.cwd()


def up(
    show_drafts: Annotated[
        bool | None, typer.Option("--drafts/--no-drafts", help="Show texts nobody has approved yet, with a note.")
    ] = None,
    trains: Annotated[bool, typer.Option("--train/--no-train", help="Train first what is not trained.")] = True,
) -> None:
    """Start everything on this machine: gateway with web chat, worker, console, assistant, search and actions.

    Trains first what is not trained. Stop with Ctrl-C.

    Examples: `kite up` · `KITE_GATEWAY_PORT=9000 kite up --drafts`
    """
    settings = load_settings() if show_drafts is None else load_settings(show_drafts=show_drafts)
    logs.set_up(settings.log_level)
    if trains and not all(training.is_trained(part) for part in training.parts(settings, root())):
        _train_apart()
    asyncio.run(serve(settings, root(), frozenset({"gateway", "worker", "console"}), ready=_welcome))


def _train_apart() -> None:
    """Train in a process of its own, whose memory is gone when the serving begins; raise ConfigError if it fails."""
    done = subprocess.run([sys.executable, "-m", "bot.cli", "train"], check=False)
    if done.returncode:
        raise ConfigError("Training failed: what went wrong stands above.")


async def _welcome(kite: Kite) -> None:
    """Print where to click; make a one-time link for the first admin while there is no staff."""
    settings = kite.settings
    console.print(f"\nWeb chat   http://{settings.host}:{settings.gateway_port}/")
    console.print(f"Console    http://{settings.host}:{settings.console_port}/")
    link = await kite.store.write(lambda conn: _first_admin(conn, kite))
    if link is not None:
        console.print(f"First admin (one use, 24 hours):\n  {link}")
    console.print("The assistant is waking up; the web chat says so until it answers. Ctrl-C stops everything.\n")


def _first_admin(conn: Connection, kite: Kite) -> str | None:
    if staff.count(conn):
        return None
    token = staff.invite(conn, Role.ADMIN, now=kite.clock())
    return f"http://{kite.settings.host}:{kite.settings.console_port}/welcome/{token}"


def _one(role: str) -> None:
    settings = load_settings()
    logs.set_up(settings.log_level)
    asyncio.run(serve(settings, root(), frozenset({role})))


def gateway() -> None:
    """Run the gateway alone: webhooks and the web chat. Needs KITE_DATABASE_URL, so that several processes share it.

    Example: `KITE_DATABASE_URL=postgresql://kite@db/kite kite gateway`
    """
    _one("gateway")


def worker() -> None:
    """Run a worker alone: screening, dialogue, sending, clocks, and its children assistant, search and actions.

    Example: `KITE_DATABASE_URL=postgresql://kite@db/kite KITE_REDIS_URL=redis://cache kite worker`
    """
    _one("worker")


def console_command() -> None:
    """Run the console of caseworkers and editors alone.

    Example: `KITE_DATABASE_URL=postgresql://kite@db/kite kite console`
    """
    _one("console")


def train(
    parts: Annotated[
        list[str] | None, typer.Argument(help="What to train: language, safety, search, assistant.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Train even what is up to date.")] = False,
) -> None:
    """Train what is not trained, or only the parts named.

    Examples: `kite train` · `kite train search --again`
    """
    settings: Settings = load_settings()
    done = training.train(settings, root(), tell=console.print, only=parts or (), again=again)
    console.print(f"Trained: {', '.join(done)}." if done else "Everything is trained and up to date.")
