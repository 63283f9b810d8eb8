"""`kite`: every command of the project. Errors are one clear line and a non-zero exit."""

import sys
from importlib import import_module

import typer
from rich.console import Console

from bot.errors import KiteError

ABOUT = "Kite answers the questions of children and families on the move, and puts a child in danger before a human."
MODULES = {
    "up": "bot.commands.running",
    "gateway": "bot.commands.running",
    "worker": "bot.commands.running",
    "console": "bot.commands.running",
    "train": "bot.commands.running",
    "chat": "bot.commands.talking",
    "doctor": "bot.commands.inspecting",
    "bench": "bot.commands.benchmarking",
    "staff": "bot.commands.staffing",
    "content": "bot.content.cli",
    "safety": "bot.safety.cli",
    "evaluate": "bot.commands.evaluating",
}
"""Where each command lives: importing all of them for one costs seconds."""


def command_line(called: str = "") -> typer.Typer:
    """Return the command line with the command that is called, or with all where that is none of them."""
    app = typer.Typer(
        name="kite",
        help=ABOUT,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
    )
    app.callback()(lambda: None)  # without it a single command would be taken for the whole command line
    wanted = {called: MODULES[called]} if called in MODULES else MODULES
    for module in dict.fromkeys(wanted.values()):
        found = import_module(module)
        if hasattr(found, "add_to"):
            found.add_to(app)
        else:
            app.add_typer(found.app, name=next(name for name, place in wanted.items() if place == module))
    return app


def main() -> None:
    """Run the command line; a mistake of the person who called it is told in one line."""
    try:
        command_line(sys.argv[1] if len(sys.argv) > 1 else "")()
    except KiteError as error:
        Console(stderr=True, highlight=False).print(f"kite: {error}", style="red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
