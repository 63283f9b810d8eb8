"""Every setting and every command is documented; every phrase the code names exists."""

import re
from pathlib import Path

import typer

from bot.cli import command_line
from bot.config import Settings

ROOT = Path(__file__).parent.parent.parent


def test_every_setting_is_documented() -> None:
    """`.env.example` and docs/settings.md name each setting."""
    example, docs = (ROOT / ".env.example").read_text(), (ROOT / "docs" / "settings.md").read_text()
    for name in Settings.model_fields:
        setting = f"KITE_{name.upper()}"
        assert re.search(rf"^{setting}=", example, re.MULTILINE), f"{setting} is not in .env.example"
        assert f"`{setting}`" in docs, f"{setting} is not in docs/settings.md"


def test_no_setting_is_documented_that_does_not_exist() -> None:
    """`.env.example` holds nothing that Kite does not read."""
    names = re.findall(r"^KITE_(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert {name.lower() for name in names} == set(Settings.model_fields)


def _commands(group: object, prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        full = f"{prefix} {name}".strip()
        found += _commands(command, full) if hasattr(command, "commands") else [(full, command)]
    return found


COMMANDS = _commands(typer.main.get_command(command_line()))


def test_every_command_is_documented_and_has_help_with_an_example() -> None:
    """docs/commands.md names each command; its help ends with an example."""
    docs = (ROOT / "docs" / "commands.md").read_text()
    for name, command in COMMANDS:
        assert f"`kite {name}" in docs, f"kite {name} is not in docs/commands.md"
        assert "xample" in (command.help or ""), f"kite {name} has no example in its help"  # type: ignore[attr-defined]


def test_the_commands_that_are_promised_exist() -> None:
    """The command line holds what the README promises."""
    names = {name for name, _ in COMMANDS}
    promised = {"up", "gateway", "worker", "console", "train", "chat", "doctor", "bench"}
    promised |= {f"content {name}" for name in ("check", "extract", "update", "compile", "status")}
    promised |= {f"staff {name}" for name in ("add", "list", "disable")}
    promised |= {f"evaluate {name}" for name in ("questions", "disclosures", "safe", "language")}
    assert promised <= names


def test_every_phrase_that_code_names_exists() -> None:
    """A phrase id in the code is a phrase of the content."""
    known = set()
    for path in (ROOT / "content" / "phrases").glob("*.yaml"):
        known |= set(re.findall(r"^\s*- id: (\S+)", path.read_text(), re.MULTILINE))
    named = set()
    for path in (*(ROOT / "bot" / "worker").glob("*.py"), *(ROOT / "bot" / "gateway").glob("*.py")):
        named |= set(re.findall(r'"((?:chat|safety|web)\.[a-z_]+)"', path.read_text()))
    assert named
    assert named <= known | {"chat.html"}
