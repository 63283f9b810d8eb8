"""`kite bench`: messages a second and latency, beside the bot that `rasa init` makes."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot import training
from bot.bench.run import Load, bench
from bot.config import load_settings

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("bench")(bench_command)


def bench_command(
    people: Annotated[int, typer.Option(help="People who write at the same time.", min=1)] = 16,
    each: Annotated[int, typer.Option(help="Messages of each of them.", min=1)] = 10,
    long: Annotated[int, typer.Option(help="Messages of the one long conversation.", min=20)] = 150,
    compare: Annotated[bool, typer.Option(help="Measure the stock bot of `rasa init` in the same run.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object alone on stdout.")] = False,
) -> None:
    """Drive signed WhatsApp webhooks at a whole Kite and measure from webhook to delivered reply.

    A local stand-in takes Meta's place. The stock bot is measured in the same run on the same machine; the ratios say
    how many times better Kite is.

    Examples: `kite bench` · `kite bench --no-compare --people 32 --json`
    """
    settings = load_settings()
    training.train(settings, Path.cwd(), tell=err.print)
    with tempfile.TemporaryDirectory(prefix="kite-bench-") as folder:
        load = Load(people, each, long)
        told = asyncio.run(bench(settings, Path.cwd(), Path(folder), load, compare=compare, tell=err.print))
    if as_json:
        typer.echo(json.dumps(told))
    else:
        _print(told)


def _print(told: dict[str, Any]) -> None:
    table = Table("Run", "messages", "per second", "p50 ms", "p95 ms", "p99 ms", "lost", title="From message to reply")
    for name, row in told.items():
        if not name.startswith("ratio"):
            table.add_row(name, *(str(row[key]) for key in ("messages", "per_second", "p50", "p95", "p99", "lost")))
    out.print(table)
    ratios = Table(
        "Kite against the stock bot", "throughput", "p50", "p95", "p99", title="Ratios (above 1: Kite is better)"
    )
    for name, row in told.items():
        if name.startswith("ratio"):
            ratios.add_row(
                name.removeprefix("ratio_"), *(f"{row[key]:.2f}" for key in ("throughput", "p50", "p95", "p99"))
            )
    if ratios.row_count:
        out.print(ratios)
