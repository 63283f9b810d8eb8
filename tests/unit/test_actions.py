"""Every action, from what the assistant understood to the effect that the worker reads."""

import re
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.set_tier import tier_of
from bot.dialogue.payloads import parse
from bot.model import Tier

DOMAIN = Path(__file__).parents[2] / "bot" / "assistant" / "domain"

CASES: dict[str, list[tuple[str, dict[str, Any], dict[str, Any]]]] = {
    "action_ask_for_person": [("ask_person", {}, {"effect": "ask_for_person"})],
    "action_delete_data": [
        ("delete_data", {}, {"effect": "delete_data"}),
        ("affirm", {"expects": "delete"}, {"effect": "delete_data"}),
    ],
    "action_feedback": [
        ("feedback_yes", {}, {"effect": "feedback", "value": "yes"}),
        ("affirm", {"expects": "feedback"}, {"effect": "feedback", "value": "yes"}),
        ("feedback_no", {}, {"effect": "feedback", "value": "no"}),
        ("deny", {"expects": "feedback"}, {"effect": "feedback", "value": "no"}),
    ],
    "action_go_to_step": [
        ("walk_step", {"step_number": 3}, {"effect": "go_to_step", "step": 3}),
        ("walk_step", {}, {"walk": "where"}),
    ],
    "action_numbers": [
        ("ask_numbers", {"country": "de"}, {"effect": "numbers", "country": "de"}),
        ("ask_numbers", {}, {"effect": "numbers", "country": None}),
        ("deny", {"expects": "country"}, {"effect": "numbers", "country": None}),
    ],
    "action_set_country": [
        ("set_country", {"country": "fr"}, {"effect": "set_country", "country": "fr"}),
        ("set_country", {}, {"effect": "numbers", "country": None}),
    ],
    "action_set_language": [
        ("change_language", {"language": "so"}, {"effect": "set_language", "language": "so"}),
        ("change_language", {}, {"effect": "choose_language"}),
    ],
    "action_set_tier": [
        ("set_age", {"age": 9}, {"effect": "set_tier", "tier": "young"}),
        ("set_age", {"grown_up": True, "age": 9}, {"effect": "set_tier", "tier": "adult"}),
        ("set_age", {}, {"effect": "choose_tier"}),
    ],
    "action_simpler": [
        ("simpler", {"tier": "adult"}, {"effect": "set_tier", "tier": "teen"}),
        ("simpler", {"tier": "teen"}, {"effect": "set_tier", "tier": "middle"}),
        ("simpler", {"tier": "middle"}, {"effect": "set_tier", "tier": "young"}),
        ("simpler", {"tier": "young"}, {"again": True}),
        ("simpler", {}, {"effect": "set_tier", "tier": "young"}),
    ],
}


@pytest.fixture(scope="module")
def registered() -> dict[str, Any]:
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor.actions


def run(action: Any, intent: str, details: dict[str, Any]) -> Any:
    """Return the payloads of an action called as the assistant calls it."""
    entities = [{"entity": name, "value": value} for name, value in details.items()]
    latest = {"intent": {"name": intent}, "entities": entities, "text": ""}
    dispatcher = CollectingDispatcher()
    assert action(dispatcher, Tracker.from_dict({"sender_id": "c1", "latest_message": latest}), {}) == []
    return [message["custom"] for message in dispatcher.messages]


def test_every_action_gives_the_agreed_payload(registered: dict[str, Any]) -> None:
    """An action without a case fails; every payload is one the worker can read."""
    assert registered.keys() == CASES.keys()
    for name, cases in CASES.items():
        for intent, details, payload in cases:
            assert run(registered[name], intent, details) == [payload], name
            parse(payload)


def test_the_domain_names_exactly_these_actions(registered: dict[str, Any]) -> None:
    """Rules cannot call what does not exist, and no action lies idle."""
    named = {
        name
        for path in DOMAIN.glob("*.yml")
        for name in re.findall(r"^- (action_\w+)$", path.read_text(), re.MULTILINE)
    }
    assert named == registered.keys()


@pytest.mark.parametrize(
    ("age", "tier"),
    [
        (3, Tier.YOUNG),
        (6, Tier.YOUNG),
        (9, Tier.YOUNG),
        (10, Tier.MIDDLE),
        (13, Tier.MIDDLE),
        (14, Tier.TEEN),
        (17, Tier.TEEN),
        (18, Tier.ADULT),
        (80, Tier.ADULT),
    ],
)
def test_ages_fall_into_their_tiers(age: int, tier: Tier) -> None:
    """The borders are those of the content: 6-9, 10-13, 14-17, grown up."""
    assert tier_of(age) is tier
