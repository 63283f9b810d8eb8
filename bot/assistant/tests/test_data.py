"""The training data: enough of it, in every language, and nothing forgotten."""

from pathlib import Path
from typing import Any, Dict, List, Set, Tuple

import pytest
import yaml

from components.folding import tokens
from components.vocabulary import SPOKEN

PROJECT = Path(__file__).parent.parent
TOPICS = sorted(folder.name for folder in (PROJECT / "data").iterdir())
FEWEST = 20


def read(path: Path) -> Dict[str, Any]:
    data: Dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def examples(path: Path) -> List[Tuple[str, str]]:
    """Return (intent, folded example) of a file of training or test data."""
    blocks = read(path)["nlu"]
    return [
        (block["intent"], " ".join(tokens(line.removeprefix("- "))))
        for block in blocks
        for line in block["examples"].splitlines()
    ]


def intents(topic: str) -> List[str]:
    return list(read(PROJECT / "domain" / f"{topic}.yml").get("intents", []))


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_intent_has_enough_examples_in_every_language(topic: str, language: str) -> None:
    """Twenty different lines at least, each intent and language in a file of its own."""
    for intent in intents(topic):
        lines = examples(PROJECT / "data" / topic / f"{intent}.{language}.yml")
        assert {name for name, _ in lines} == {intent}
        assert len({line for _, line in lines}) >= FEWEST, f"{intent}.{language}"


@pytest.mark.parametrize("topic", TOPICS)
def test_every_intent_has_a_rule(topic: str) -> None:
    """An intent without a rule would leave a person without an answer."""
    rules = read(PROJECT / "data" / topic / "rules.yml")["rules"]
    ruled = {step["intent"] for rule in rules for step in rule["steps"] if "intent" in step}
    assert ruled == set(intents(topic))


def test_domain_and_data_mirror_each_other() -> None:
    """One domain file a topic of data, and one shared."""
    domains = {path.stem for path in (PROJECT / "domain").iterdir()}
    assert domains == {*TOPICS, "_shared"}


def test_every_response_is_a_payload() -> None:
    """No response carries prose."""
    for path in (PROJECT / "domain").iterdir():
        for name, variants in read(path).get("responses", {}).items():
            assert [list(variant) for variant in variants] == [["custom"]], name


def test_no_held_out_line_was_trained_on() -> None:
    """The accuracy is measured on lines the classifier has not seen."""
    trained: Set[str] = {line for path in (PROJECT / "data").rglob("*.??.yml") for _, line in examples(path)}
    for path in (PROJECT / "tests" / "held_out").iterdir():
        assert not {line for _, line in examples(path)} & trained, path.name
