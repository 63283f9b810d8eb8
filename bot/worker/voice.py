"""Turn references to content into replies in a person's language and tier; no wording lives in code."""

from dataclasses import dataclass

from bot.content.answers import Answer, Checking
from bot.content.bidi import isolate
from bot.content.catalogue import Catalogue
from bot.content.errors import NotAvailable, Reason, UnknownTopic
from bot.content.locales import LOCALES, country_name
from bot.content.schema import URGENT_KINDS
from bot.content.texts import LABEL_LIMIT
from bot.language import normalise
from bot.model import Button, Conversation, Reply

PERSON, MENU, CHECK = "person", "menu", "check"
KEPT = frozenset({PERSON, "topic:help.talk_to_person"})
"""Payloads of buttons that give way to no other."""

COUNTRIES = 8
"""How many countries fit a list beside the way to more of them and the way out."""

AT_ONCE = 3
"""How many choices every channel shows as buttons; more of them fold into a list."""

_ASKS = "❓ "
"""Before a word that can be tapped: it asks what the word means."""

TIERS = ("young", "middle", "teen", "adult")


@dataclass(frozen=True)
class Told:
    """Replies of a topic; `draft` asks for the note that no person has checked them."""

    replies: tuple[Reply, ...]
    draft: bool = False


@dataclass(frozen=True)
class Voice:
    """Speak from one snapshot of the content; `country` is the deployment's own, or None."""

    catalogue: Catalogue
    country: str | None = None

    def say(self, phrase_id: str, person: Conversation, *buttons: Button, **values: str) -> Reply:
        """Return a phrase as a reply."""
        text = self.catalogue.phrase(phrase_id, locale=person.language, tier=person.tier, **values)
        return self.reply(text, person, buttons)

    def reply(self, text: str, person: Conversation, buttons: tuple[Button, ...] = ()) -> Reply:
        """Return a text as a reply in the person's language."""
        list_label = self.catalogue.phrase("list.choose", locale=person.language) if buttons else ""
        return Reply(text=text, buttons=buttons, language=person.language, list_label=list_label)

    def button(self, name: str, person: Conversation, payload: str | None = None) -> Button:
        """Return a button labelled by the phrase `button.<name>`; its payload is the name unless given."""
        return Button(payload or name, self.catalogue.phrase(f"button.{name}", locale=person.language))

    def help_buttons(self, person: Conversation) -> tuple[Button, ...]:
        """Return the two ways on that are offered when Kite has no answer: a person, and the menu."""
        return (self.button(PERSON, person), self.button(MENU, person))

    def menu(self, person: Conversation) -> Reply:
        """Return the menu: the groups, and a person."""
        groups = tuple(
            Button(f"group:{group}", self.catalogue.phrase(f"group.{group}", locale=person.language))
            for group in self.catalogue.groups
        )
        return self.say("chat.menu", person, *groups, self.button(PERSON, person))

    def group(self, group: str, person: Conversation) -> Reply:
        """Return the topics of a group as buttons; the menu when there is no such group."""
        topics = self.catalogue.groups.get(group)
        if topics is None:
            return self.menu(person)
        name = self.catalogue.phrase(f"group.{group}", locale=person.language)
        return self.say("chat.menu_group", person, *self.topic_buttons(topics, person), group=name)

    def topic_buttons(self, topics: tuple[str, ...], person: Conversation) -> tuple[Button, ...]:
        """Return a button for each topic that exists."""
        return tuple(
            Button(f"topic:{topic}", self.catalogue.label(topic, person.language))
            for topic in topics
            if self.catalogue.available(topic, locale=person.language, tier=person.tier)
        )

    def languages(self, person: Conversation) -> Reply:
        """Return the choice of languages, each by its own name."""
        buttons = tuple(Button(f"language:{code}", LOCALES[code].name) for code in self.catalogue.locales)
        return self.say("chat.choose_language", person, *buttons)

    def tiers(self, person: Conversation) -> Reply:
        """Return the choice of age tiers, with a way to skip it."""
        buttons = tuple(
            Button(f"tier:{tier}", self.catalogue.phrase(f"tier.{tier}", locale=person.language))
            for tier in (*TIERS, "skip")
        )
        return self.say("chat.choose_tier", person, *buttons)

    def answer(self, topic: str, person: Conversation, *, step: str | None = None) -> Answer:
        """Return a topic's answer; raise NotAvailable or UnknownTopic."""
        return self.catalogue.answer(
            topic, locale=person.language, tier=person.tier, step=step, country=person.country or self.country
        )

    def steps(self, topic: str | None) -> tuple[str, ...]:
        """Return the step ids of a walk; () for an answer or an unknown topic."""
        found = self.catalogue.topics.get(topic or "")
        return () if found is None else found.steps

    def topic(self, topic: str, person: Conversation, *, step: str | None = None) -> Told:
        """Return a topic, or one step of a walk, as replies; what is not available says so and offers a person."""
        try:
            answer = self.answer(topic, person, step=step)
        except UnknownTopic:
            return Told((self.menu(person),))
        except NotAvailable as error:
            phrase = "chat.expired" if error.reason is Reason.EXPIRED else "chat.pulled"
            return Told((self.say(phrase, person, *self.help_buttons(person)),))
        text = "\n\n".join(answer.messages)
        if answer.step is not None:
            return Told((self._step(answer, text, _topics(answer), person),), draft=answer.draft)
        buttons = self.with_check(topic, self._onward(answer, person), person)
        if person.walk is not None:
            buttons = (*buttons, self.button("continue", person, "walk:resume"))
        replies = [self.reply(text, person, (*buttons, *self._explaining(answer, person)))]
        if topic == "help.emergency" and person.country is None and self.country is None:
            replies.append(self.numbers(None, person))
        if topic == "help.delete_my_data":
            replies.append(self.confirm_deletion(person))
        return Told(tuple(replies), draft=answer.draft)

    def _onward(self, answer: Answer, person: Conversation) -> tuple[Button, ...]:
        """Return the buttons under an answer: the topics that come next, and a person where the topic is about one."""
        if answer.topic == "help.talk_to_person":
            return (self.button(PERSON, person), *_topics(answer)[: AT_ONCE - 1])
        return _topics(answer)

    # -- the question that lets a child see whether they understood -----------------------------------------------

    def with_check(self, topic: str, buttons: tuple[Button, ...], person: Conversation) -> tuple[Button, ...]:
        """Return buttons and, where the topic has a check question, the one that asks it.

        Together they are no more than fit at once; a way to a person is never left out for it.
        """
        if self._checking(topic, person) is None or not self.catalogue.can_say("button.check", locale=person.language):
            return buttons
        return (*_first(buttons, AT_ONCE - 1), self.button(CHECK, person, f"check:{topic}"))

    def check(self, topic: str, person: Conversation) -> Told | None:
        """Return a topic's check question with its answers as buttons, None where it cannot be asked."""
        check = self._checking(topic, person)
        if check is None:
            return None
        answers = tuple(Button(f"check:{topic}/{answer}", label) for answer, label in check.answers)
        return Told((self.reply(check.question, person, answers),), draft=check.draft)

    def feedback(self, topic: str, answer: str, person: Conversation) -> Told | None:
        """Return what is said after an answer, with the ways on from the topic; None where it cannot be said."""
        check = self._checking(topic, person)
        if check is None or answer not in dict(check.answers):
            return None
        text = self.catalogue.feedback(topic, answer, locale=person.language, tier=person.tier)
        return Told((self.reply(text, person, self._after_check(topic, person)),), draft=check.draft)

    def answer_typed(self, text: str, person: Conversation) -> str | None:
        """Return the id of the answer whose label somebody typed instead of tapping it, to the check of their topic."""
        check = self._checking(person.topic or "", person)
        wanted = normalise(text)
        if check is None or not wanted:
            return None
        return next((answer for answer, label in check.answers if normalise(label) == wanted), None)

    def _after_check(self, topic: str, person: Conversation) -> tuple[Button, ...]:
        if not self.steps(topic):
            return self._onward(self.answer(topic, person), person)
        back = (self.button("back", person, "walk:back"),) if topic == person.topic else ()
        return (*back, *self.help_buttons(person))

    def _checking(self, topic: str, person: Conversation) -> Checking | None:
        try:
            return self.catalogue.check(topic, locale=person.language, tier=person.tier)
        except UnknownTopic:
            return None

    # -- words that are explained ---------------------------------------------------------------------------------

    def word(self, term: str, person: Conversation) -> Told | None:
        """Return what a word means, with the way to its topic and back into a walk; None where it cannot be said.

        A word that may stand for harm leads to a person, others to the menu.
        """
        try:
            found = self.catalogue.definition(term, locale=person.language, tier=person.tier)
        except (NotAvailable, UnknownTopic):
            return None
        buttons = self.topic_buttons((found.topic,), person)
        if person.walk is not None or (person.step is not None and found.topic != person.topic):
            buttons += (self.button("continue", person, "walk:resume"),)
        last = self.button(MENU if self.catalogue.content.glossary[term].alone else PERSON, person)
        return Told((self.reply(found.text, person, (*buttons, last)),), draft=found.draft)

    def _explaining(self, answer: Answer, person: Conversation) -> tuple[Button, ...]:
        """Return a button for each word that an answer uses without saying what it means."""
        terms = self.catalogue.words(answer.topic, locale=person.language, tier=person.tier, step=answer.step)
        labels = (self.catalogue.term(term, person.language) for term in terms)
        return tuple(
            Button(f"word:{term}", f"{_ASKS}{label}" if len(label) + len(_ASKS) <= LABEL_LIMIT else label)
            for term, label in zip(terms, labels, strict=True)
        )

    def words(self, terms: tuple[str, ...], person: Conversation) -> Reply:
        """Return the offer to choose between words that are written alike."""
        buttons = [Button(f"word:{term}", self.catalogue.term(term, person.language)) for term in terms[:AT_ONCE]]
        return self.say("chat.offer", person, *buttons)

    # -- walks ----------------------------------------------------------------------------------------------------

    def walk_end(self, topic: str, person: Conversation) -> Reply:
        """Return what is said after the last step of a walk."""
        buttons = self.with_check(topic, self.help_buttons(person), person)
        if len(buttons) < AT_ONCE:
            buttons = (self.button("back", person, "walk:back"), *buttons)
        return self.say("chat.walk_end", person, *buttons)

    def _step(self, answer: Answer, text: str, buttons: tuple[Button, ...], person: Conversation) -> Reply:
        assert answer.step is not None
        index, total = self.catalogue.step_position(answer.topic, answer.step)
        title = self.catalogue.step_title(answer.topic, answer.step, locale=person.language, tier=person.tier)
        where = self.catalogue.phrase(
            "chat.where", locale=person.language, tier=person.tier, number=str(index), total=str(total), title=title
        )
        walk = [self.button(name, person, f"walk:{name}") for name in ("next", "back", "stop")]
        if index == total:
            walk = walk[1:]
        if index == 1:
            walk = [button for button in walk if button.payload != "walk:back"]
        if index == total:
            buttons = self.with_check(answer.topic, buttons[: AT_ONCE - 1], person)
        return self.reply(f"{where}\n\n{text}", person, (*walk, *buttons, *self._explaining(answer, person)))

    def numbers(self, country: str | None, person: Conversation) -> Reply:
        """Return the urgent numbers of a country; without any, say so, or ask for the country."""
        if country is None:
            return self.countries(person)
        every = self.catalogue.numbers(country, locale=person.language)
        numbers = [number for number in every if number.kind in URGENT_KINDS] or every
        if not numbers:
            return self.say("chat.numbers_unknown", person, *self.help_buttons(person))
        lines = [
            f"{number.label}: {number.number}" + (f" ({number.hours})" if number.hours else "") for number in numbers
        ]
        if LOCALES[person.language].rtl:
            lines = [isolate(line) for line in lines]
        return self.reply("\n".join(lines), person, self.help_buttons(person))

    def confirm_deletion(self, person: Conversation) -> Reply:
        """Return the question before everything is deleted."""
        buttons = (self.button("delete", person, "delete:yes"), self.button("keep", person, "delete:no"))
        return self.say("chat.delete_confirm", person, *buttons)

    def countries(self, person: Conversation, start: int = 0) -> Reply:
        """Return the question for the country, with a page of those where people on the move live, and a way on."""
        known = self.catalogue.content.countries.values()
        hosts = [country for country in known if country.is_host] or known
        named = [(country_name(host.iso, person.language) or host.name, host.iso) for host in hosts]
        buttons = [Button(f"country:{iso}", name) for name, iso in sorted(named)]
        here, end = max(start, 0) if start < len(buttons) else 0, len(buttons)
        page = buttons[here : here + COUNTRIES]
        if end > COUNTRIES:
            following = here + COUNTRIES if here + COUNTRIES < end else 0
            page.append(self.button("more", person, f"countries:{following}"))
        return self.say("chat.ask_country", person, *page, self.button("skip", person))

    def is_draft(self, phrase_id: str, person: Conversation) -> bool:
        """Tell whether a phrase that is shown has not been approved by anybody."""
        return self.catalogue.is_draft(phrase_id, locale=person.language, tier=person.tier)

    def draft_note(self, person: Conversation) -> Reply:
        """Return the note that no person has checked these texts yet."""
        return self.say("chat.draft_note", person)

    def safety(self, phrase_id: str, person: Conversation, **values: str) -> str:
        """Return a safety text by the written rule of fall-back, which never ends in silence."""
        locale = self.catalogue.safety_locale(person.language, country=person.country or self.country)
        return self.catalogue.phrase(phrase_id, locale=locale, tier=person.tier, **values)

    def safety_reply(self, person: Conversation, lines: tuple[str, ...], *buttons: str) -> Reply:
        """Return safety lines as one reply with the buttons named."""
        locale = self.catalogue.safety_locale(person.language, country=person.country or self.country)
        made = tuple(
            Button(f"safety:{name}", self.catalogue.phrase(f"button.{name.removeprefix('contact_')}", locale=locale))
            for name in buttons
        )
        label = self.catalogue.phrase("list.choose", locale=locale) if made else ""
        return Reply(text="\n".join(lines), buttons=made, language=locale, list_label=label)


def _topics(answer: Answer) -> tuple[Button, ...]:
    return tuple(Button(f"topic:{target}", label) for target, label in answer.buttons)


def _first(buttons: tuple[Button, ...], most: int) -> tuple[Button, ...]:
    """Return at most that many buttons in their order: those that give way to no other, then the first."""
    ranked = sorted(buttons, key=lambda button: button.payload not in KEPT)[:most]
    return tuple(button for button in buttons if button in ranked)
