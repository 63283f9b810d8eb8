"""`kite`: every command of the project. Errors are one clear line and a non-zero exit."""

import sys

import typer
from rich.console import Console

from bot.commands import benchmarking, evaluating, inspecting, running, staffing, talking
from bot.content.cli import app as content_app
from bot.errors import KiteError
from bot.safety.cli import app as safety_app

app = typer.Typer(
    name="kite",
    help="Kite answers the questions of children and families on the move, and puts a child in danger before a human.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
running.add_to(app)
talking.add_to(app)
inspecting.add_to(app)
benchmarking.add_to(app)
app.add_typer(staffing.app, name="staff")
app.add_typer(content_app, name="content")
app.add_typer(safety_app, name="safety")
app.add_typer(evaluating.app, name="evaluate")


def main() -> None:
    """Run the command line; a mistake of the person who called it is told in one line."""
    try:
        app()
    except KiteError as error:
        Console(stderr=True, highlight=False).print(f"kite: {error}", style="red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
