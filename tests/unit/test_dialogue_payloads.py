"""What the assistant may answer, and that everything else is refused."""

from dataclasses import replace

import pytest

from bot.dialogue import payloads
from bot.dialogue.payloads import (
    EFFECTS,
    KINDS,
    MOVES,
    PHRASES,
    AgainPayload,
    ContentPayload,
    EffectPayload,
    MenuPayload,
    MorePayload,
    OfferPayload,
    PhrasePayload,
    WalkPayload,
    parse,
)
from bot.errors import AssistantDown
from bot.model import Tier

KNOWN = {
    "content": ({"content": "people.guardian"}, ContentPayload("people.guardian")),
    "offer": ({"offer": ["a.b", "c.d"]}, OfferPayload(("a.b", "c.d"))),
    "phrase": ({"phrase": "chat.hello"}, PhrasePayload("chat.hello")),
    "menu": ({"menu": True}, MenuPayload()),
    "walk": ({"walk": "next"}, WalkPayload("next")),
    "again": ({"again": True}, AgainPayload()),
    "more": ({"more": True}, MorePayload()),
    "effect": ({"effect": "ask_for_person"}, EffectPayload(effect="ask_for_person")),
}
KNOWN_EFFECTS = {
    "set_language": ({"language": "so"}, EffectPayload(effect="set_language", language="so")),
    "choose_language": ({}, EffectPayload(effect="choose_language")),
    "set_tier": ({"tier": "young"}, EffectPayload(effect="set_tier", tier=Tier.YOUNG)),
    "choose_tier": ({}, EffectPayload(effect="choose_tier")),
    "set_country": ({"country": "de"}, EffectPayload(effect="set_country", country="de")),
    "numbers": ({"country": None}, EffectPayload(effect="numbers")),
    "ask_for_person": ({}, EffectPayload(effect="ask_for_person")),
    "delete_data": ({}, EffectPayload(effect="delete_data")),
    "feedback": ({"value": "no"}, EffectPayload(effect="feedback", value="no")),
    "go_to_step": ({"step": 3}, EffectPayload(effect="go_to_step", step=3)),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_read(kind: str) -> None:
    """A kind without a case here fails."""
    data, payload = KNOWN[kind]
    assert parse(data) == payload


@pytest.mark.parametrize("effect", sorted(EFFECTS))
def test_every_effect_is_read(effect: str) -> None:
    """An effect without a case here fails."""
    data, payload = KNOWN_EFFECTS[effect]
    assert parse({"effect": effect, **data}) == payload


def test_every_phrase_and_move_is_read() -> None:
    """The fixed phrases and moves are those of the contract."""
    assert {parse({"phrase": phrase}) for phrase in PHRASES} == {PhrasePayload(phrase) for phrase in PHRASES}
    assert {parse({"walk": move}) for move in MOVES} == {WalkPayload(move) for move in MOVES}


@pytest.mark.parametrize(
    "data",
    [
        None,
        "menu",
        [],
        {},
        {"text": "Hello!"},
        {"content": ""},
        {"content": 5},
        {"content": "a.b", "menu": True},
        {"offer": []},
        {"offer": ["a", "b", "c", "d"]},
        {"offer": "a.b"},
        {"offer": [""]},
        {"phrase": "chat.unknown"},
        {"phrase": ["chat.hello"]},
        {"walk": "fly"},
        {"effect": "destroy"},
        {"effect": ["set_tier"]},
        {"effect": "set_tier"},
        {"effect": "set_tier", "tier": "old"},
        {"effect": "set_language", "language": None},
        {"effect": "feedback", "value": "perhaps"},
        {"effect": "numbers"},
        {"effect": "go_to_step", "step": 0},
        {"effect": "go_to_step", "step": True},
        {"effect": "go_to_step", "step": "3"},
    ],
)
def test_anything_else_counts_as_an_assistant_that_is_down(data: object) -> None:
    """A child gets the fixed reply and the menu rather than a guess at what was meant."""
    with pytest.raises(AssistantDown):
        parse(data)


def test_payloads_cannot_be_changed() -> None:
    """They are values: the worker may hold on to them."""
    for name in payloads.__dict__:
        if name.endswith("Payload") and isinstance(payloads.__dict__[name], type):
            assert payloads.__dict__[name].__dataclass_params__.frozen
    assert replace(EffectPayload(effect="set_tier"), tier=Tier.TEEN).tier is Tier.TEEN
