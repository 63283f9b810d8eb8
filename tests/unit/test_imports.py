"""The import rules of the design."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PURE = ("language", "audience", "safety", "content", "search")
HEAVY = {"aiohttp", "telegram", "torch", "sentence_transformers"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize("package", PURE)
def test_importing_a_pure_core_loads_no_framework(package: str) -> None:
    """Importing a pure core loads no web framework, no channel library and no torch."""
    code = f"import sys, bot.{package}; print(*sorted(m.split('.')[0] for m in sys.modules))"
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.split()
    )
    assert loaded.isdisjoint(HEAVY)


def test_channels_do_not_import_the_gateway() -> None:
    """A channel knows its contract, not who calls it."""
    for path in (ROOT / "bot" / "channels").rglob("*.py"):
        assert not any(name.startswith(("bot.gateway", "bot.worker", "bot.console")) for name in imported(path)), path


def test_actions_import_only_the_model_and_the_content() -> None:
    """Actions decide; they reach neither the store nor the worker."""
    for path in (ROOT / "actions").rglob("*.py"):
        ours = {name for name in imported(path) if name.startswith("bot")}
        assert all(name.startswith(("bot.model", "bot.content")) for name in ours), (path, ours)


def test_only_the_search_process_imports_torch() -> None:
    """Importing sentence-transformers stalls an event loop for half a minute: one process alone does it."""
    for path in (ROOT / "bot").rglob("*.py"):
        if ".venv" in path.parts or "assistant" in path.parts:
            continue
        if any(name.split(".")[0] in {"torch", "sentence_transformers"} for name in imported(path)):
            assert path.parent.name == "search", path


def test_the_assistant_is_an_island() -> None:
    """The assistant runs on another Python: of Kite's packages it imports only how text is read."""
    for path in (ROOT / "bot" / "assistant" / "components").rglob("*.py"):
        ours = {name for name in imported(path) if name.startswith("bot.")}
        assert all(name.startswith(("bot.assistant", "bot.language")) for name in ours), (path, ours)
