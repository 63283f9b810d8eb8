"""The held-out lines are held out: none of them stands in the training data."""

from pathlib import Path

import pytest

from bot.evaluation.lines import read
from bot.language import normalise

ROOT = Path(__file__).parent.parent.parent
LANGUAGES = sorted({path.name.split(".")[1] for path in (ROOT / "evaluation").glob("*.jsonl")})
SHORT = 3
"""Words from which on two equal lines are no chance."""


def training(language: str) -> set[str]:
    files = [
        *(ROOT / "content" / "questions" / language).glob("*.txt"),
        ROOT / "content" / "safety" / "examples" / f"{language}.txt",
    ]
    return {normalise(line) for path in files for line in path.read_text().splitlines() if line and line[0] not in "[#"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["questions", "disclosures", "safe"])
def test_no_held_out_line_is_trained_on(kind: str, language: str) -> None:
    """No line of more than three words stands in the training data as well."""
    known = training(language)
    lines = read(kind, [ROOT / "evaluation" / f"{kind}.{language}.jsonl"])
    assert lines
    same = [line.place for line in lines if len(line.text.split()) > SHORT and normalise(line.text) in known]
    assert same == []
