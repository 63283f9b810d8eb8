"""What editors write, as frozen dataclasses: topics, phrases, countries and what has been pulled.

Pydantic reads the types, `bot.content.shape` what a type cannot say, `bot.content.checks` what an editor may argue
about. Every document knows its `origin`, so that each finding has a file and a line.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, SkipValidation, StringConstraints
from pydantic.dataclasses import dataclass

from bot.content.yamlfile import Origin
from bot.model import Tier

GROUPS = ("rights", "family", "return", "people", "help")
"""The groups of topics, in the order of the menu."""

_STRICT = ConfigDict(extra="forbid")
_NOWHERE = Origin()

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
TopicId = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(GROUPS)})\.[a-z][a-z0-9_]*$")]
PhraseId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")]
Dialled = Annotated[str, StringConstraints(pattern=r"^[+*#]?[0-9][0-9 ()*#/.-]*$")]
Words = Annotated[str, StringConstraints(min_length=1)]
Checks = tuple[str, ...]
Where = Annotated[SkipValidation[Origin], Field(repr=False)]


def _past(value: date) -> date:
    if value.year < 2000:  # noqa: PLR2004 - a number read as seconds since 1970 is a slip of the pen
        raise ValueError("is not a date of this century")
    return value


Day = Annotated[date, AfterValidator(_past)]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Source:
    """What a statement rests on: a seed document by its leading number, or a law."""

    seed: str | None = None
    law: str | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """Return the law, or the seed's number."""
        return self.law or f"seed {self.seed}"


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Review:
    """Who read the English text last, and when."""

    by: Words
    on: Day


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Message:
    """One short message; `id` is unique within its tier or step and never changes."""

    id: Name
    text: Words
    ignore: Checks = ()


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Step:
    """One step of a walk in one tier."""

    id: Name
    title: Words
    label: Words
    messages: tuple[Message, ...]
    buttons: tuple[str, ...] = ()
    ignore: Checks = ()


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class TierText:
    """A topic for one age: messages and buttons, or the steps of a walk."""

    messages: tuple[Message, ...] = ()
    buttons: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Topic:
    """One thing Kite can explain, in all four tiers."""

    id: TopicId
    title: Words
    label: Words
    tiers: Mapping[Tier, TierText]
    kind: Literal["answer", "steps"] = "answer"
    critical: bool = False
    sources: tuple[Source, ...] = ()
    notes: str = ""
    reviewed: Review | None = None
    expires: Day | None = None
    ignore: Checks = ()
    origin: Where = _NOWHERE

    @property
    def group(self) -> str:
        """Return the part of the id before the dot."""
        return self.id.partition(".")[0]

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the step ids of a walk in their order, () for an answer; equal in every tier."""
        return tuple(step.id for step in self.tiers[Tier.YOUNG].steps)

    def parts(self) -> Iterator[tuple[Tier, Step | TierText, tuple[str | int, ...]]]:
        """Yield everything that holds messages and buttons, with its tier and its path in the file."""
        for tier, text in self.tiers.items():
            if self.kind == "answer":
                yield tier, text, ("tiers", tier.value)
            for index, step in enumerate(text.steps):
                yield tier, step, ("tiers", tier.value, "steps", index)


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Phrase:
    """Anything else Kite says: one text, or one for each tier."""

    id: PhraseId
    text: Words | None = None
    tiers: Mapping[Tier, Words] | None = None
    critical: bool = False
    note: str = ""
    ignore: Checks = ()
    origin: Where = _NOWHERE

    @property
    def group(self) -> str:
        """Return the part of the id before the first dot."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class PhoneNumber:
    """A number to call, with its source and the day somebody checked it; `free` is None when nobody knows."""

    id: Name
    number: Dialled
    label: Words
    source: Words
    checked: Day
    hours: str = ""
    free: bool | None = None
    note: str = ""
    ignore: Checks = ()


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Duty:
    """What helpers in a country must report, told to staff, with its source."""

    text: Words
    source: Words
    checked: Day | None = None


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Country:
    """The numbers of one country, most urgent first; `iso` is its ISO 3166 code in lower case."""

    iso: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$", to_lower=True)]
    name: Words
    numbers: tuple[PhoneNumber, ...]
    reporting_duty: Duty | str | None = None
    notes: str = ""
    origin: Where = _NOWHERE


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Pull:
    """A text taken out at once in every locale: a topic, a msgctxt, or a number (`country.de/helpline`)."""

    place: Words
    by: str = ""
    on: Day | None = None
    why: str = ""
    origin: Where = _NOWHERE


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Excuse:
    """A named exception from one check for one place, with its reason."""

    check: Words
    place: Words
    reason: Words
    origin: Where = _NOWHERE


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Content:
    """The whole tree, read and well-formed."""

    topics: Mapping[str, Topic]
    phrases: Mapping[str, Phrase]
    countries: Mapping[str, Country]
    pulled: tuple[Pull, ...] = ()
    excuses: tuple[Excuse, ...] = ()
    order: tuple[str, ...] = ()

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Return the topic ids of each group: first those the order file names, then the rest by name."""
        rank = {topic: index for index, topic in enumerate(self.order)}
        ranked = sorted(self.topics, key=lambda topic: (rank.get(topic, len(rank)), topic))
        return {group: tuple(t for t in ranked if t.partition(".")[0] == group) for group in GROUPS}
