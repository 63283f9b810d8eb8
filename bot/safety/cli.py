"""The commands of the safety screen: `kite safety try "..."` and `kite safety check`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.config import load_settings
from bot.errors import KiteError
from bot.safety import try_out
from bot.safety.screen import Screen

MODEL = "safety.npz"
"""The file of the classifier below the folder of the models."""

app = typer.Typer(help="The safety screen: try a sentence, check the patterns.", no_args_is_help=True)
_Content = Annotated[Path | None, typer.Option("--content", help="folder of the content; the deployment's by default")]
_Model = Annotated[Path | None, typer.Option("--model", help="file of the classifier; the deployment's by default")]


@app.command("try")
def try_(
    sentence: Annotated[str, typer.Argument(help="what a person might write")],
    language: Annotated[str | None, typer.Option(help="the person's language; guessed by default")] = None,
    content: _Content = None,
    model: _Model = None,
) -> None:
    """Say what the screen finds in a sentence, and why. The sentence is not stored.

    Example: `kite safety try "they took my papers" --language en`
    """
    settings = load_settings()
    try:
        screen = Screen.load(
            content_dir=content or settings.content_dir, model_path=model or settings.model_dir / MODEL
        )
    except KiteError as error:
        _fail(error)
    for line in try_out.try_sentence(screen, sentence, now=datetime.now(UTC), language=language):
        typer.echo(line)


@app.command()
def check(content: _Content = None) -> None:
    """Check that every entry catches and spares what it says; exit 1 with every problem at once.

    Example: `kite safety check`
    """
    problems = try_out.check(content or load_settings().content_dir)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        raise typer.Exit(1)
    typer.echo("Every entry catches and spares what it says.")


def _fail(error: KiteError) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1)
