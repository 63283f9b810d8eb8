"""`kite evaluate`: what it prints where, and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.commands import evaluating
from bot.config import Settings
from bot.errors import ContentError
from bot.evaluation import judging, running
from bot.evaluation.judging import Judged
from bot.evaluation.lines import EXAMPLES, FIELDS, Line
from bot.model import Finding, Urgency

FOUND = Finding(concerns=("violence",), urgency=Urgency.TODAY)


@pytest.fixture(autouse=True)
def trained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Take everything as trained; return which parts were asked for."""
    asked: list[tuple[str, ...]] = []

    def train(_settings: Settings, _root: Path, *, tell: Callable[[str], None], only: tuple[str, ...]) -> list[str]:
        asked.append(only)
        tell("training …")
        return []

    monkeypatch.setattr(evaluating.training, "train", train)
    return asked


@pytest.fixture(autouse=True)
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge without processes and models: every first line is right, the others are not."""

    def screen(kind: str, lines: list[Line], _settings: Settings, step: Callable[[], None]) -> list[Judged]:
        step()
        if kind == "safe":
            return [judging.safe(line, FOUND if number else None) for number, line in enumerate(lines)]
        return [judging.disclosure(line, None if number else FOUND) for number, line in enumerate(lines)]

    async def questions(lines: list[Line], _settings: Settings, _root: Path, step: Callable[[], None]) -> list[Judged]:
        step()
        topics = [None if number else str(line.expected["topic"]) for number, line in enumerate(lines)]
        return [judging.question(line, None, topic, ()) for line, topic in zip(lines, topics, strict=True)]

    def language(lines: list[Line], _settings: Settings, _step: Callable[[], None]) -> list[Judged]:
        return [judging.language(line, None if number else "ar") for number, line in enumerate(lines)]

    monkeypatch.setattr(running, "judge_screen", screen)
    monkeypatch.setattr(running, "judge_questions", questions)
    monkeypatch.setattr(running, "judge_language", language)


def files(folder: Path, kind: str) -> list[str]:
    paths = []
    for language in ("ar", "fr"):
        path = folder / f"{kind}.{language}.jsonl"
        path.write_text(f"{EXAMPLES[kind]}\n{EXAMPLES[kind]}\n", encoding="utf-8")
        paths.append(str(path))
    return paths


@pytest.mark.parametrize("kind", FIELDS)
def test_json_stands_alone_on_stdout(kind: str, tmp_path: Path) -> None:
    """A program can read it: one object, with progress and misses elsewhere."""
    result = CliRunner().invoke(evaluating.app, [kind, *files(tmp_path, kind), "--json", "--misses"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert set(told) == {"languages", "all"}
    assert set(told["languages"]) == {"ar", "fr"}
    assert told["all"]["n"] == 4
    assert all(isinstance(count, int) for name, count in told["all"].items() if name != "concerns")


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("questions", {"n", "right", "suggested", "wrong", "none", "alarmed"}),
        ("disclosures", {"n", "found", "concern_right", "urgency_ok", "concerns"}),
        ("safe", {"n", "alarms"}),
        ("language", {"n", "right"}),
    ],
)
def test_the_counts_of_each_kind_are_the_agreed_ones(kind: str, names: set[str], tmp_path: Path) -> None:
    """Others read them by name."""
    told = json.loads(CliRunner().invoke(evaluating.app, [kind, *files(tmp_path, kind), "--json"]).stdout)
    assert set(told["all"]) == set(told["languages"]["ar"]) == names


@pytest.mark.parametrize("kind", FIELDS)
def test_a_table_has_a_row_a_language(kind: str, tmp_path: Path) -> None:
    """And one for all; misses are listed only when asked for."""
    result = CliRunner().invoke(evaluating.app, [kind, *files(tmp_path, kind)])
    assert result.exit_code == 0, result.output
    for word in ("ar", "fr", "all"):
        assert word in result.stdout
    assert ".jsonl:" not in result.output


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("questions", {"search", "assistant", "safety"}),
        ("disclosures", {"safety"}),
        ("safe", {"safety"}),
        ("language", {"language"}),
    ],
)
def test_only_what_is_needed_is_trained(
    kind: str, parts: set[str], tmp_path: Path, trained: list[tuple[str, ...]]
) -> None:
    """The screen can be measured without the assistant."""
    CliRunner().invoke(evaluating.app, [kind, *files(tmp_path, kind)])
    assert parts <= set(trained[0]) <= parts | {"language"}


def test_misses_are_listed_with_their_place(tmp_path: Path) -> None:
    """Each line that went wrong, on the error stream."""
    result = CliRunner().invoke(evaluating.app, ["safe", *files(tmp_path, "safe"), "--misses"])
    assert "jsonl:2" in result.stderr.replace("\n", "")
    assert "alarm: violence" in result.stderr.replace("\n", " ")


def test_a_broken_file_ends_it_before_anything_is_trained(tmp_path: Path, trained: list[tuple[str, ...]]) -> None:
    """The error is one of Kite's, which the command line prints and leaves with 1."""
    path = tmp_path / "safe.ar.jsonl"
    path.write_text("{}\n")
    result = CliRunner().invoke(evaluating.app, ["safe", str(path)])
    assert result.exit_code == 1
    assert isinstance(result.exception, ContentError)
    assert trained == []
