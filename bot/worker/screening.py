"""Screening: the finding, the case and the acknowledgement are one transaction, before any dialogue.

Nothing here waits for the network, the assistant or the search process.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.cases import events, opening
from bot.errors import KiteError
from bot.language import guess
from bot.model import Conversation, Finding, InboxState, Kind, Reply, Urgency
from bot.safety import Screen
from bot.store import conversations, inbox, outbox
from bot.store.inbox import Message
from bot.store.sql import locked_conversation
from bot.store.vault import Vault
from bot.worker.voice import Voice

SAFETY = "safety:"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Screening:
    """What one screening needs: the screen, the voice of the content of the moment, and the vault."""

    screen: Screen
    voice: Callable[[], Voice]
    vault: Vault


def screen_next(conn: Connection, tools: Screening, conversation_id: str, *, now: datetime) -> bool:
    """Screen the oldest unscreened message of a conversation; return False when there is none."""
    row = locked_conversation(conn, conversation_id)
    found = inbox.next_received(conn, conversation_id)
    if found is None:
        return False
    message = inbox.read_message(tools.vault, row.key_wrapped, found)
    person = _with_language(conn, tools, conversations.from_row(row), message)
    if message.payload.startswith(SAFETY):
        _answer_safety_button(conn, tools, person, message, now=now)
        return True
    finding, memory = tools.screen.screen(_words(message), person.language, person.memory, now=now)
    if memory != person.memory:
        conversations.change(conn, person.id, memory=asdict(memory))
    if finding is not None:
        _raise(conn, tools, person, message, finding, now=now)
    else:
        _pass_on(conn, person, message, now=now)
    return True


def _words(message: Message) -> str:
    """Return what the person said; the title of a button of ours is our word, not theirs."""
    return message.text if message.kind is not Kind.BUTTON else ""


def _with_language(conn: Connection, tools: Screening, person: Conversation, message: Message) -> Conversation:
    """Set the guessed language until the person has chosen one; never over an explicit choice."""
    if person.language_chosen or message.kind is not Kind.TEXT:
        return person
    language = guess(message.text)
    if language is None or language == person.language or language not in tools.voice().catalogue.locales:
        return person
    conversations.change(conn, person.id, language=language)
    return replace(person, language=language)


def _raise(
    conn: Connection, tools: Screening, person: Conversation, message: Message, finding: Finding, *, now: datetime
) -> None:
    case_id, _ = opening.add_finding(conn, person, message.id, finding, now=now)
    inbox.mark(conn, message.id, InboxState.DONE, now=now, case_id=case_id)
    try:
        reply = _first_answer(tools.voice(), person, finding)
    except KiteError as error:  # words that are missing must never cost the case
        events.record(conn, case_id, "reply_failed", now=now, code="no_text")
        log.error("acknowledgement_missing", error=type(error).__name__, case=case_id)
        return
    if reply is not None:
        _send(conn, tools.vault, person, reply, f"ack:{message.id}", case_id, now=now)


def _first_answer(voice: Voice, person: Conversation, finding: Finding) -> Reply | None:
    """Return the acknowledgement; where a human holds the talk only the number, and only for `now`."""
    if person.held_by is None:
        return acknowledgement(voice, person, finding)
    if finding.urgency is Urgency.NOW:
        return voice.safety_reply(person, (_number(voice, person),))
    return None


def acknowledgement(voice: Voice, person: Conversation, finding: Finding) -> Reply:
    """Return the first answer to a finding: neutral for everyone who may read the phone; numbers first for `now`.

    Source: safeguarding rules 1 and 4. Where writing is unsafe nothing is offered to tap.
    """
    if finding.concerns == ("asked_for_person",):
        asked = (voice.safety("safety.person_asked", person), voice.safety("safety.when_unknown", person))
        return voice.safety_reply(person, asked)
    lines: tuple[str, ...] = (voice.safety("safety.neutral", person),)
    if finding.urgency is Urgency.NOW:
        lines += (_number(voice, person),)
    if "unsafe_to_write" in finding.flags:
        return voice.safety_reply(person, lines)
    lines += (voice.safety("safety.when_unknown", person),)
    return voice.safety_reply(person, lines, "safe_to_write", "not_meant")


def _number(voice: Voice, person: Conversation) -> str:
    country = person.country or voice.country
    numbers = voice.catalogue.numbers(country) if country else ()
    for number in numbers:
        if number.id == "emergency":
            return voice.safety("safety.now_number", person, number=number.number)
    return voice.safety("safety.now_number_unknown", person)


def _pass_on(conn: Connection, person: Conversation, message: Message, *, now: datetime) -> None:
    """Hand a harmless message to the dialogue; where a human holds the talk it is the human's, not the bot's."""
    case = opening.open_case_of(conn, person.id)
    case_id = None if case is None else case.id
    if case is not None and person.held_by is not None:
        opening.wait_again(conn, case, now=now)
    state = InboxState.DONE if person.held_by is not None else InboxState.SCREENED
    inbox.mark(conn, message.id, state, now=now, case_id=case_id)


def _answer_safety_button(
    conn: Connection, tools: Screening, person: Conversation, message: Message, *, now: datetime
) -> None:
    case = opening.open_case_of(conn, person.id)
    case_id = None if case is None else case.id
    try:
        reply = safety_answer(tools.voice(), person, message.payload.removeprefix(SAFETY))
    except KiteError as error:
        log.error("safety_answer_missing", error=type(error).__name__)
        reply = None
    event = {
        "not_meant": "meaning_corrected",
        "contact_yes": "contact_allowed",
        "contact_no": "contact_refused",
    }.get(message.payload.removeprefix(SAFETY))
    if case_id is not None and event is not None:
        events.record(conn, case_id, event, actor="person", now=now)
    if reply is not None and person.held_by is None:
        _send(conn, tools.vault, person, reply, f"ack:{message.id}", case_id, now=now)
    inbox.mark(conn, message.id, InboxState.DONE, now=now, case_id=case_id)


def safety_answer(voice: Voice, person: Conversation, button: str) -> Reply | None:
    """Return the answer to a tapped safety button; it is the same whether a case exists or not (rule 2)."""
    adult = person.tier == "adult"
    if button == "safe_to_write":
        heard = "safety.adult_heard" if adult else "safety.heard"
        parts = (heard, "safety.who_reads", "safety.do_now", "safety.assent", "safety.ask_contact")
        lines = tuple(voice.safety(part, person) for part in parts)
        return voice.safety_reply(person, ("\n\n".join(lines),), "contact_yes", "contact_no", "not_meant")
    phrase = {
        "not_meant": "safety.not_meant_recorded",
        "contact_yes": "safety.contact_yes",
        "contact_no": "safety.contact_no",
    }.get(button)
    return None if phrase is None else voice.safety_reply(person, (voice.safety(phrase, person),))


def _send(
    conn: Connection, vault: Vault, person: Conversation, reply: Reply, key: str, case_id: str | None, *, now: datetime
) -> None:
    outbox.enqueue(conn, vault, person.id, reply, dedupe_key=key, purpose="acknowledgement", now=now, case_id=case_id)
