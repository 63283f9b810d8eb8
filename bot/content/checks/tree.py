"""Checks of the content as a whole: what topics point to, rest on, and may not lack."""

from collections.abc import Iterator
from datetime import timedelta

from bot.content.checks.base import Check, Scope
from bot.content.findings import Finding, Level
from bot.content.pulling import can_be_pulled
from bot.content.schema import NUMBER_KINDS, Overlay, Step, Topic
from bot.content.texts import Kind, overlay_place
from bot.model import Tier

NUMBER_MONTHS = timedelta(days=365)
"""How long a phone number counts as checked."""

CHECKED_TIERS = (Tier.YOUNG, Tier.MIDDLE)
"""The tiers whose topics end with a question that lets the child see whether they understood."""

CRITICAL_TOPICS = frozenset({"help.emergency", "help.talk_to_person"})
CRITICAL_PHRASES = frozenset({"chat.pulled", "chat.expired", "chat.draft_note"})


class ButtonTarget(Check):
    """Refuse buttons that lead nowhere or back to the same topic."""

    id = "button-target"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look each button up."""
        for topic in scope.content.topics.values():
            for tier, part, path in topic.parts():
                for index, target in enumerate(part.buttons):
                    line = topic.origin.line(*path, "buttons", index)
                    place = f"{topic.id}/{tier}"
                    if target == topic.id:
                        yield self.found(topic.origin.file, line, place, "has a button to itself", "name another topic")
                    elif target not in scope.content.topics:
                        problem = f"has a button to {target!r}, which is no topic"
                        yield self.found(topic.origin.file, line, place, problem, "name a topic that exists")


class Critical(Check):
    """Refuse safety text that is not marked as critical: no locale may go live without it."""

    id = "critical"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look at the safety phrases and the topics that must always be there."""
        content = scope.content
        for topic in content.topics.values():
            if topic.id in CRITICAL_TOPICS and not topic.critical:
                yield self._plain(topic.origin.file, topic.origin.line("critical"), topic.id)
        for phrase in content.phrases.values():
            if (phrase.group == "safety" or phrase.id in CRITICAL_PHRASES) and not phrase.critical:
                yield self._plain(phrase.origin.file, phrase.origin.line("critical"), phrase.id)

    def _plain(self, file: str, line: int, place: str) -> Finding:
        return self.found(file, line, place, "is safety text, but not critical", "write `critical: true`")


class SameLabel(Check):
    """Find two topics with the same words on their buttons, in any locale."""

    id = "same-label"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Compare the labels of topics (steps are never listed together with them)."""
        seen: dict[tuple[str, str], str] = {}
        for wording in scope.wordings:
            text = wording.text
            if text.kind is not Kind.LABEL or text.tier is not None or text.place != f"{text.owner}/label":
                continue
            first = seen.setdefault((wording.locale.code, wording.words), text.place)
            if first != text.place:
                problem = f"has the words of {first}: {wording.words!r}"
                at = (wording.file, wording.entry.line) if wording.entry else (text.file, text.line)
                yield self.found(*at, text.place, problem, "let a reader tell the two buttons apart")


class CheckQuestions(Check):
    """Refuse a topic that gives a child no way to see whether they understood."""

    id = "check-question"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look at the two tiers that have check questions."""
        for topic in scope.content.topics.values():
            for tier in CHECKED_TIERS:
                if topic.tiers[tier].check is None:
                    line = topic.origin.line("tiers", tier.value)
                    remedy = "write one with two or three answers, or excuse it with a reason"
                    yield self.found(topic.origin.file, line, f"{topic.id}/{tier}", "has no check question", remedy)


class PulledPlace(Check):
    """Refuse a pull that takes nothing out: the wrong words would still be shown."""

    id = "pulled-place"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look each place up, and whatever lies below it."""
        for pull in scope.content.pulled:
            line, file = pull.origin.line("place"), pull.origin.file
            if not any(place == pull.place or place.startswith(f"{pull.place}/") for place in scope.by_place):
                remedy = "write a topic id, a msgctxt or country.xx/number"
                yield self.found(file, line, pull.place, "takes nothing out", remedy)
            elif not can_be_pulled(pull.place):
                problem = "cannot be taken out: nothing can be shown in its place"
                yield self.found(file, line, pull.place, problem, "mend the words instead")


class Expired(Check):
    """List topics whose last day has passed; they are not shown (critical ones with a note)."""

    id = "expired"
    level = Level.NOTICE

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Compare with today."""
        for topic in scope.content.topics.values():
            if topic.expires is not None and scope.today > topic.expires:
                line = topic.origin.line("expires")
                problem, remedy = f"expired on {topic.expires}", "check the law or the number, then set a new date"
                yield self.found(topic.origin.file, line, topic.id, problem, remedy)


class OverlayTarget(Check):
    """Refuse a country's sentence for a topic, step or message that does not exist: nobody would read it."""

    id = "overlay-target"
    ignorable = False

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look the message up in each tier."""
        for country in scope.content.countries.values():
            for index, overlay in enumerate(country.overlays):
                line = country.origin.line("overlays", index, "instead" if overlay.instead else "after")
                for tier in overlay.told():
                    if not _has_message(scope.content.topics.get(overlay.topic), overlay, tier):
                        spot = "/".join(filter(None, (overlay.topic, tier, overlay.step, overlay.message)))
                        place = overlay_place(country.iso, overlay, tier)
                        remedy = "name a message of that tier; in a walk, its step too"
                        yield self.found(country.origin.file, line, place, f"stands at {spot}, which is none", remedy)


def _has_message(topic: Topic | None, overlay: Overlay, tier: Tier) -> bool:
    if topic is None:
        return False
    parts = (part for known, part, _ in topic.parts() if known is tier)
    found = (part for part in parts if (part.id if isinstance(part, Step) else None) == overlay.step)
    return any(message.id == overlay.message for part in found for message in part.messages)


class CountryRole(Check):
    """List countries that say neither that people on the move live there nor that they come from there."""

    id = "country-role"
    level = Level.NOTICE

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look at host and origin."""
        for country in scope.content.countries.values():
            if not (country.is_host or country.is_origin):
                place, remedy = f"country.{country.iso}", "write `host: true`, `origin: true`, or both"
                yield self.found(country.origin.file, 1, place, "is neither host nor origin", remedy)


class NumberKind(Check):
    """Refuse a number that does not say what it is for: topics show the numbers of their kind."""

    id = "number-kind"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look at how each id begins."""
        for country in scope.content.countries.values():
            for index, number in enumerate(country.numbers):
                if not number.kind and self.id not in number.ignore:
                    line = country.origin.line("numbers", index, "id")
                    place, remedy = f"country.{country.iso}/{number.id}", f"begin its id with {', '.join(NUMBER_KINDS)}"
                    yield self.found(country.origin.file, line, place, "is of no known kind", remedy)


class NumberAge(Check):
    """List phone numbers, and sentences of a country, that nobody has checked for a year."""

    id = "number-age"
    level = Level.NOTICE

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Compare with today."""
        for country in scope.content.countries.values():
            for index, number in enumerate(country.numbers):
                if scope.today - number.checked > NUMBER_MONTHS:
                    line = country.origin.line("numbers", index, "checked")
                    place = f"country.{country.iso}/{number.id}"
                    problem, remedy = f"was checked last on {number.checked}", "call it, then set the new date"
                    yield self.found(country.origin.file, line, place, problem, remedy)
            for index, overlay in enumerate(country.overlays):
                if scope.today - overlay.checked > NUMBER_MONTHS:
                    line = country.origin.line("overlays", index, "checked")
                    place = f"country.{country.iso}/{overlay.topic}"
                    problem, remedy = f"was checked last on {overlay.checked}", "read the source, then set the new date"
                    yield self.found(country.origin.file, line, place, problem, remedy)
