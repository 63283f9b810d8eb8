"""Every text of the content that a person may read, each at its stable place (the msgctxt of translations)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.content.schema import Content, Country, Phrase, Step, TierText, Topic
from bot.content.yamlfile import Origin
from bot.model import Tier


class Kind(StrEnum):
    """What a text is; it decides how long it may be."""

    TITLE = "title"
    LABEL = "label"
    MESSAGE = "message"
    PHRASE = "phrase"
    NUMBER = "number"


LABEL_LIMIT = 20
TITLE_LIMIT = 60
PHRASE_LIMIT = 500
NUMBER_LIMIT = 80
MESSAGE_LIMITS = {Tier.YOUNG: 300, Tier.MIDDLE: 300, Tier.TEEN: 300, Tier.ADULT: 500}
"""In characters; a channel cuts nothing, so an editor has to."""

BUTTON_GROUPS = frozenset({"button", "tier", "group", "list"})
PULLED_PHRASE = "chat.pulled"
"""What people read in place of a text that was taken out."""

AGES = {Tier.YOUNG: "6 to 9", Tier.MIDDLE: "10 to 13", Tier.TEEN: "14 to 17", Tier.ADULT: "parents and carers"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One translatable text.

    `place` is its msgctxt, `owner` the topic, phrase or country it belongs to, `limit` the most characters it may
    have in any language, `ignore` the checks an editor has switched off for it.
    """

    place: str
    source: str
    kind: Kind
    owner: str
    group: str
    file: str
    line: int
    limit: int
    tier: Tier | None = None
    critical: bool = False
    notes: tuple[str, ...] = ()
    ignore: frozenset[str] = frozenset()
    expires: date | None = None

    @property
    def needed(self) -> bool:
        """Tell whether no talk can be held without it: safety text, and every phrase."""
        return self.critical or self.kind is Kind.PHRASE or self.group in BUTTON_GROUPS

    def expired(self, today: date) -> bool:
        """Tell whether the last day on which the text may be shown has passed."""
        return self.expires is not None and today > self.expires


def texts_of(content: Content) -> tuple[Text, ...]:
    """Return every text, in the order of files and of lines within them."""
    return tuple(_all(content))


def _all(content: Content) -> Iterator[Text]:
    for topic in content.topics.values():
        yield from _topic(topic)
    for phrase in content.phrases.values():
        yield from _phrase(phrase)
    for country in content.countries.values():
        yield from _country(country)


def _topic(topic: Topic) -> Iterator[Text]:
    at = topic.origin
    ignore = frozenset(topic.ignore)
    yield _named(topic, Kind.TITLE, topic.id, topic.title, at, None, ignore)
    yield _named(topic, Kind.LABEL, topic.id, topic.label, at, None, ignore)
    for tier, part, path in topic.parts():
        place = f"{topic.id}/{tier}"
        inner, ignored = at.below(*path), ignore
        if isinstance(part, Step):
            place, ignored = f"{place}/{part.id}", ignore | set(part.ignore)
            yield _named(topic, Kind.TITLE, place, part.title, inner, tier, ignored)
            yield _named(topic, Kind.LABEL, place, part.label, inner, tier, ignored)
        yield from _messages(topic, tier, part, place, inner.below("messages"), ignored)


def _named(
    topic: Topic, kind: Kind, place: str, source: str, at: Origin, tier: Tier | None, ignore: frozenset[str]
) -> Text:
    return Text(
        place=f"{place}/{kind}", source=source, kind=kind, owner=topic.id, group=topic.group, tier=tier,
        file=at.file, line=at.line(kind.value), limit=TITLE_LIMIT if kind is Kind.TITLE else LABEL_LIMIT,
        critical=topic.critical, notes=_split(topic.notes), ignore=ignore,
    )  # fmt: skip


def _messages(
    topic: Topic, tier: Tier, part: Step | TierText, place: str, at: Origin, ignore: frozenset[str]
) -> Iterator[Text]:
    for index, message in enumerate(part.messages):
        yield Text(
            place=f"{place}/{message.id}", source=message.text, kind=Kind.MESSAGE, owner=topic.id, group=topic.group,
            tier=tier, file=at.file, line=at.line(index, "text"), limit=MESSAGE_LIMITS[tier], critical=topic.critical,
            notes=_split(topic.notes), ignore=ignore | set(message.ignore), expires=topic.expires,
        )  # fmt: skip


def _phrase(phrase: Phrase) -> Iterator[Text]:
    button = phrase.group in BUTTON_GROUPS
    told = phrase.tiers.items() if phrase.tiers is not None else [(None, phrase.text or "")]
    for tier, source in told:
        path = ("text",) if tier is None else ("tiers", tier.value)
        yield Text(
            place=phrase.id if tier is None else f"{phrase.id}/{tier}", source=source, owner=phrase.id,
            kind=Kind.LABEL if button else Kind.PHRASE, group=phrase.group, tier=tier, file=phrase.origin.file,
            line=phrase.origin.line(*path), limit=LABEL_LIMIT if button else PHRASE_LIMIT, critical=phrase.critical,
            notes=_split(phrase.note), ignore=frozenset(phrase.ignore),
        )  # fmt: skip


def _country(country: Country) -> Iterator[Text]:
    owner = f"country.{country.iso}"
    for index, number in enumerate(country.numbers):
        for key, source in (("label", number.label), ("hours", number.hours)):
            if source:
                yield Text(
                    place=f"{owner}/{number.id}/{key}", source=source, kind=Kind.NUMBER, owner=owner, group="country",
                    file=country.origin.file, line=country.origin.line("numbers", index, key), limit=NUMBER_LIMIT,
                    notes=(f"For the number {number.number} in {country.name}.",), ignore=frozenset(number.ignore),
                )  # fmt: skip


def _split(notes: str) -> tuple[str, ...]:
    return tuple(line for raw in notes.splitlines() if (line := " ".join(raw.split())))
