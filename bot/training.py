"""Train what is not trained: the safety classifier, the language guesser, the search model and the assistant.

Each part keeps a fingerprint of what it was trained from; it is trained again only when that has changed.
"""

import contextlib
import hashlib
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.config import Settings
from bot.dialogue.process import environment as assistant_environment
from bot.dialogue.process import train_command
from bot.errors import ConfigError
from bot.processes import Command, environment

AT_ONCE = 2
LONGEST = "safety"
"""Begun first, so that the others are trained beside it."""

_READ = frozenset({".py", ".yaml", ".yml", ".txt", ".json", ".toml"})

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """Something that is trained: its name, the files it is trained from, what it makes, and how."""

    name: str
    sources: tuple[Path, ...]
    product: Path
    train: Callable[[Settings, Tell], None]


def parts(settings: Settings, root: Path) -> tuple[Part, ...]:
    """Return everything that can be trained, the shortest first."""
    content, models = settings.content_dir, settings.model_dir
    questions, examples = content / "questions", content / "safety"
    code = root / "bot"
    return (
        Part("language", (questions, examples, code / "language"), models / "language.npz", _train_language),
        Part("safety", (examples, questions, code / "safety", code / "language"), models / "safety.npz", _train_safety),
        Part(
            "search",
            (questions, content / "topics", code / "search", code / "language"),
            models / "search",
            _train_search,
        ),
        Part("assistant", (code / "assistant", code / "language"), models / "assistant", _train_assistant),
    )


def fingerprint(part: Part) -> str:
    """Return a hash over all source files of a part."""
    digest = hashlib.sha256()
    for path in sorted(_files(part.sources)):
        digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _files(sources: Iterable[Path]) -> Iterable[Path]:
    for source in sources:
        for folder, inner, names in os.walk(source):
            inner[:] = [name for name in inner if not name.startswith((".", "__pycache__")) and name != "tests"]
            yield from (Path(folder, name) for name in names if Path(name).suffix in _READ and name[0] != ".")


def is_trained(part: Part) -> bool:
    """Return whether a part was trained from the sources as they are now."""
    mark = _mark(part)
    return part.product.exists() and mark.exists() and mark.read_text() == fingerprint(part)


def _mark(part: Part) -> Path:
    return part.product.parent / f"{part.name}.fingerprint"


def train(settings: Settings, root: Path, *, tell: Tell, only: Sequence[str] = (), again: bool = False) -> list[str]:
    """Train what needs it; return the names of what was trained.

    `only` names parts, `again` trains them whether or not they need it. Raise ConfigError for an unknown name, or
    when a training fails (with where its log is).
    """
    known = {part.name: part for part in parts(settings, root)}
    for name in only:
        if name not in known:
            raise ConfigError(f"There is no part called {name}: choose from {', '.join(known)}.")
    todo = [part for part in known.values() if not (only and part.name not in only) and (again or not is_trained(part))]
    todo.sort(key=lambda part: part.name != LONGEST)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for training in [pool.submit(_train_part, part, settings, tell) for part in todo]:
            training.result()
    return [part.name for part in todo]


def _train_part(part: Part, settings: Settings, tell: Tell) -> None:
    began = time.monotonic()
    tell(f"training {part.name} …")
    part.product.parent.mkdir(parents=True, exist_ok=True)
    before = fingerprint(part)
    part.train(settings, tell)
    _mark(part).write_text(before)
    tell(f"trained {part.name} in {time.monotonic() - began:.0f} s")


def _train_language(settings: Settings, _tell: Tell) -> None:
    module = importlib.import_module("bot.language.training")  # scikit-learn: only where it is needed
    module.train(settings.content_dir, settings.model_dir / "language.npz")


def _train_safety(settings: Settings, tell: Tell) -> None:
    module = importlib.import_module("bot.safety.training")
    module.train(settings.content_dir, settings.model_dir / "safety.npz", progress=tell)


def _train_search(settings: Settings, tell: Tell) -> None:
    line = [sys.executable, "-m", "bot.search.train", "--content", str(settings.content_dir)]
    line += ["--translations", str(settings.translations_dir), "--out", str(settings.model_dir / "search")]
    if settings.embedding_model:
        line += ["--model", settings.embedding_model]
    _run("train-search", line, {}, settings, tell)


def _train_assistant(settings: Settings, tell: Tell) -> None:
    line = train_command(Path.cwd(), settings.model_dir / "assistant")
    _run("train-assistant", line, assistant_environment(settings), settings, tell)


def _run(name: str, line: Sequence[str], extra: dict[str, str], settings: Settings, tell: Tell) -> None:
    """Run a training that is a process of its own; its output goes to a log that a failure names."""
    log = settings.data_dir / "log" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with log.open("ab") as output:
        known = environment(Command(name, line, extra))
        process = subprocess.Popen(line, env=known, stdout=output, stderr=output)  # noqa: S603 (our own command lines)
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
                break
            tell(f"  {name.removeprefix('train-')}: still training ({time.monotonic() - began:.0f} s) …")
    if process.returncode:
        raise ConfigError(f"Training failed (exit code {process.returncode}): see {log}")
