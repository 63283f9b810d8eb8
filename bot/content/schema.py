"""What editors write, as frozen dataclasses: topics, phrases, countries and what has been pulled.

Pydantic reads the types, `bot.content.shape` what a type cannot say, `bot.content.checks` what an editor may argue
about. Every document knows its `origin`, so that each finding has a file and a line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, SkipValidation, StringConstraints
from pydantic.dataclasses import dataclass

from bot.content.plain import Plain
from bot.content.yamlfile import Origin
from bot.model import Tier

GROUPS = ("rights", "family", "return", "people", "help")
"""The groups of topics, in the order of the menu."""

URGENT_KINDS = (
    "emergency", "police", "ambulance", "fire", "child_helpline", "child_protection", "missing_children",
    "violence_helpline", "women_helpline", "trafficking", "mental_health", "helpline",
)  # fmt: skip
"""Kinds of numbers for somebody who needs help now."""

NUMBER_KINDS = (
    *URGENT_KINDS, "tracing", "guardianship", "legal_help", "school", "health", "asylum_office", "ombudsperson",
    "return_help", "reintegration", "embassy", "interpreter", "documents", "child_rights", "care", "refugee_help",
)  # fmt: skip
"""What a number may be for; the id of a number is its kind, or begins with it."""

_STRICT = ConfigDict(extra="forbid")
_NOWHERE = Origin()

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
TopicId = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(GROUPS)})\.[a-z][a-z0-9_]*$")]
PhraseId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")]
Dialled = Annotated[str, StringConstraints(pattern=r"^[+*#]?[0-9][0-9 ()*#/.-]*$")]
Words = Annotated[str, StringConstraints(min_length=1)]
Checks = tuple[str, ...]
PROVENANCE = "__origin__"
"""The key under which the loader passes on where a document was read; no editor can write it."""
Where = Annotated[SkipValidation[Origin], Field(repr=False, validation_alias=PROVENANCE)]


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
class CheckAnswer:
    """One answer of a check question; its feedback is kind and says the fact again, right or not."""

    id: Name
    label: Words
    feedback: Words
    right: bool = False


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class CheckQuestion:
    """One question with which a reader may see whether they understood: an offer, never a test."""

    question: Words
    answers: tuple[CheckAnswer, ...]
    ignore: Checks = ()


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class LeftOut:
    """A fact that one tier does not say, and why it would not serve that reader."""

    tier: Tier
    fact: Words
    why: Words


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class TierText:
    """A topic for one age: messages and buttons, or the steps of a walk; either may end with a check question."""

    messages: tuple[Message, ...] = ()
    buttons: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    check: CheckQuestion | None = None


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
    leaves_out: tuple[LeftOut, ...] = ()
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

    def questions(self) -> Iterator[tuple[Tier, CheckQuestion, tuple[str | int, ...]]]:
        """Yield each tier's check question with its path in the file."""
        for tier, text in self.tiers.items():
            if text.check is not None:
                yield tier, text.check, ("tiers", tier.value, "check")


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Phrase:
    """Anything else Kite says: one text, or one for each tier.

    A language without an `optional` phrase is still offered: what the phrase belongs to is left out there.
    """

    id: PhraseId
    text: Words | None = None
    tiers: Mapping[Tier, Words] | None = None
    critical: bool = False
    optional: bool = False
    note: str = ""
    ignore: Checks = ()
    origin: Where = _NOWHERE

    @property
    def group(self) -> str:
        """Return the part of the id before the first dot."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class PhoneNumber:
    """A number to call, with its source and the day somebody checked it; `free` is None when nobody knows.

    The `id` is its kind (see NUMBER_KINDS), or begins with it: `child_helpline`, `child_helpline_chat`.
    """

    id: Name
    number: Dialled
    label: Words
    source: Words
    checked: Day
    hours: str = ""
    free: bool | None = None
    note: str = ""
    ignore: Checks = ()

    @property
    def kind(self) -> str:
        """Return what kind of number it is, "" where its id does not say."""
        kinds = (kind for kind in NUMBER_KINDS if self.id == kind or self.id.startswith(f"{kind}_"))
        return max(kinds, key=len, default="")


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Overlay:
    """A sentence of a topic that is different in one country, or more: `instead` of a message or `after` it.

    `step` names the step of a walk. `tiers` are all four unless `text` is given for each. A topic must be true
    without its overlays: where one may not be shown, the topic is told as it stands.
    """

    topic: TopicId
    id: Name
    text: Words | Mapping[Tier, Words]
    source: Words
    checked: Day
    tiers: tuple[Tier, ...] = ()
    step: Name | None = None
    instead: Name | None = None
    after: Name | None = None
    expires: Day | None = None
    ignore: Checks = ()

    @property
    def message(self) -> str:
        """Return the id of the message it stands at."""
        return self.instead or self.after or ""

    def told(self) -> Mapping[Tier, str]:
        """Return its words for each tier it is for."""
        if isinstance(self.text, str):
            return dict.fromkeys(self.tiers or tuple(Tier), self.text)
        return self.text


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Duty:
    """What helpers in a country must report, told to staff, with its source."""

    text: Words
    source: Words
    checked: Day | None = None


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Country:
    """The numbers of one country, most urgent first, and what is different there; `iso` is its ISO 3166 code.

    `host` in the file says that people on the move live there, `origin` that they come from there; it may be both.
    """

    iso: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$", to_lower=True)]
    name: Words
    numbers: tuple[PhoneNumber, ...]
    overlays: tuple[Overlay, ...] = ()
    is_origin: Annotated[bool, Field(validation_alias="origin")] = False
    is_host: Annotated[bool, Field(validation_alias="host")] = False
    reporting_duty: Duty | str | None = None
    notes: str = ""
    origin: Where = _NOWHERE


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Term:
    """A word a person has to learn, explained for each age.

    `also` are other words for it, as people type them. `alone` says whether the bare word is taken as the question
    what it means (not "police": somebody may need help). `known` are the tiers whose topics need not explain it.
    """

    id: Name
    term: Words
    also: tuple[Words, ...]
    define: Mapping[Tier, Words]
    topic: TopicId
    alone: bool = True
    known: tuple[Tier, ...] = ()
    notes: str = ""
    ignore: Checks = ()
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
class Point:
    """One point of a seed document that somebody could act on: the topics that use it, or why none does."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}\.[0-9]+$")]
    point: Words
    used_in: tuple[TopicId, ...] = ()
    left_out: str = ""

    @property
    def seed(self) -> str:
        """Return the number of its document."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Sourcing:
    """What the topics rest on: the titles of the seed documents by number, and their points."""

    seeds: Mapping[Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")], Words] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    origin: Where = _NOWHERE

    def used_by(self, topic: str) -> tuple[str, ...]:
        """Return the ids of the points a topic uses."""
        return tuple(point.id for point in self.points if topic in point.used_in)


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Content:
    """The whole tree, read and well-formed."""

    topics: Mapping[str, Topic]
    phrases: Mapping[str, Phrase]
    countries: Mapping[str, Country]
    glossary: Mapping[str, Term] = field(default_factory=dict)
    plain: SkipValidation[Plain] = field(default_factory=Plain)
    sourcing: Sourcing = field(default_factory=Sourcing)
    pulled: tuple[Pull, ...] = ()
    excuses: tuple[Excuse, ...] = ()
    order: tuple[str, ...] = ()

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Return the topic ids of each group: first those the order file names, then the rest by name."""
        rank = {topic: index for index, topic in enumerate(self.order)}
        ranked = sorted(self.topics, key=lambda topic: (rank.get(topic, len(rank)), topic))
        return {group: tuple(t for t in ranked if t.partition(".")[0] == group) for group in GROUPS}
