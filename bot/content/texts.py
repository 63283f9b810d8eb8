"""Every text of the content that a person may read, each at its stable place (the msgctxt of translations)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.content.schema import CheckQuestion, Content, Country, Overlay, Phrase, Step, Term, TierText, Topic
from bot.content.yamlfile import Origin
from bot.model import Tier


class Kind(StrEnum):
    """What a text is; it decides how long it may be."""

    TITLE = "title"
    LABEL = "label"
    MESSAGE = "message"
    PHRASE = "phrase"
    NUMBER = "number"
    QUESTION = "question"
    FEEDBACK = "feedback"
    TERM = "term"
    FORMS = "list of words"
    DEFINITION = "definition"


LABEL_LIMIT = 20
TITLE_LIMIT = 60
PHRASE_LIMIT = 500
NUMBER_LIMIT = 80
QUESTION_LIMIT = 200
FEEDBACK_LIMIT = 300
FORMS_LIMIT = 300
DEFINITION_LIMIT = 300
_CHECK_LIMITS = {Kind.QUESTION: QUESTION_LIMIT, Kind.LABEL: LABEL_LIMIT, Kind.FEEDBACK: FEEDBACK_LIMIT}
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
    optional: bool = False
    notes: tuple[str, ...] = ()
    ignore: frozenset[str] = frozenset()
    expires: date | None = None

    @property
    def needed(self) -> bool:
        """Tell whether no talk can be held without it: safety text, and every phrase that is not optional."""
        phrase = self.kind is Kind.PHRASE or self.group in BUTTON_GROUPS
        return self.critical or (phrase and not self.optional)

    def expired(self, today: date) -> bool:
        """Tell whether the last day on which the text may be shown has passed."""
        return self.expires is not None and today > self.expires


def texts_of(content: Content) -> tuple[Text, ...]:
    """Return every text, in the order of files and of lines within them."""
    return tuple(_all(content))


def texts_of_topic(topic: Topic) -> tuple[Text, ...]:
    """Return the texts of one topic, in the order of its lines; its check questions come last."""
    return tuple(_topic(topic))


def _all(content: Content) -> Iterator[Text]:
    for topic in content.topics.values():
        yield from _topic(topic)
    for phrase in content.phrases.values():
        yield from _phrase(phrase)
    for term in content.glossary.values():
        yield from _term(term)
    for country in content.countries.values():
        yield from _country(country)
        yield from _overlays(country)


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
    for tier, check, path in topic.questions():
        yield from _check(topic, tier, check, at.below(*path))


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


def _check(topic: Topic, tier: Tier, check: CheckQuestion, at: Origin) -> Iterator[Text]:
    """Yield the texts of a check question."""
    place = f"{topic.id}/{tier}/check"
    note = "Never a test: an offer to try."
    yield _checking(topic, tier, check, Kind.QUESTION, place, check.question, at.line("question"), note)
    for index, answer in enumerate(check.answers):
        here, note = f"{place}/{answer.id}", f"{'Right' if answer.right else 'Not right'}: {check.question}"
        yield _checking(topic, tier, check, Kind.LABEL, here, answer.label, at.line("answers", index, "label"), note)
        here, line = f"{here}/feedback", at.line("answers", index, "feedback")
        note = f"Said after this answer: {answer.label}"
        yield _checking(topic, tier, check, Kind.FEEDBACK, here, answer.feedback, line, note)


def _checking(
    topic: Topic, tier: Tier, check: CheckQuestion, kind: Kind, place: str, source: str, line: int, note: str
) -> Text:
    """Return one text of a check question; it is never critical: a talk, and a language, can do without it."""
    return Text(
        place=place, source=source, kind=kind, owner=topic.id, group=topic.group, tier=tier, file=topic.origin.file,
        line=line, limit=_CHECK_LIMITS[kind], notes=(note, *_split(topic.notes)),
        ignore=frozenset(topic.ignore) | set(check.ignore), expires=topic.expires,
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
            optional=phrase.optional, notes=_split(phrase.note), ignore=frozenset(phrase.ignore),
        )  # fmt: skip


def _term(term: Term) -> Iterator[Text]:
    """Yield a word of the glossary: the word, its other forms in one list, and what it means for each age."""
    forms = "Other words for it, as people type them, with commas between. Write those of your language."
    yield _defining(term, Kind.TERM, "term", term.term, LABEL_LIMIT, ("term",))
    yield _defining(term, Kind.FORMS, "also", ", ".join(term.also), FORMS_LIMIT, ("also",), note=forms)
    for tier, words in term.define.items():
        path = ("define", tier.value)
        yield _defining(term, Kind.DEFINITION, tier.value, words, DEFINITION_LIMIT, path, tier=tier)


def _defining(
    term: Term,
    kind: Kind,
    name: str,
    source: str,
    limit: int,
    path: tuple[str, ...],
    *,
    tier: Tier | None = None,
    note: str = "",
) -> Text:
    return Text(
        place=f"glossary.{term.id}/{name}", source=source, kind=kind, owner=f"glossary.{term.id}", group="glossary",
        tier=tier, file=term.origin.file, line=term.origin.line(*path), limit=limit,
        notes=(*([note] if note else []), *_split(term.notes)), ignore=frozenset(term.ignore),
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


def _overlays(country: Country) -> Iterator[Text]:
    """Yield the overlays of a country; none is critical: a topic must be true without them."""
    for index, overlay in enumerate(country.overlays):
        at = country.origin.below("overlays", index)
        for tier, source in overlay.told().items():
            where = "Instead of" if overlay.instead else "After"
            base = "/".join(part for part in (overlay.topic, tier.value, overlay.step, overlay.message) if part)
            yield Text(
                place=overlay_place(country.iso, overlay, tier), source=source, kind=Kind.MESSAGE,
                owner=f"country.{country.iso}", group="country", tier=tier, file=at.file,
                line=at.line("text", tier.value), limit=MESSAGE_LIMITS[tier], expires=overlay.expires,
                notes=(f"Only for readers in {country.name}. {where} {base}.",), ignore=frozenset(overlay.ignore),
            )  # fmt: skip


def overlay_place(iso: str, overlay: Overlay, tier: Tier) -> str:
    """Return the msgctxt of an overlay in one tier."""
    return f"country.{iso}/{overlay.topic}/{tier}/{overlay.id}"


def _split(notes: str) -> tuple[str, ...]:
    return tuple(line for raw in notes.splitlines() if (line := " ".join(raw.split())))
