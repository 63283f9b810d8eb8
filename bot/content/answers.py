"""What the catalogue answers with: topics, check questions and numbers, ready to show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.schema import URGENT_KINDS, Content, Overlay
from bot.content.shelf import Served
from bot.content.texts import overlay_place
from bot.model import Tier

NUMBERS_TOPIC = "help.emergency"
"""The topic whose answer begins with the urgent numbers of the person's country; in others they stand at the end."""


NUMBER_TOPICS: Mapping[str, tuple[str, ...]] = {
    NUMBERS_TOPIC: (*URGENT_KINDS, ""),
    "family.tracing": ("tracing", "missing_children"),
    "family.separated_by_authorities": ("missing_children", "legal_help"),
    "family.violence_at_home": ("violence_helpline", "women_helpline", "child_helpline"),
    "help.alone": ("child_helpline", "child_protection", "guardianship"),
    "help.feelings": ("mental_health", "child_helpline"),
    "people.guardian": ("guardianship", "child_protection"),
    "people.lawyer": ("legal_help",),
    "people.smuggler_trafficker": ("trafficking", "child_helpline"),
    "people.social_worker": ("child_protection",),
    "rights.education": ("school",),
    "rights.complain": ("ombudsperson", "child_rights"),
    "rights.protection": ("child_helpline", "child_protection"),
}
"""The topics that show phone numbers, and of which kinds; "" is a number of no known kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One topic, or one step of a walk, ready to show in one locale and tier.

    `messages` are in their order, `buttons` are (topic id, label) of topics that can be answered here too. `draft`
    asks for the note that no person has checked the words; `expired` is only ever true for critical text, which is
    shown past its date with the note that it may have changed.
    """

    topic: str
    step: str | None
    messages: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...]
    draft: bool
    expired: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Checking:
    """A check question ready to ask: `answers` are (id, label) in the editor's order."""

    question: str
    answers: tuple[tuple[str, str], ...]
    draft: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """What a word of the glossary means; `topic` tells more about it."""

    term: str
    text: str
    topic: str
    draft: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A phone number in a locale; `language` is "en" where label and hours may not be shown in that locale."""

    id: str
    kind: str
    number: str
    label: str
    hours: str
    free: bool | None
    checked: date
    language: str


def overlays_of(
    content: Content, country: str | None, *, topic: str, step: str | None, tier: Tier
) -> Iterator[tuple[Overlay, str]]:
    """Yield what a country changes in a topic, or in a step of it, each with its place."""
    known = content.countries.get((country or "").lower())
    if known is None:
        return
    for overlay in known.overlays:
        if (overlay.topic, overlay.step) == (topic, step) and tier in overlay.told():
            yield overlay, overlay_place(known.iso, overlay, tier)


def overlaid(message: str, base: Served, here: tuple[tuple[Overlay, Served], ...]) -> Iterator[Served]:
    """Yield a message, or what stands instead of it in a country, and what stands after it there."""
    yield next((text for overlay, text in here if overlay.instead == message), base)
    yield from (text for overlay, text in here if overlay.after == message)
