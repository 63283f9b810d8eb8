"""What Kite says, as one immutable snapshot: every question of the worker is a look-up.

There is no silent fallback to another language or tier. A text that may not be shown raises NotAvailable, whose
reason tells the caller which phrase to show instead; only two rules are written down where safety needs one:
`safety_locale`, and the label of a phone number (see `numbers`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from bot.content.answers import (
    NUMBER_TOPICS,
    NUMBERS_TOPIC,
    Answer,
    Checking,
    Definition,
    Number,
    overlaid,
    overlays_of,
)
from bot.content.bidi import isolate, isolate_value
from bot.content.errors import ContentError, NotAvailable, Reason, UnknownPhrase, UnknownTopic, WrongPlaceholders
from bot.content.explaining import MOST, unexplained
from bot.content.glossary import Words, words_of
from bot.content.loader import load_content
from bot.content.locales import LOCALES, SOURCE, country_languages
from bot.content.placeholders import fill, placeholders
from bot.content.po import locales_in
from bot.content.schema import CheckQuestion, Content, Overlay, PhoneNumber, Step, TierText, Topic
from bot.content.shelf import Rules, Served, Shelf, load_shelf, without
from bot.content.texts import BUTTON_GROUPS, PULLED_PHRASE, texts_of
from bot.model import Tier


@dataclass(frozen=True)
class Catalogue:
    """Everything Kite says on one day, read from disk once."""

    content: Content
    shelves: Mapping[str, Shelf]
    rules: Rules

    @classmethod
    def load(cls, content_dir: Path, translations_dir: Path, *, show_drafts: bool, today: date) -> "Catalogue":
        """Read the tree, the compiled translations and the approvals.

        Raise ContentError with all findings if any of them has a wrong form.
        """
        content = load_content(content_dir)
        pulled = frozenset(pull.place for pull in content.pulled)
        rules = Rules(show_drafts=show_drafts, today=today, pulled=pulled)
        return cls(content, _load_shelves(content, translations_dir, rules), rules)

    def pulling(self, places: frozenset[str]) -> "Catalogue":
        """Return this catalogue without what `places` name, for a pull that arrives while the files are broken."""
        rules = replace(self.rules, pulled=self.rules.pulled | places)
        return replace(self, shelves={code: without(shelf, rules) for code, shelf in self.shelves.items()}, rules=rules)

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """Return the locales that may be offered: all their critical texts and all phrases can be shown."""
        return tuple(locale for locale in LOCALES if locale in self.shelves and self.shelves[locale].shown)

    @property
    def topics(self) -> Mapping[str, Topic]:
        """Return the topics by id."""
        return self.content.topics

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Return the topic ids of each group, both in the order of the menu."""
        return self.content.groups()

    def live(self, locale: str) -> bool:
        """Tell whether all critical texts of a locale are approved."""
        return locale in self.shelves and self.shelves[locale].live

    def available(self, topic_id: str, *, locale: str, tier: Tier) -> bool:
        """Tell whether a topic can be answered; for a walk: whether none of its steps would be missing."""
        return (topic_id, locale, tier) in self._available

    def answer(
        self, topic_id: str, *, locale: str, tier: Tier, step: str | None = None, country: str | None = None
    ) -> Answer:
        """Return a topic, or a step of a walk (its first if none is named).

        `country` is an ISO code; it adds its numbers to the topics of NUMBER_TOPICS and changes what its overlays
        change. Raise UnknownTopic, or NotAvailable when any message of the topic itself is pulled, expired, not
        translated, or not approved while drafts are hidden.
        """
        topic = self._topic(topic_id)
        place, part = self._part(topic, Tier(tier), step)
        here = self._overlays(country, topic_id, part, Tier(tier), locale)
        served = [
            text
            for message in part.messages
            for text in overlaid(message.id, self._shown(f"{place}/{message.id}", locale), here)
        ]
        lines = self._number_lines(country, locale, NUMBER_TOPICS.get(topic_id, ()))
        first, last = (lines, ()) if topic_id == NUMBERS_TOPIC else ((), lines)
        return Answer(
            topic=topic_id, step=part.id if isinstance(part, Step) else None,
            messages=(*first, *(text.text for text in served), *last),
            buttons=tuple(self._buttons(part.buttons, locale, Tier(tier))),
            draft=any(text.draft for text in served), expired=any(text.expired for text in served),
        )  # fmt: skip

    def check(self, topic_id: str, *, locale: str, tier: Tier) -> Checking | None:
        """Return a topic's check question; None where it has none, or any word of it or its topic may not be shown.

        Raise UnknownTopic.
        """
        check, place = self._topic(topic_id).tiers[Tier(tier)].check, f"{topic_id}/{Tier(tier)}/check"
        answered = self.available(topic_id, locale=locale, tier=tier)
        if check is None or not answered or not self._check_shown(check, place, locale):
            return None
        answers = tuple((answer.id, self._shown(f"{place}/{answer.id}", locale).text) for answer in check.answers)
        question = self._shown(place, locale)
        return Checking(question=question.text, answers=answers, draft=question.draft)

    def feedback(self, topic_id: str, answer: str, *, locale: str, tier: Tier) -> str:
        """Return what is said after an answer of a check question; raise UnknownTopic or NotAvailable."""
        check, place = self._topic(topic_id).tiers[Tier(tier)].check, f"{topic_id}/{Tier(tier)}/check/{answer}"
        if check is None or answer not in {known.id for known in check.answers}:
            raise UnknownTopic(place)
        return self._shown(f"{place}/feedback", locale).text

    def terms_asked(self, text: str, *, locale: str, tier: Tier) -> tuple[str, ...]:
        """Return the ids of the words of the glossary that a message asks about, as far as they can be explained."""
        words = self._words.get(locale)
        found = () if words is None else words.asked(text)
        return tuple(term for term in found if self._showable(f"glossary.{term}/{Tier(tier)}", locale))

    def words(self, topic_id: str, *, locale: str, tier: Tier, step: str | None = None) -> tuple[str, ...]:
        """Return the ids of words that an answer or a step uses unexplained, as far as they can be explained.

        Raise UnknownTopic.
        """
        topic, tier = self._topic(topic_id), Tier(tier)
        key = (topic_id, tier, step)
        if key not in self._unexplained:
            self._unexplained[key] = unexplained(self.content, topic, self._part(topic, tier, step)[1], tier)
        places = ((term, f"glossary.{term}") for term in self._unexplained[key])
        known = (
            term
            for term, place in places
            if self._showable(f"{place}/term", locale) and self._showable(f"{place}/{tier}", locale)
        )
        return tuple(known)[:MOST]

    @cached_property
    def _unexplained(self) -> dict[tuple[str, Tier, str | None], tuple[str, ...]]:
        """What `words` has looked up so far: reading a topic for every word of the glossary takes milliseconds."""
        return {}

    def term(self, term_id: str, locale: str) -> str:
        """Return a word of the glossary (at most 20 characters); raise UnknownTopic or NotAvailable."""
        return self._shown(f"{self._term(term_id)}/term", locale).text

    def definition(self, term_id: str, *, locale: str, tier: Tier) -> Definition:
        """Return what a word of the glossary means; raise UnknownTopic or NotAvailable."""
        served = self._shown(f"{self._term(term_id)}/{Tier(tier)}", locale)
        topic = self.content.glossary[term_id].topic
        return Definition(term=term_id, text=served.text, topic=topic, draft=served.draft)

    def _term(self, term_id: str) -> str:
        if term_id not in self.content.glossary:
            raise UnknownTopic(f"glossary.{term_id}")
        return f"glossary.{term_id}"

    @cached_property
    def _words(self) -> Mapping[str, Words]:
        shy = frozenset(term.id for term in self.content.glossary.values() if not term.alone)
        return {locale: words_of(self._forms(locale), locale, shy) for locale in self.shelves}

    def _forms(self, locale: str) -> Iterator[tuple[str, str, str]]:
        for term in self.content.glossary:
            place = f"glossary.{term}"
            if self._showable(f"{place}/term", locale):
                also = self._shown(f"{place}/also", locale).text if self._showable(f"{place}/also", locale) else ""
                yield term, self._shown(f"{place}/term", locale).text, also

    def phrase(self, phrase_id: str, *, locale: str, tier: Tier | None = None, **values: object) -> str:
        """Return a phrase with its placeholders filled; in right-to-left text the values are isolated.

        A pulled phrase gives the words of `chat.pulled` instead (not on buttons). Raise UnknownPhrase,
        WrongPlaceholders if `values` are not exactly its placeholders, or NotAvailable.
        """
        place = self._phrase_place(phrase_id, tier)
        try:
            text = self._shown(place, locale).text
        except NotAvailable as error:
            return self._pulled(error)
        names = frozenset(placeholders(text))
        if names != values.keys():
            raise WrongPlaceholders(place, missing=names - values.keys(), extra=frozenset(values) - names)
        rtl = self.shelves[locale].rtl
        told = {name: isolate_value(str(value)) if rtl else str(value) for name, value in values.items()}
        return fill(text, told)

    def can_say(self, phrase_id: str, *, locale: str, tier: Tier | None = None) -> bool:
        """Tell whether a phrase, optional or not, may be shown in its own words; raise UnknownPhrase."""
        return self._showable(self._phrase_place(phrase_id, tier), locale)

    def is_draft(self, phrase_id: str, *, locale: str, tier: Tier | None = None) -> bool:
        """Tell whether a phrase that may be shown has not been approved."""
        return self._shown(self._phrase_place(phrase_id, tier), locale).draft

    def title(self, topic_id: str, locale: str) -> str:
        """Return a topic's title (at most 60 characters); raise UnknownTopic or NotAvailable."""
        return self._shown(f"{self._topic(topic_id).id}/title", locale).text

    def label(self, topic_id: str, locale: str) -> str:
        """Return a topic's words for a button (at most 20 characters); raise UnknownTopic or NotAvailable."""
        return self._shown(f"{self._topic(topic_id).id}/label", locale).text

    def step_title(self, topic_id: str, step: str, *, locale: str, tier: Tier) -> str:
        """Return the title of a step; raise UnknownTopic or NotAvailable."""
        place, _ = self._part(self._topic(topic_id), Tier(tier), step)
        return self._shown(f"{place}/title", locale).text

    def step_label(self, topic_id: str, step: str, *, locale: str, tier: Tier) -> str:
        """Return a step's words for a button; raise UnknownTopic or NotAvailable."""
        place, _ = self._part(self._topic(topic_id), Tier(tier), step)
        return self._shown(f"{place}/label", locale).text

    def step_position(self, topic_id: str, step: str) -> tuple[int, int]:
        """Return where a step stands, counted from 1, and how many there are; raise UnknownTopic."""
        steps = self._topic(topic_id).steps
        if step not in steps:
            raise UnknownTopic(f"{topic_id}/{step}")
        return steps.index(step) + 1, len(steps)

    def next_step(self, topic_id: str, step: str) -> str | None:
        """Return the id of the step after, None after the last; raise UnknownTopic."""
        position, total = self.step_position(topic_id, step)
        return self._topic(topic_id).steps[position] if position < total else None

    def previous_step(self, topic_id: str, step: str) -> str | None:
        """Return the id of the step before, None before the first; raise UnknownTopic."""
        position, _ = self.step_position(topic_id, step)
        return self._topic(topic_id).steps[position - 2] if position > 1 else None

    def safety_locale(self, locale: str, *, second: str | None = None, country: str | None = None) -> str:
        """Return the locale in which safety texts are said to a person who wrote in `locale`.

        The written rule: their language; their second language; the languages of the country, most spoken first;
        English; any other. The first whose critical texts can all be shown wins.
        """
        spoken = country_languages(country) if country else ()
        wanted = (locale, second or locale, *spoken, SOURCE, *LOCALES)
        return next((code for code in wanted if code in self.shelves and self.shelves[code].safe), SOURCE)

    def _overlays(
        self, country: str | None, topic: str, part: Step | TierText, tier: Tier, locale: str
    ) -> tuple[tuple[Overlay, Served], ...]:
        """Return what a country changes in a topic, or in a step of it, as far as it may be shown."""
        step = part.id if isinstance(part, Step) else None
        found = overlays_of(self.content, country, topic=topic, step=step, tier=tier)
        return tuple((overlay, self._shown(place, locale)) for overlay, place in found if self._showable(place, locale))

    def numbers(self, country: str | None, *, locale: str = SOURCE) -> tuple[Number, ...]:
        """Return the phone numbers of a country (ISO code), most urgent first; () when none are known.

        A number is never held back for want of a translation: where its label or hours may not be shown in `locale`
        both are given in English, and `language` says so. A pulled number is left out.
        """
        known = self.content.countries.get((country or "").lower())
        if known is None:
            return ()
        places = ((f"country.{known.iso}/{number.id}", number) for number in known.numbers)
        return tuple(self._number(number, place, locale) for place, number in places if not self.rules.is_pulled(place))

    def _topic(self, topic_id: str) -> Topic:
        if topic_id not in self.content.topics:
            raise UnknownTopic(topic_id)
        return self.content.topics[topic_id]

    def _part(self, topic: Topic, tier: Tier, step: str | None) -> tuple[str, Step | TierText]:
        text, place = topic.tiers[tier], f"{topic.id}/{tier}"
        if topic.kind == "answer" and step is None:
            return place, text
        wanted = step or topic.steps[0]
        found = next((part for part in text.steps if part.id == wanted), None)
        if found is None:
            raise UnknownTopic(f"{topic.id}/{wanted}")
        return f"{place}/{found.id}", found

    def _shown(self, place: str, locale: str) -> Served:
        shelf = self.shelves.get(locale)
        if shelf is None:
            raise NotAvailable(place, locale, Reason.UNTRANSLATED)
        served = shelf.served[place]
        if served.reason is not None:
            raise NotAvailable(place, locale, served.reason)
        return served

    def _showable(self, place: str, locale: str) -> bool:
        return locale in self.shelves and self.shelves[locale].served[place].reason is None

    def _buttons(self, wanted: tuple[str, ...], locale: str, tier: Tier) -> Iterator[tuple[str, str]]:
        for topic_id in wanted:
            if self.available(topic_id, locale=locale, tier=tier) and self._showable(f"{topic_id}/label", locale):
                yield topic_id, self.label(topic_id, locale)

    @cached_property
    def _available(self) -> frozenset[tuple[str, str, Tier]]:
        blocked = {
            (topic.id, locale, tier)
            for topic in self.topics.values()
            for tier, part, _ in topic.parts()
            for locale in self.shelves
            if not self._whole(topic, tier, part, locale)
        }
        every = {(topic, locale, tier) for topic in self.topics for locale in self.shelves for tier in Tier}
        return frozenset(every - blocked)

    def _whole(self, topic: Topic, tier: Tier, part: Step | TierText, locale: str) -> bool:
        place = f"{topic.id}/{tier}"
        if not isinstance(part, Step):
            return all(self._showable(f"{place}/{message.id}", locale) for message in part.messages)
        inner = ("title", *(message.id for message in part.messages))
        return all(self._showable(f"{place}/{part.id}/{name}", locale) for name in inner)

    def _check_shown(self, check: CheckQuestion, place: str, locale: str) -> bool:
        inner = [f"{place}/{answer.id}{end}" for answer in check.answers for end in ("", "/feedback")]
        return all(self._showable(name, locale) for name in (place, *inner))

    def _phrase_place(self, phrase_id: str, tier: Tier | None) -> str:
        phrase = self.content.phrases.get(phrase_id)
        if phrase is None or (phrase.tiers is not None and tier is None):
            raise UnknownPhrase(phrase_id)
        return phrase_id if phrase.tiers is None else f"{phrase_id}/{Tier(tier or '')}"

    def _pulled(self, error: NotAvailable) -> str:
        button = error.place.partition(".")[0] in BUTTON_GROUPS
        if error.reason is not Reason.PULLED or button or not self._has(PULLED_PHRASE, error.locale):
            raise error
        return self._shown(PULLED_PHRASE, error.locale).text

    def _has(self, place: str, locale: str) -> bool:
        return place in self.shelves[locale].served and self._showable(place, locale)

    def _number(self, number: PhoneNumber, place: str, locale: str) -> Number:
        keys = ("label", "hours") if number.hours else ("label",)
        told = all(self._showable(f"{place}/{key}", locale) for key in keys)
        words = {key: self.shelves[locale].served[f"{place}/{key}"].text for key in keys} if told else {}
        return Number(
            id=number.id, kind=number.kind, number=number.number, label=words.get("label", number.label),
            hours=words.get("hours", number.hours), free=number.free, checked=number.checked,
            language=locale if told else SOURCE,
        )  # fmt: skip

    def _number_lines(self, country: str | None, locale: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        numbers = (number for number in self.numbers(country, locale=locale) if number.kind in kinds)
        lines = [f"{n.label}: {n.number}" + (f" ({n.hours})" if n.hours else "") for n in numbers]
        rtl = locale in self.shelves and self.shelves[locale].rtl
        text = "\n".join(isolate(line) if rtl else line for line in lines)
        return (text,) if text else ()


def _load_shelves(content: Content, translations_dir: Path, rules: Rules) -> dict[str, Shelf]:
    """Read every locale; the errors of all of them are raised together."""
    texts = texts_of(content)
    shelves: dict[str, Shelf] = {}
    findings: list[object] = []
    for locale in (SOURCE, *(code for code in locales_in(translations_dir) if code in LOCALES and code != SOURCE)):
        try:
            shelves[locale] = load_shelf(texts, translations_dir, locale, rules)
        except ContentError as error:
            findings.extend(error.findings)
    if findings:
        raise ContentError(findings)
    return shelves
