"""How often the classifier is right about lines it has not seen, by language."""

from pathlib import Path

import pytest
from rasa.core.agent import Agent

from test_data import examples

HELD_OUT = Path(__file__).parent / "held_out"
LEAST = 0.93
DANGEROUS = {"delete_data"}  # what must not be set off by accident


@pytest.mark.parametrize("language", sorted(path.stem for path in HELD_OUT.glob("*.yml")))
async def test_the_classifier_is_right_often_enough(agent: Agent, language: str) -> None:
    """The accuracy on held-out lines is printed (`-s`) and has a floor."""
    lines = examples(HELD_OUT / f"{language}.yml")
    guesses = [(intent, line, (await agent.parse_message(line))["intent"]["name"]) for intent, line in lines]
    wrong = [guess for guess in guesses if guess[0] != guess[2]]
    accuracy = 1 - len(wrong) / len(guesses)
    print(f"\n{language}: {accuracy:.1%} of {len(guesses)}; wrong: {wrong}")
    assert accuracy >= LEAST
    assert not [guess for guess in wrong if guess[2] in DANGEROUS]
