"""Checks of what topics rest on: each names a source, and each point of the seed documents is used or explained."""

from collections.abc import Iterator

from bot.content.checks.base import Check, Scope
from bot.content.findings import Finding
from bot.content.schema import Point, Topic


class Sources(Check):
    """Refuse a topic that rests on nothing."""

    id = "sources"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look for sources that name a seed or a law."""
        for topic in scope.content.topics.values():
            line = topic.origin.line("sources")
            if not topic.sources:
                problem, remedy = "has no source", "name the seed document or the law it rests on"
                yield self.found(topic.origin.file, line, topic.id, problem, remedy)
            for index, source in enumerate(topic.sources):
                if not (source.seed or source.law):
                    line = topic.origin.line("sources", index)
                    yield self.found(topic.origin.file, line, topic.id, "has a source without seed or law", "add one")


class SourcePoints(Check):
    """Refuse points of a seed document that are neither used nor explained, and seeds cited for nothing."""

    id = "source-points"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Compare `content/sources.yaml` with the topics, both ways; without points there is nothing to compare."""
        sourcing, seen = scope.content.sourcing, set[str]()
        for index, point in enumerate(sourcing.points):
            for key, problem, remedy in self._point(scope, point):
                line = sourcing.origin.line("points", index, key)
                yield self.found(sourcing.origin.file, line, point.id, problem, remedy)
            if point.id in seen:
                line = sourcing.origin.line("points", index, "id")
                yield self.found(sourcing.origin.file, line, point.id, "is there twice", "give each point its number")
            seen.add(point.id)
        for topic in scope.content.topics.values() if sourcing.points else ():
            yield from self._topic(scope, topic)

    def _point(self, scope: Scope, point: Point) -> Iterator[tuple[str, str, str]]:
        """Yield (key, problem, remedy) of one point."""
        if point.seed not in scope.content.sourcing.seeds:
            yield "id", f"is of no seed document {point.seed}", "name the document under `seeds`"
        if not point.used_in and not point.left_out:
            yield (
                "point",
                "is neither used nor explained",
                "name topics under `used_in`, or say why under `left_out`",
            )
        if point.used_in and point.left_out:
            yield "left_out", "is used and left out", "keep one of the two"
        for name in point.used_in:
            topic = scope.content.topics.get(name)
            if topic is None:
                yield "used_in", f"is used in {name!r}, which is no topic", "name a topic that exists"
            elif point.seed not in _seeds(topic):
                problem = f"is used in {name}, which does not cite seed {point.seed}"
                yield "used_in", problem, "add the seed to the sources of the topic, or take the topic out"

    def _topic(self, scope: Scope, topic: Topic) -> Iterator[Finding]:
        used = {point.partition(".")[0] for point in scope.content.sourcing.used_by(topic.id)}
        for index, source in enumerate(topic.sources):
            if source.seed and source.seed not in used:
                line = topic.origin.line("sources", index)
                problem = f"cites seed {source.seed}, but no point of it names this topic"
                remedy = "add the topic to a point in content/sources.yaml, or take the seed out"
                yield self.found(topic.origin.file, line, topic.id, problem, remedy)


def _seeds(topic: Topic) -> frozenset[str]:
    return frozenset(source.seed for source in topic.sources if source.seed)
