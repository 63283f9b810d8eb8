"""`kite evaluate`: how well Kite understands sentences it has never seen."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot import training
from bot.config import Settings, load_settings
from bot.evaluation import running
from bot.evaluation.judging import Judged, counted
from bot.evaluation.lines import Line, read

out, err = Console(highlight=False), Console(stderr=True, highlight=False)
app = typer.Typer(help="Measure the understanding on sentences it has never seen.", no_args_is_help=True)
Files = Annotated[list[Path], typer.Argument(help="JSON Lines named <kind>.<language>.jsonl")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object alone on stdout.")]
Misses = Annotated[bool, typer.Option("--misses", help="List the lines that went wrong, on the error stream.")]
Judge = Callable[[list[Line], Settings, Callable[[], None]], list[Judged]]


def _evaluate(
    kind: str, files: list[Path], parts: tuple[str, ...], judge: Judge, *, as_json: bool, misses: bool
) -> None:
    lines, settings = read(kind, files), load_settings()
    training.train(settings, Path.cwd(), tell=err.print, only=parts)
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(kind, total=len(lines))
        judged = judge(lines, settings, lambda: progress.advance(task))
    told = counted(judged)
    if misses:
        _print_misses(judged)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        _print(kind, told)


def _print_misses(judged: list[Judged]) -> None:
    for one in judged:
        if one.wrong:
            err.print(f"{one.line.place}: {one.wrong} · {one.line.text}", markup=False)


def _print(kind: str, told: dict[str, Any]) -> None:
    names = [name for name in told["all"] if name not in {"n", "concerns"}]
    table = Table("language", "n", *names, title=kind)
    for language, row in (*told["languages"].items(), ("all", told["all"])):
        table.add_row(language, str(row["n"]), *(_share(row, name) for name in names))
    out.print(table)
    if "concerns" in told["all"]:
        concerns = Table("concern", "n", *names, title="all languages, by concern")
        for concern, row in sorted(told["all"]["concerns"].items()):
            concerns.add_row(concern, str(row["n"]), *(_share(row, name) for name in names))
        out.print(concerns)


def _share(row: dict[str, int], name: str) -> str:
    return f"{row[name]} ({row[name] / row['n']:.0%})"


@app.command("questions")
def questions(files: Files, as_json: Json = False, misses: Misses = False) -> None:
    """Count how many questions are answered with their topic, offered it, or answered wrongly.

    Starts search and assistant itself. Example: `kite evaluate questions evaluation/questions.*.jsonl --misses`
    """

    def judge(lines: list[Line], settings: Settings, step: Callable[[], None]) -> list[Judged]:
        return asyncio.run(running.judge_questions(lines, settings, Path.cwd(), step))

    _evaluate("questions", files, ("safety", "search", "assistant"), judge, as_json=as_json, misses=misses)


@app.command("disclosures")
def disclosures(files: Files, as_json: Json = False, misses: Misses = False) -> None:
    """Count how many disclosures the screen finds, names rightly, and takes urgently enough; also per concern.

    Example: `kite evaluate disclosures evaluation/disclosures.*.jsonl`
    """

    def judge(lines: list[Line], settings: Settings, step: Callable[[], None]) -> list[Judged]:
        return running.judge_screen("disclosures", lines, settings, step)

    _evaluate("disclosures", files, ("safety",), judge, as_json=as_json, misses=misses)


@app.command("safe")
def safe(files: Files, as_json: Json = False, misses: Misses = False) -> None:
    """Count how many harmless messages raise a false alarm.

    Example: `kite evaluate safe evaluation/safe.*.jsonl --json`
    """

    def judge(lines: list[Line], settings: Settings, step: Callable[[], None]) -> list[Judged]:
        return running.judge_screen("safe", lines, settings, step)

    _evaluate("safe", files, ("safety",), judge, as_json=as_json, misses=misses)


@app.command("language")
def language(files: Files, as_json: Json = False, misses: Misses = False) -> None:
    """Count how often the language of a message is guessed rightly.

    Example: `kite evaluate language evaluation/language.*.jsonl`
    """
    _evaluate("language", files, ("language",), running.judge_language, as_json=as_json, misses=misses)
