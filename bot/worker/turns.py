"""A dialogue turn: one screened message under a lease, understood without holding any transaction, then applied.

The final transaction checks the fencing token, that no human took the talk meanwhile and that no later finding
arrived; only then are the replies enqueued, the conversation changed and the message marked done, all at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, func, select

from bot.cases import opening as cases
from bot.dialogue.client import Question
from bot.dialogue.payloads import Payload
from bot.errors import AssistantDown, KiteError, LeaseLost, SearchDown
from bot.model import Clock, Conversation, Finding, Hits, InboxState, Kind, Urgency
from bot.store import conversations, erasure, feedback, inbox, outbox, schema
from bot.store.inbox import Message, Turn
from bot.store.store import Store
from bot.worker import respond
from bot.worker.respond import Outcome
from bot.worker.screening import acknowledgement
from bot.worker.voice import CHECK, Voice

LEASE = timedelta(seconds=15)
PERSON_ASKED = Finding(concerns=("asked_for_person",), urgency=Urgency.SOON)

log = structlog.get_logger(__name__)


class Searcher(Protocol):
    """Find topics for a text."""

    async def search(self, text: str, language: str) -> Hits:
        """Return up to five hits and what their confidence allows; raise SearchDown."""


class Assistant(Protocol):
    """Decide what to answer."""

    async def ask(self, question: Question) -> tuple[Payload, ...]:
        """Return at least one payload; raise AssistantDown."""


@dataclass(frozen=True)
class Talker:
    """What a turn needs to understand and to speak."""

    store: Store
    searcher: Searcher
    assistant: Assistant
    voice: Callable[[], Voice]
    clock: Clock

    async def turn(self) -> bool:
        """Take one screened message and answer it; return False when nothing waits."""
        now = self.clock()
        vault = self.store.vault
        turn = await self.store.write(lambda conn: inbox.lease(conn, vault, now=now, hold=LEASE, limit=1))
        if turn is None:
            return False
        try:
            outcome = await self._decided(turn)
            await self.store.write(lambda conn: self._apply(conn, turn, outcome))
        except LeaseLost:
            log.info("turn_lost", conversation=turn.conversation.id)
        return True

    async def _decided(self, turn: Turn) -> Outcome:
        """Return the outcome of a turn; what cannot be decided gets the fixed reply and blocks no talk for ever."""
        try:
            return await self._decide(turn)
        except Exception as error:  # noqa: BLE001 (a talk that fails again and again would wait for ever)
            log.error("turn_failed", conversation=turn.conversation.id, error=type(error).__name__)
        try:
            return respond.assistant_down(self.voice(), self._spoken_to(turn.conversation))
        except KiteError as error:
            log.error("turn_without_words", conversation=turn.conversation.id, error=type(error).__name__)
            return Outcome()

    def _spoken_to(self, person: Conversation) -> Conversation:
        """Return the person with a language that can be shown: theirs, or for a newcomer the first there is."""
        locales = self.voice().catalogue.locales
        return person if person.language in locales or not locales else replace(person, language=locales[0])

    async def _decide(self, turn: Turn) -> Outcome:
        """Understand the message of a turn; what cannot be understood gets the fixed reply."""
        voice, person, message = self.voice(), self._spoken_to(turn.conversation), turn.messages[0]
        if person.held_by is not None:
            return Outcome()
        previous = await self.store.read(lambda conn: _previous(conn, message))
        outcome = await self._understood(voice, person, message)
        return respond.opening(outcome, voice, person, previous=previous, now=self.clock())

    async def _understood(self, voice: Voice, person: Conversation, message: Message) -> Outcome:
        if message.payload:
            tapped = respond.to_button(message.payload, voice, person)
            if tapped is not None:
                return tapped
        if message.kind not in {Kind.TEXT, Kind.BUTTON}:
            return respond.to_media(message.kind, voice, person)
        if not message.text.strip():
            return Outcome((voice.menu(person),))
        if (known := respond.to_words(message.text, voice, person)) is not None:
            return known
        try:
            hits = await self.searcher.search(message.text, person.language)
            payloads = await self.assistant.ask(question(person, message, hits))
        except (AssistantDown, SearchDown) as error:
            log.warning("assistant_down", reason=type(error).__name__)
            return respond.assistant_down(voice, person)
        return respond.to_payloads(payloads, hits, voice, person)

    def _apply(self, conn: Connection, turn: Turn, outcome: Outcome) -> None:
        """Write a turn's outcome; raise LeaseLost when it is not ours any more."""
        now = self.clock()
        person = inbox.check_lease(conn, turn)
        message = turn.messages[0]
        case = cases.open_case_of(conn, person.id)
        case_id = None if case is None else case.id
        if person.held_by is None and not inbox.found_after(conn, turn):
            self._write(conn, person, message, outcome, case_id, now=now)
        inbox.mark(conn, message.id, InboxState.DONE, now=now)
        inbox.release(conn, turn)

    def _write(
        self,
        conn: Connection,
        person: Conversation,
        message: Message,
        outcome: Outcome,
        case_id: str | None,
        *,
        now: datetime,
    ) -> None:
        if outcome.changes:
            conversations.change(conn, person.id, **outcome.changes)
        vault = self.store.vault
        for number, reply in enumerate(outcome.replies):
            outbox.enqueue(
                conn,
                vault,
                person.id,
                reply,
                dedupe_key=f"answer:{message.id}:{number}",
                purpose="answer",
                now=now,
                case_id=case_id,
            )
        for act in outcome.acts:
            self._act(conn, person, message, act, now=now)

    def _act(self, conn: Connection, person: Conversation, message: Message, act: str, *, now: datetime) -> None:
        voice, vault = self.voice(), self.store.vault
        name, _, value = act.partition(":")
        if name == "ask_for_person":
            case_id, _ = cases.add_finding(conn, person, message.id, PERSON_ASKED, now=now)
            reply = acknowledgement(voice, person, PERSON_ASKED)
            key = f"ack:{message.id}"
            outbox.enqueue(
                conn, vault, person.id, reply, dedupe_key=key, purpose="acknowledgement", now=now, case_id=case_id
            )
        elif name == "delete_data":
            erasure.erase(conn, person.id, now=now)
            reply = voice.say("chat.deleted", person)
            outbox.enqueue(conn, vault, person.id, reply, dedupe_key=f"deleted:{message.id}", purpose="notice", now=now)
        elif name == "feedback" and person.topic is not None and value in {"yes", "no"}:
            feedback.count(conn, person.topic, person.language, value)


def question(person: Conversation, message: Message, hits: Hits) -> Question:
    """Return what the assistant is asked."""
    return Question(
        sender=person.id,
        text=message.text,
        hits=hits.hits,
        decision=hits.decision,
        language=person.language,
        tier=person.tier,
        topic=person.topic,
        step=person.step,
        misses=person.misses,
        expects=None if person.expects == CHECK else person.expects,
    )


def _previous(conn: Connection, message: Message) -> datetime | None:
    """Return when the message before this one was received, or None."""
    table = schema.inbox
    statement = select(func.max(table.c.received_at)).where(
        table.c.conversation_id == message.conversation_id, table.c.sequence < message.sequence
    )
    at: Any = conn.execute(statement).scalar()
    return at if isinstance(at, datetime) or at is None else None
