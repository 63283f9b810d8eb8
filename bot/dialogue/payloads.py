"""What the assistant may answer: references and effects, never prose.

One frozen dataclass a kind; `parse` refuses everything else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import AssistantDown
from bot.model import Tier

PHRASES = frozenset(
    {
        "chat.hello",
        "chat.thanks",
        "chat.goodbye",
        "chat.rude",
        "chat.out_of_scope",
        "chat.not_understood",
        "chat.not_understood_again",
        "chat.menu",
        "chat.privacy",
        "chat.yes_no_what",
        "chat.feedback_ask",
    }
)
MOVES = frozenset({"next", "back", "where", "stop", "resume"})
MOST_OFFERED = 3


@dataclass(frozen=True)
class ContentPayload:
    """Answer with a topic."""

    topic: str


@dataclass(frozen=True)
class OfferPayload:
    """Offer one to three topics, the likeliest first."""

    topics: tuple[str, ...]


@dataclass(frozen=True)
class PhrasePayload:
    """Say a fixed phrase, one of PHRASES."""

    phrase: str


@dataclass(frozen=True)
class MenuPayload:
    """Show the menu."""


@dataclass(frozen=True)
class WalkPayload:
    """Move in a walk, one of MOVES."""

    move: str


@dataclass(frozen=True)
class AgainPayload:
    """Repeat the last answer."""


@dataclass(frozen=True)
class MorePayload:
    """Say more about the topic of the last answer."""


@dataclass(frozen=True, kw_only=True)
class EffectPayload:
    """Something the worker applies in its final transaction.

    | effect          | with                                                                                     |
    |-----------------|------------------------------------------------------------------------------------------|
    | set_language    | `language`: a locale or language code, which Kite may not have                           |
    | choose_language |                                                                                          |
    | set_tier        | `tier`                                                                                   |
    | choose_tier     |                                                                                          |
    | set_country     | `country`: ISO code in lower case                                                        |
    | numbers         | `country`, or None: the conversation's                                                   |
    | ask_for_person  |                                                                                          |
    | delete_data     | asks first; when deletion was asked about already (`expects`), this is the yes           |
    | feedback        | `value`: yes or no                                                                       |
    | go_to_step      | `step`: its number from 1 on, which may not exist                                        |
    """

    effect: str
    language: str | None = None
    tier: Tier | None = None
    country: str | None = None
    value: str | None = None
    step: int | None = None


Payload = (
    ContentPayload
    | OfferPayload
    | PhrasePayload
    | MenuPayload
    | WalkPayload
    | AgainPayload
    | MorePayload
    | EffectPayload
)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a non-empty text is needed")
    return value


def _one_of(value: object, known: frozenset[str]) -> str:
    if _text(value) not in known:
        raise ValueError("not one of the known values")
    return _text(value)


def _topics(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_OFFERED:
        raise ValueError("one to three topics are needed")
    return tuple(map(_text, value))


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("a number from 1 on is needed")
    return value


def _country(value: object) -> str | None:
    return None if value is None else _text(value)


Data = Mapping[str, Any]

EFFECTS: Mapping[str, Callable[[Data], EffectPayload]] = {
    "set_language": lambda data: EffectPayload(effect="set_language", language=_text(data["language"])),
    "choose_language": lambda _: EffectPayload(effect="choose_language"),
    "set_tier": lambda data: EffectPayload(effect="set_tier", tier=Tier(data["tier"])),
    "choose_tier": lambda _: EffectPayload(effect="choose_tier"),
    "set_country": lambda data: EffectPayload(effect="set_country", country=_text(data["country"])),
    "numbers": lambda data: EffectPayload(effect="numbers", country=_country(data["country"])),
    "ask_for_person": lambda _: EffectPayload(effect="ask_for_person"),
    "delete_data": lambda _: EffectPayload(effect="delete_data"),
    "feedback": lambda data: EffectPayload(effect="feedback", value=_one_of(data["value"], frozenset({"yes", "no"}))),
    "go_to_step": lambda data: EffectPayload(effect="go_to_step", step=_number(data["step"])),
}

KINDS: Mapping[str, Callable[[Data], Payload]] = {
    "content": lambda data: ContentPayload(_text(data["content"])),
    "offer": lambda data: OfferPayload(_topics(data["offer"])),
    "phrase": lambda data: PhrasePayload(_one_of(data["phrase"], PHRASES)),
    "menu": lambda _: MenuPayload(),
    "walk": lambda data: WalkPayload(_one_of(data["walk"], MOVES)),
    "again": lambda _: AgainPayload(),
    "more": lambda _: MorePayload(),
    "effect": lambda data: EFFECTS[data["effect"]](data),
}


def parse(data: object) -> Payload:
    """Return the payload that `data` (decoded JSON) stands for.

    Raise AssistantDown for anything that is not exactly one known kind with values of the right form.
    """
    kinds = KINDS.keys() & data.keys() if isinstance(data, dict) else set()
    if not isinstance(data, dict) or len(kinds) != 1:
        raise AssistantDown("The assistant answered something unknown.")
    try:
        return KINDS[kinds.pop()](data)
    except (KeyError, ValueError, TypeError) as error:
        raise AssistantDown(f"The assistant answered something malformed ({type(error).__name__}).") from None
