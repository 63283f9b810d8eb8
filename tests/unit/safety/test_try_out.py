"""What an officer sees: trying a sentence, checking the files."""

from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.safety import Screen
from bot.safety.cli import app
from bot.safety.report import Report
from bot.safety.try_out import check, try_sentence
from tests.unit.safety import tiny

RUN = CliRunner()


def test_a_sentence_is_explained(screen: Screen, now: datetime) -> None:
    """Language, finding, urgency, flags and the words that mattered."""
    lines = try_sentence(screen, "my uncle hits me and is next to me", now=now)
    assert lines[0] == "language: en"
    assert lines[1].startswith("finding: violence")
    assert lines[1].endswith("urgency: now, flags: perpetrator_present")
    assert "  violence: pattern violence.hits in 'hits me'" in lines
    assert any(line.startswith("classifier: ") for line in lines)


def test_no_finding_and_hints_are_told(patterns_alone: Screen, now: datetime) -> None:
    """What is only remembered is told too, and a missing classifier."""
    lines = try_sentence(patterns_alone, "i dont feel safe here", now=now)
    assert any("remembered as a hint: vague" in line for line in lines)
    assert any(line.startswith("careful: ") for line in lines)
    assert "finding: none" in try_sentence(patterns_alone, "??", now=now)
    assert try_sentence(patterns_alone, "12", now=now)[0] == "language: unsure"


FAILING = tiny.ENGLISH.replace('catches: "i want to die"', 'catches: "the plant will die"').replace(
    'spares: "i lost my keys"', 'spares: "i lost my brother"'
)


def test_entries_that_do_not_keep_their_word_are_listed(tmp_path: Path) -> None:
    """A wrong `catches` or `spares` is told with file, line and what to do."""
    assert check(tiny.write(tmp_path)) == []
    problems = check(tiny.write(tmp_path, english=FAILING))
    assert [problem.place for problem in problems] == ["self_harm.die", "missing.lost"]
    assert "does not catch 'the plant will die'" in str(problems[0])
    assert "does not spare 'i lost my brother'" in str(problems[1])
    line = (tmp_path / "safety" / "en.yaml").read_text().splitlines()[problems[0].line - 1]
    assert "self_harm.die" in line


def test_missing_sentences_and_broken_files_are_listed(tmp_path: Path) -> None:
    """Everything wrong comes at once: entries without sentences, broken examples, a broken catalogue."""
    bare = 'entries:\n  - {id: x, concern: violence, patterns: ["hits me"]}\n'
    folder = tiny.write(tmp_path, english=bare)
    (folder / "safety" / "examples" / "en.txt").write_text("[nonsense]\n")
    told = "\n".join(map(str, check(folder)))
    assert "has no `catches`" in told
    assert "has no `spares`" in told
    assert "knows no nonsense" in told
    (folder / "safety" / "concerns.yaml").write_text("concerns: [")
    assert [problem.file for problem in check(folder)] == ["safety/concerns.yaml"]


def test_the_commands(content: Path, trained: tuple[Path, Report], tmp_path: Path) -> None:
    """`try` explains, `check` passes on good content and fails with the list on bad content."""
    result = RUN.invoke(app, ["try", "he hits me", "--content", str(content), "--model", str(trained[0])])
    assert result.exit_code == 0
    assert "finding: violence" in result.output
    good = RUN.invoke(app, ["check", "--content", str(content)])
    assert (good.exit_code, good.output.strip()) == (0, "Every entry catches and spares what it says.")
    bad = tiny.write(tmp_path, english=FAILING)
    failed = RUN.invoke(app, ["check", "--content", str(bad)])
    assert failed.exit_code == 1
    assert "self_harm.die" in failed.output


def test_try_on_broken_content_is_one_clear_message(tmp_path: Path) -> None:
    """No stack trace for an officer."""
    folder = tiny.write(tmp_path, english="entries: [")
    result = RUN.invoke(app, ["try", "hello", "--content", str(folder)])
    assert result.exit_code == 1
    assert "en.yaml" in result.output


def test_the_real_entries_keep_their_word() -> None:
    """Every entry that comes with Kite catches and spares what it says."""
    problems = check(tiny.CONTENT)
    if problems:
        pytest.fail("\n".join(map(str, problems)))
