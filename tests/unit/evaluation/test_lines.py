"""Reading evaluation files, and what is said about broken ones."""

import json
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.evaluation.lines import EXAMPLES, FIELDS, read


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", FIELDS)
def test_the_example_of_a_kind_is_a_line_of_that_kind(kind: str, tmp_path: Path) -> None:
    """What an error shows as a remedy is accepted."""
    (line,) = read(kind, [write(tmp_path / f"{kind}.ar.jsonl", EXAMPLES[kind])])
    assert line.language == "ar"
    assert line.text == "…"
    assert set(FIELDS[kind]) < set(line.expected)


def test_several_files_are_one_evaluation(tmp_path: Path) -> None:
    """Empty lines are none; every line keeps its place and the language of its file."""
    files = [
        write(tmp_path / "questions.en.jsonl", {"text": "a", "topic": "x.y"}, "", {"text": "b", "topic": "x.z"}),
        write(tmp_path / "questions.fr.jsonl", {"text": "c", "topic": "x.y"}),
    ]
    lines = read("questions", files)
    assert [(line.language, line.text) for line in lines] == [("en", "a"), ("en", "b"), ("fr", "c")]
    assert lines[1].place.endswith("questions.en.jsonl:3")


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("questions", "not json"),
        ("questions", "[]"),
        ("questions", {"text": "a"}),
        ("questions", {"text": 3, "topic": "x.y"}),
        ("questions", {"topic": "x.y"}),
        ("disclosures", {"text": "a", "concerns": [], "urgency": "now"}),
        ("disclosures", {"text": "a", "concerns": ["violence"], "urgency": "tomorrow"}),
        ("disclosures", {"text": "a", "concerns": "violence", "urgency": "now"}),
        ("safe", {"text": "a"}),
        ("language", {"text": "a", "language": None}),
    ],
)
def test_a_broken_line_is_told_with_file_number_and_remedy(kind: str, line: object, tmp_path: Path) -> None:
    """Whoever wrote it reads which line it is and how it should look."""
    path = write(tmp_path / f"{kind}.fa.jsonl", EXAMPLES[kind], line)
    with pytest.raises(ContentError) as caught:
        read(kind, [path])
    assert f"{path}:2: " in str(caught.value)
    assert EXAMPLES[kind] in str(caught.value)


@pytest.mark.parametrize("name", ["questions.jsonl", "questions.en.txt", "questions..jsonl", "a.b.c.jsonl"])
def test_a_file_of_another_name_is_refused(name: str, tmp_path: Path) -> None:
    """The language stands in the name."""
    with pytest.raises(ContentError, match=r"questions\.ar\.jsonl"):
        read("questions", [write(tmp_path / name, EXAMPLES["questions"])])


def test_a_file_that_is_missing_or_unreadable_is_told(tmp_path: Path) -> None:
    """Everything wrong is told at once."""
    odd = tmp_path / "questions.ar.jsonl"
    odd.write_bytes(b"\xff\xfe")
    with pytest.raises(ContentError) as caught:
        read("questions", [tmp_path / "questions.en.jsonl", odd])
    assert len(caught.value.findings) == 2
    assert "UTF-8" in str(caught.value)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    """A figure of nothing would be no figure."""
    with pytest.raises(ContentError, match="holds no lines"):
        read("safe", [write(tmp_path / "safe.en.jsonl", "")])
