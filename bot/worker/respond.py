"""Decide what a turn says and changes: a pure function of the message, the conversation and what was understood.

Nothing here reads or writes: the worker applies the outcome in its final transaction, so a turn that is tried again
after a crash advances nothing twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue import payloads as said
from bot.model import Button, Conversation, Hits, Kind, Reply, Tier
from bot.worker.voice import CHECK, MENU, PERSON, Told, Voice

IDLE = timedelta(minutes=30)
MEDIA = frozenset({Kind.VOICE, Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT})
SILENT = frozenset({Kind.REACTION})


@dataclass(frozen=True)
class Outcome:
    """What a turn does: replies in order, columns of the conversation to change, and acts with consequences.

    Acts: "ask_for_person", "delete_data", ("feedback", value).
    """

    replies: tuple[Reply, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    acts: tuple[str, ...] = ()

    def then(self, other: "Outcome") -> "Outcome":
        """Return both outcomes, one after the other."""
        return Outcome(self.replies + other.replies, {**self.changes, **other.changes}, self.acts + other.acts)


def after_changes(person: Conversation, changes: Mapping[str, Any]) -> Conversation:
    """Return the conversation as it will be once the changes are written."""
    known = {name: value for name, value in changes.items() if name in Conversation.__dataclass_fields__}
    if "tier" in known:
        known["tier"] = Tier(known["tier"])
    return replace(person, **known)


# -- what is tapped or sent without words ---------------------------------------------------------------------------


def to_button(payload: str, voice: Voice, person: Conversation) -> Outcome | None:
    """Return the outcome of a tapped button, or None when the payload is not one of ours."""
    name, _, value = payload.partition(":")
    match name:
        case "topic":
            return open_topic(value, voice, person)
        case "group":
            return Outcome((voice.group(value, person),), {"misses": 0, "expects": None})
        case "menu":
            return Outcome((voice.menu(person),), {"misses": 0, "expects": None})
        case "walk":
            return walk(value, voice, person)
        case "check":
            return check(value, voice, person)
        case "word":
            return word((value,), voice, person)
        case "choose":
            return Outcome((voice.languages(person) if value == "language" else voice.tiers(person),))
        case "language" if value in voice.catalogue.locales:
            return set_language(value, voice, person)
        case "language":
            return Outcome((voice.languages(person),))
        case "tier":
            return set_tier(value, voice, person)
        case "person":
            return Outcome(acts=("ask_for_person",))
        case "delete":
            return delete(value, voice, person)
        case "numbers":
            return Outcome((voice.numbers(person.country or voice.country, person),))
        case "countries":
            return Outcome((voice.countries(person, int(value) if value.isdecimal() else 0),))
        case "country":
            return set_country(value, voice, person)
        case "skip":
            return Outcome((voice.menu(person),), {"expects": None})
        case "feedback":
            return Outcome((voice.say("chat.feedback_thanks", person),), acts=(f"feedback:{value}",))
        case "edited":  # words that were changed: answered only where they were not understood before
            return None if person.misses else Outcome()
        case "start":
            return Outcome((voice.menu(person),), {"misses": 0})
        case _:
            return None


def to_words(text: str, voice: Voice, person: Conversation) -> Outcome | None:
    """Return the outcome of typed words that need no assistant, None for all others.

    They are the words of an answer to a check question that was just asked, and questions what a word means.
    """
    answer = voice.answer_typed(text, person) if person.expects == CHECK else None
    if answer is not None:
        return check(f"{person.topic}/{answer}", voice, person)
    terms = voice.catalogue.terms_asked(text, locale=person.language, tier=person.tier)
    return word(terms, voice, person) if terms else None


def word(terms: tuple[str, ...], voice: Voice, person: Conversation) -> Outcome:
    """Explain a word of the glossary, or let the person choose between several; the talk stays where it is."""
    if len(terms) > 1:
        return Outcome((voice.words(terms, person),), {"misses": 0})
    told = voice.word(terms[0], person)
    if told is None:
        return Outcome((voice.say("chat.glossary_none", person, *voice.help_buttons(person)),), {"misses": 0})
    return _noted(told, {"misses": 0}, voice, person)


def to_media(kind: Kind, voice: Voice, person: Conversation) -> Outcome:
    """Return the outcome of a message without words: say honestly that nobody but a person can listen or look."""
    if kind in SILENT:
        return Outcome()
    phrase = "chat.media" if kind in MEDIA else "chat.unsupported"
    return Outcome((voice.say(phrase, person, *voice.help_buttons(person)),))


# -- what the assistant decided -------------------------------------------------------------------------------------


def to_payloads(payloads: tuple[said.Payload, ...], hits: Hits, voice: Voice, person: Conversation) -> Outcome:
    """Return the outcome of what the assistant answered, in order; a check question that was asked is over."""
    outcome = Outcome(changes={"expects": None} if person.expects == CHECK else {})
    for payload in payloads:
        outcome = outcome.then(_to_payload(payload, hits, voice, after_changes(person, outcome.changes)))
    return outcome


def _to_payload(payload: said.Payload, hits: Hits, voice: Voice, person: Conversation) -> Outcome:
    match payload:
        case said.ContentPayload(topic=topic):
            return open_topic(topic, voice, person)
        case said.OfferPayload(topics=topics):
            return offer(topics or tuple(hit.topic for hit in hits.hits[:3]), voice, person)
        case said.PhrasePayload(phrase=phrase):
            return phrase_outcome(phrase, voice, person)
        case said.MenuPayload():
            return Outcome((voice.menu(person),), {"misses": 0, "expects": None})
        case said.WalkPayload(move=move):
            return walk(move, voice, person)
        case said.AgainPayload() | said.MorePayload():
            return again(voice, person)
        case said.EffectPayload():
            return to_effect(payload, voice, person)


def assistant_down(voice: Voice, person: Conversation) -> Outcome:
    """Return the fixed reply for when nothing can be understood: the menu still works, and a person can be asked."""
    down = voice.say("chat.assistant_down", person, voice.button(PERSON, person))
    return Outcome((down, voice.menu(person)))


def offer(topics: tuple[str, ...], voice: Voice, person: Conversation) -> Outcome:
    """Return up to three topics as buttons; without any, say that nothing was understood."""
    buttons = voice.topic_buttons(topics[:3], person)
    if not buttons:
        return phrase_outcome("chat.not_understood", voice, person)
    return Outcome((voice.say("chat.offer", person, *buttons, voice.button(MENU, person)),), {"expects": None})


def phrase_outcome(phrase: str, voice: Voice, person: Conversation) -> Outcome:
    """Return a fixed phrase with the buttons that belong to it; the second miss in a row offers a person first."""
    if phrase == "chat.not_understood" and person.misses > 0:
        phrase = "chat.not_understood_again"
    missed = phrase in {"chat.not_understood", "chat.not_understood_again"}
    buttons: tuple[Button, ...] = ()
    if missed or phrase in {"chat.out_of_scope", "chat.hello", "chat.rude", "chat.yes_no_what"}:
        buttons = voice.help_buttons(person)
    changes = {"misses": person.misses + 1 if missed else 0, "expects": None}
    return Outcome((voice.say(phrase, person, *buttons),), changes)


def open_topic(topic: str, voice: Voice, person: Conversation) -> Outcome:
    """Return a topic's answer; a walk opens at its first step, or where the person left it.

    Who asks something else in the middle of a walk can go on with it afterwards.
    """
    if topic not in voice.catalogue.topics:
        return Outcome((voice.menu(person),), {"misses": 0})
    walk, left = voice.steps(topic), _place(person)
    step = None
    if walk:
        here = left.partition("/")[2] if left and left.startswith(f"{topic}/") else None
        step = here if here in walk else walk[0]
    left = None if walk else left
    changes = {"topic": topic, "step": step, "walk": left, "misses": 0, "expects": _expects(topic)}
    return tell(topic, step, changes, voice, replace(person, walk=left))


def _place(person: Conversation) -> str | None:
    """Return where the person is in a walk, or where they left the last one."""
    return f"{person.topic}/{person.step}" if person.topic and person.step else person.walk


def _expects(topic: str) -> str | None:
    return {"help.delete_my_data": "delete", "help.emergency": "country"}.get(topic)


def tell(topic: str, step: str | None, changes: Mapping[str, Any], voice: Voice, person: Conversation) -> Outcome:
    """Return a topic told, after the note that no person has checked it: once per conversation and language."""
    return _noted(voice.topic(topic, person, step=step), changes, voice, person)


def _noted(told: Told, changes: Mapping[str, Any], voice: Voice, person: Conversation) -> Outcome:
    if not told.draft or person.language in person.draft_noted:
        return Outcome(told.replies, changes)
    noted = {"draft_noted": [*person.draft_noted, person.language]}
    return Outcome((voice.draft_note(person), *told.replies), {**changes, **noted})


def check(value: str, voice: Voice, person: Conversation) -> Outcome:
    """Ask the check question of a topic, or say what follows an answer (`<topic>/<answer>`).

    Nothing is counted or remembered but that a question was asked. Where the question is gone, because age, language
    or content changed meanwhile, the topic itself is told.
    """
    topic, _, answer = value.partition("/")
    told = voice.feedback(topic, answer, person) if answer else voice.check(topic, person)
    if told is None:
        return open_topic(topic, voice, person)
    asked = not answer and topic == person.topic
    return _noted(told, {"misses": 0, "expects": CHECK if asked else None}, voice, person)


def walk(move: str, voice: Voice, person: Conversation) -> Outcome:
    """Return the outcome of a move in a walk: next, back, where, stop or resume.

    Outside a walk every move leads back into the one that was left, and without any to what was told last.
    """
    if move == "stop":
        onward = (voice.button("continue", person, "walk:resume"), voice.button(MENU, person))
        changes = {"step": None, "walk": _place(person), "misses": 0}
        return Outcome((voice.say("chat.walk_stopped", person, *onward),), changes)
    if person.topic is None or person.step is None:
        left = (person.walk or "").partition("/")[0]
        return open_topic(left, voice, person) if left else again(voice, person)
    step = _moved(move, voice, person)
    if step is None:
        return Outcome((voice.walk_end(person.topic, person),), {"misses": 0})
    return tell(person.topic, step, {"step": step, "misses": 0}, voice, person)


def _moved(move: str, voice: Voice, person: Conversation) -> str | None:
    """Return the step a move leads to; None past the end. Going back from the first step stays there."""
    assert person.topic is not None
    steps = voice.steps(person.topic)
    if person.step not in steps:
        return steps[0] if steps else None
    index = steps.index(person.step) + {"next": 1, "back": -1}.get(move, 0)
    return steps[max(index, 0)] if index < len(steps) else None


def again(voice: Voice, person: Conversation) -> Outcome:
    """Return the last answer once more, or the menu when there was none."""
    if person.topic is None:
        return Outcome((voice.menu(person),))
    if voice.steps(person.topic) and person.step is None:
        return open_topic(person.topic, voice, person)
    return tell(person.topic, person.step, {"misses": 0}, voice, person)


# -- effects --------------------------------------------------------------------------------------------------------


def to_effect(effect: said.EffectPayload, voice: Voice, person: Conversation) -> Outcome:
    """Return the outcome of an effect that an action decided; the worker applies it in its final transaction."""
    match effect.effect:
        case "set_language" if effect.language in voice.catalogue.locales:
            return set_language(str(effect.language), voice, person)
        case "set_language" | "choose_language":
            return Outcome((voice.languages(person),))
        case "set_tier":
            return set_tier(str(effect.tier), voice, person)
        case "choose_tier":
            return Outcome((voice.tiers(person),))
        case "set_country":
            return set_country(str(effect.country), voice, person)
        case "ask_for_person":
            return Outcome(acts=("ask_for_person",))
        case "delete_data":
            return delete("yes" if person.expects == "delete" else "", voice, person)
        case "feedback":
            return Outcome((voice.say("chat.feedback_thanks", person),), acts=(f"feedback:{effect.value}",))
        case "numbers":
            known = effect.country or person.country or voice.country
            return Outcome((voice.numbers(known, person),), {"expects": None if known else "country", "misses": 0})
        case "go_to_step":
            return go_to_step(effect.step or 0, voice, person)
        case _:
            raise AssertionError(effect.effect)


def go_to_step(number: int, voice: Voice, person: Conversation) -> Outcome:
    """Go to the step of that number in the walk the person is in; where there is none, show where they are."""
    steps = voice.steps(person.topic)
    if not 1 <= number <= len(steps):
        return walk("where", voice, person)
    assert person.topic is not None
    step = steps[number - 1]
    return tell(person.topic, step, {"step": step, "misses": 0}, voice, person)


def set_language(language: str, voice: Voice, person: Conversation) -> Outcome:
    """Change the language by the person's choice; the first time, the age is asked for next."""
    changes = {"language": language, "language_chosen": True, "misses": 0, "expects": None}
    now = after_changes(person, changes)
    following = voice.menu(now) if person.tier_chosen else voice.tiers(now)
    if not person.greeted:  # the greeting in that language says enough
        return Outcome((following,), changes)
    return Outcome((voice.say("chat.language_set", now), following), changes)


def set_tier(tier: str, voice: Voice, person: Conversation) -> Outcome:
    """Change the age tier; skipping keeps `middle`."""
    chosen = Tier.MIDDLE if tier == "skip" or tier not in set(Tier) else Tier(tier)
    changes = {"tier": chosen, "tier_chosen": True, "misses": 0, "expects": None}
    now = after_changes(person, changes)
    if tier == "skip":
        return Outcome((voice.menu(now),), changes)
    if person.tier_chosen and person.topic is not None:  # "simpler", "I am 9" in mid-talk: say it again at that age
        return Outcome((voice.say("chat.tier_set", now),), changes).then(again(voice, now))
    return Outcome((voice.say("chat.tier_set", now), voice.menu(now)), changes)


def set_country(country: str, voice: Voice, person: Conversation) -> Outcome:
    """Remember the country the person named and show its numbers."""
    changes = {"country": country.lower()[:2], "expects": None, "misses": 0}
    now = after_changes(person, changes)
    return Outcome((voice.numbers(now.country, now),), changes)


def delete(answer: str, voice: Voice, person: Conversation) -> Outcome:
    """Ask before deleting, delete, or keep."""
    if answer == "yes":
        return Outcome(acts=("delete_data",))
    if answer == "no":
        return Outcome((voice.menu(person),), {"expects": None})
    return Outcome((voice.confirm_deletion(person),), {"expects": "delete"})


# -- openings -------------------------------------------------------------------------------------------------------


def greeting(voice: Voice, person: Conversation) -> Reply:
    """Return who this is, who reads it and what is kept."""
    hello = voice.say("chat.greeting", person)
    privacy = voice.say("chat.privacy", person)
    return replace(hello, text=f"{hello.text}\n\n{privacy.text}")


def opening(
    outcome: Outcome, voice: Voice, person: Conversation, *, previous: datetime | None, now: datetime
) -> Outcome:
    """Put before a turn's outcome what a beginning needs.

    A first contact is greeted and asked for its language; a talk that touched harm opens neutrally after 30 idle
    minutes and does not say what it was about (safeguarding rule 1).
    """
    if not person.greeted:
        return _first_contact(outcome, voice, after_changes(person, outcome.changes))
    if person.touched and previous is not None and now - previous > IDLE:
        return replace(outcome, replies=(voice.say("chat.welcome_back", person), *outcome.replies))
    return outcome


def _first_contact(outcome: Outcome, voice: Voice, person: Conversation) -> Outcome:
    """Greet, say once that nobody has checked these texts yet, and ask for the language unless it was just chosen."""
    changes: dict[str, Any] = {**outcome.changes, "greeted": True}
    first: tuple[Reply, ...] = (greeting(voice, person),)
    if voice.is_draft("chat.greeting", person) and "draft_noted" not in changes:
        first += (voice.draft_note(person),)
        changes["draft_noted"] = [*person.draft_noted, person.language]
    last = () if "language" in outcome.changes else (voice.languages(person),)
    return replace(outcome, replies=(*first, *outcome.replies, *last), changes=changes)
