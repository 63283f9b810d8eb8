"""Turn references to content into replies in a person's language and tier; no wording lives in code."""

from dataclasses import dataclass

from bot.content.bidi import isolate
from bot.content.catalogue import Answer, Catalogue
from bot.content.errors import NotAvailable, Reason, UnknownTopic
from bot.content.locales import LOCALES, country_name
from bot.model import Button, Conversation, Reply

PERSON, MENU = "person", "menu"
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
        buttons = tuple(Button(f"topic:{target}", label) for target, label in answer.buttons)
        text = "\n\n".join(answer.messages)
        if answer.step is not None:
            return Told((self._step(answer, text, buttons, person),), draft=answer.draft)
        replies = [self.reply(text, person, buttons)]
        if topic == "help.emergency" and person.country is None and self.country is None:
            replies.append(self.numbers(None, person))
        if topic == "help.talk_to_person":
            replies = [self.reply(text, person, (self.button(PERSON, person), *buttons[:2]))]
        if topic == "help.delete_my_data":
            replies.append(self.confirm_deletion(person))
        return Told(tuple(replies), draft=answer.draft)

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
        return self.reply(f"{where}\n\n{text}", person, (*walk, *buttons))

    def numbers(self, country: str | None, person: Conversation) -> Reply:
        """Return the checked numbers of a country; without any, say so, or ask for the country."""
        if country is None:
            return self.say("chat.ask_country", person, *self._countries(person), self.button("skip", person))
        numbers = self.catalogue.numbers(country, locale=person.language)
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

    def _countries(self, person: Conversation) -> tuple[Button, ...]:
        countries = self.catalogue.content.countries.values()
        named = [(country.iso, country_name(country.iso, person.language) or country.name) for country in countries]
        return tuple(Button(f"country:{iso}", name) for iso, name in sorted(named, key=lambda pair: pair[1])[:9])

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
