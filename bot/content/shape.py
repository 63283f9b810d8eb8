"""What must hold of a document beyond its types: counts, unique ids, tiers, names of files.

Content of a wrong shape is never served, so nothing here can be ignored.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.content.findings import Finding
from bot.content.schema import Country, Message, Phrase, Step, TierText, Topic
from bot.content.yamlfile import Origin
from bot.model import Tier

MOST_MESSAGES = 5
MOST_BUTTONS = {"answer": 3, "steps": 2}
RESERVED = frozenset({"title", "label"})


def topic_findings(topic: Topic, group: str, stem: str) -> Iterator[Finding]:
    """Yield what is wrong with one topic read from `topics/<group>/<stem>.yaml`."""
    at = topic.origin
    if topic.id != f"{group}.{stem}":
        yield _finding(
            at, ("id",), topic.id, "does not match its file", f"call the file {topic.id.replace('.', '/')}.yaml"
        )
    yield from _tiers_missing(at, topic.id, topic.tiers)
    for tier, text in topic.tiers.items():
        yield from _kind_findings(topic, tier, text)
    for tier, part, path in topic.parts():
        yield from _part_findings(topic, tier, part, path)
    yield from _steps_equal(topic)


def phrase_findings(phrase: Phrase) -> Iterator[Finding]:
    """Yield what is wrong with one phrase."""
    if (phrase.text is None) == (phrase.tiers is None):
        yield _finding(phrase.origin, (), phrase.id, "needs either text or tiers", "write exactly one of them")
    if phrase.tiers is not None:
        yield from _tiers_missing(phrase.origin, phrase.id, phrase.tiers)


def country_findings(country: Country, stem: str) -> Iterator[Finding]:
    """Yield what is wrong with one country read from `countries/<stem>.yaml`."""
    place = f"country.{country.iso}"
    if country.iso != stem:
        yield _finding(country.origin, ("iso",), place, "does not match its file", f"call the file {country.iso}.yaml")
    if not country.numbers:
        yield _finding(country.origin, ("numbers",), place, "has no number", "give at least the emergency number")
    yield from _doubled(country.origin.below("numbers"), place, [number.id for number in country.numbers])


def doubled_phrases(phrases: Iterable[Phrase]) -> Iterator[Finding]:
    """Yield a finding for each phrase whose id another file, or the same, has used already."""
    seen: dict[str, Origin] = {}
    for phrase in phrases:
        if (first := seen.get(phrase.id)) is not None:
            where = f"{first.file}:{first.line('id')}"
            yield _finding(phrase.origin, ("id",), phrase.id, f"is there twice, first in {where}", "keep one of them")
        seen.setdefault(phrase.id, phrase.origin)


def _finding(at: Origin, path: tuple[str | int, ...], place: str, problem: str, remedy: str) -> Finding:
    return Finding(check="schema", file=at.file, line=at.line(*path), place=place, problem=problem, remedy=remedy)


def _tiers_missing(at: Origin, place: str, tiers: Mapping[Tier, object]) -> Iterator[Finding]:
    for tier in Tier:
        if tier not in tiers:
            yield _finding(at, ("tiers",), place, f"has no tier {tier}", f"write the text for {tier}")


def _kind_findings(topic: Topic, tier: Tier, text: TierText) -> Iterator[Finding]:
    path, place = ("tiers", tier.value), f"{topic.id}/{tier}"
    if topic.kind == "steps" and (text.messages or text.buttons):
        yield _finding(
            topic.origin, path, place, "is a walk with messages or buttons of its own", "put them into its steps"
        )
    if topic.kind == "steps" and not text.steps:
        yield _finding(topic.origin, path, place, "is a walk without steps", "write its steps, or say kind: answer")
    if topic.kind == "answer" and text.steps:
        yield _finding(topic.origin, path, place, "is an answer with steps", "say kind: steps, or take the steps out")
    yield from _doubled(topic.origin.below(*path, "steps"), place, [step.id for step in text.steps])


def _part_findings(topic: Topic, tier: Tier, part: Step | TierText, path: tuple[str | int, ...]) -> Iterator[Finding]:
    place = f"{topic.id}/{tier}/{part.id}" if isinstance(part, Step) else f"{topic.id}/{tier}"
    at, most = topic.origin, MOST_BUTTONS[topic.kind]
    if not 1 <= len(part.messages) <= MOST_MESSAGES:
        problem = f"has {len(part.messages)} messages"
        yield _finding(at, (*path, "messages"), place, problem, f"write 1 to {MOST_MESSAGES}")
    least = 1 if topic.kind == "answer" else 0
    if not least <= len(part.buttons) <= most:
        problem = f"has {len(part.buttons)} buttons"
        yield _finding(at, (*path, "buttons"), place, problem, f"give {least} to {most} topics that come next")
    yield from _message_ids(at.below(*path, "messages"), place, part.messages)
    yield from _doubled(at.below(*path, "buttons"), place, list(part.buttons))


def _message_ids(at: Origin, place: str, messages: tuple[Message, ...]) -> Iterator[Finding]:
    yield from _doubled(at, place, [message.id for message in messages])
    for index, message in enumerate(messages):
        if message.id in RESERVED:
            yield _finding(
                at, (index, "id"), place, f"{message.id!r} is kept for titles and labels", "choose another id"
            )


def _doubled(at: Origin, place: str, ids: list[str]) -> Iterator[Finding]:
    for name, count in Counter(ids).items():
        if count > 1:
            last = len(ids) - 1 - ids[::-1].index(name)
            yield _finding(at, (last,), place, f"{name!r} is there {count} times", "give each an id of its own")


def _steps_equal(topic: Topic) -> Iterator[Finding]:
    if topic.kind != "steps" or set(topic.tiers) != set(Tier):
        return
    first = topic.steps
    for tier, text in topic.tiers.items():
        here = tuple(step.id for step in text.steps)
        if here != first:
            path, place = ("tiers", tier.value, "steps"), f"{topic.id}/{tier}"
            remedy = f"use the steps of {Tier.YOUNG}, in this order: {', '.join(first)}"
            yield _finding(topic.origin, path, place, "has other steps than the first tier", remedy)
