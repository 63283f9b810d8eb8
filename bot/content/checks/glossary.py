"""Checks of the words that are explained: each can be found, leads on, and is explained where a child meets it."""

from collections.abc import Iterator

from bot.content.checks.base import Check, Scope
from bot.content.explaining import MOST, unexplained
from bot.content.findings import Finding


class GlossaryTerm(Check):
    """Refuse words of the glossary that lead nowhere, or that two of them claim."""

    id = "glossary-term"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look each word and its topic up."""
        seen: dict[str, str] = {}
        for term in scope.content.glossary.values():
            at, place = term.origin, f"glossary.{term.id}"
            if term.topic not in scope.content.topics:
                problem = f"leads to {term.topic!r}, which is no topic"
                yield self.found(at.file, at.line("topic"), place, problem, "name a topic that exists")
            for word in (term.term, *term.also):
                first = seen.setdefault(word.casefold(), term.id)
                if first != term.id:
                    problem = f"has the word {word!r}, which is one of glossary.{first} too"
                    yield self.found(at.file, at.line("also"), place, problem, "leave it to one of them")


class GlossaryExplained(Check):
    """Refuse more words to learn under one answer than there is room for.

    A word of the glossary that the topic itself does not explain to that age gets a button that explains it.
    """

    id = "glossary-explained"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look at each answer and step of each age."""
        for topic in scope.content.topics.values():
            for tier, part, path in topic.parts():
                terms = unexplained(scope.content, topic, part, tier)
                for term in terms[MOST:]:
                    line = topic.origin.line(*path)
                    problem = f"uses {term!r} unexplained, and {MOST} other words have the buttons"
                    remedy = "explain it in that age's text, or list the age under `known` in content/glossary.yaml"
                    yield self.found(topic.origin.file, line, f"{topic.id}/{tier}", problem, remedy)
