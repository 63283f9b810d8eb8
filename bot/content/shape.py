"""What must hold of a document beyond its types: counts, unique ids, tiers, names of files.

Content of a wrong shape is never served, so nothing here can be ignored.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.content.findings import Finding
from bot.content.schema import CheckQuestion, Country, Message, Overlay, Phrase, Step, Term, TierText, Topic
from bot.content.texts import texts_of_topic
from bot.content.yamlfile import Origin
from bot.model import Tier

MOST_MESSAGES = 5
MOST_BUTTONS = {"answer": 3, "steps": 2}
MOST_ANSWERS = 3
LONGEST_PAYLOAD = 64
"""In bytes; what a button of Telegram carries, the shortest of all channels."""
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
    for tier, check, path in topic.questions():
        yield from _check_findings(topic, tier, check, path)
    yield from _steps_equal(topic)
    yield from _places_doubled(topic)


def phrase_findings(phrase: Phrase) -> Iterator[Finding]:
    """Yield what is wrong with one phrase."""
    if (phrase.text is None) == (phrase.tiers is None):
        yield _finding(phrase.origin, (), phrase.id, "needs either text or tiers", "write exactly one of them")
    if phrase.critical and phrase.optional:
        yield _finding(phrase.origin, ("optional",), phrase.id, "is critical and optional", "keep one of the two")
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
    for index, overlay in enumerate(country.overlays):
        yield from _overlay_findings(overlay, country.origin.below("overlays", index), f"{place}/{overlay.topic}")
    yield from _overlays_doubled(country, place)


def _overlay_findings(overlay: Overlay, at: Origin, place: str) -> Iterator[Finding]:
    if (overlay.instead is None) == (overlay.after is None):
        problem, remedy = "needs either instead or after", "name the message it stands at with one of them"
        yield _finding(at, (), place, problem, remedy)
    if not isinstance(overlay.text, str) and overlay.tiers:
        yield _finding(at, ("tiers",), place, "names its tiers twice", "leave out tiers: the texts say them")
    if not overlay.told():
        yield _finding(at, ("text",), place, "has no text", "write one text, or one for each tier")


def _overlays_doubled(country: Country, place: str) -> Iterator[Finding]:
    """Yield a finding for each overlay that takes the id, or the message, of another."""
    seen: set[str] = set()
    for index, overlay in enumerate(country.overlays):
        for tier in overlay.told():
            spot = f"{overlay.topic}/{tier}" + (f"/{overlay.step}" if overlay.step else "")
            names = [f"{overlay.topic}/{tier}/{overlay.id}"]
            names += [f"instead of {spot}/{overlay.instead}"] if overlay.instead else []
            for name in names:
                if name in seen:
                    at, remedy = country.origin.below("overlays", index), "keep one, or give it another id"
                    yield _finding(at, ("id",), f"{place}/{overlay.topic}", f"{name!r} is there twice", remedy)
                seen.add(name)


def term_findings(terms: Sequence[Term]) -> Iterator[Finding]:
    """Yield what is wrong with the glossary."""
    for term in terms:
        yield from _tiers_missing(term.origin, f"glossary.{term.id}", term.define, "define")
        if not term.also:
            remedy = "write at least one other form of the word, such as its plural"
            yield _finding(term.origin, ("also",), f"glossary.{term.id}", "has no other words", remedy)
        for index, words in enumerate(term.also):
            if "," in words:
                problem = f"has a comma in {words!r}"
                yield _finding(term.origin, ("also", index), f"glossary.{term.id}", problem, "make two words of it")
    yield from doubled(terms)


def doubled(entries: Iterable[Phrase | Term]) -> Iterator[Finding]:
    """Yield a finding for each entry whose id another file, or the same, has used already."""
    seen: dict[str, Origin] = {}
    for entry in entries:
        if (first := seen.get(entry.id)) is not None:
            where = f"{first.file}:{first.line('id')}"
            yield _finding(entry.origin, ("id",), entry.id, f"is there twice, first in {where}", "keep one of them")
        seen.setdefault(entry.id, entry.origin)


def _finding(at: Origin, path: tuple[str | int, ...], place: str, problem: str, remedy: str) -> Finding:
    return Finding(check="schema", file=at.file, line=at.line(*path), place=place, problem=problem, remedy=remedy)


def _tiers_missing(at: Origin, place: str, tiers: Mapping[Tier, object], key: str = "tiers") -> Iterator[Finding]:
    for tier in Tier:
        if tier not in tiers:
            yield _finding(at, (key,), place, f"has no tier {tier}", f"write the text for {tier}")


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


def _check_findings(topic: Topic, tier: Tier, check: CheckQuestion, path: tuple[str | int, ...]) -> Iterator[Finding]:
    place, at = f"{topic.id}/{tier}/check", topic.origin.below(*path, "answers")
    if not 2 <= len(check.answers) <= MOST_ANSWERS:  # noqa: PLR2004 (a choice needs two)
        problem = f"has {len(check.answers)} answers"
        yield _finding(at, (), place, problem, f"write 2 or {MOST_ANSWERS}")
    right = sum(answer.right for answer in check.answers)
    if right != 1:
        yield _finding(at, (), place, f"has {right} right answers", "write `right: true` on exactly one of them")
    for index, answer in enumerate(check.answers):
        if len(f"check:{topic.id}/{answer.id}") > LONGEST_PAYLOAD:
            yield _finding(at, (index, "id"), place, f"{answer.id!r} is too long for a button", "choose a shorter id")
        told = [other.label.strip().casefold() for other in check.answers[:index]]
        if answer.label.strip().casefold() in told:
            problem = f"has the label {answer.label!r} twice"
            yield _finding(at, (index, "label"), place, problem, "give each answer words of its own")


def _places_doubled(topic: Topic) -> Iterator[Finding]:
    """Yield a finding for each text that would share its msgctxt with another, as a step called `check` may."""
    seen: set[str] = set()
    for text in texts_of_topic(topic):
        if text.place in seen and text.place.split("/")[2:3] == ["check"]:
            yield Finding(
                check="schema", file=text.file, line=text.line, place=text.place,
                problem="is the place of two texts", remedy="give the answer or the message another id",
            )  # fmt: skip
        seen.add(text.place)


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
