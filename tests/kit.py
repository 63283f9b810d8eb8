"""A whole Kite for tests: the real route over a real store, with what each test wants to stand in for."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.channels.base import Batch, Sender
from bot.content.catalogue import Catalogue
from bot.dialogue.payloads import Payload, PhrasePayload
from bot.errors import AssistantDown
from bot.model import Channel, Finding, Hits, Incoming, Kind, Memory, Reply, Urgency
from bot.pipeline import Pipeline
from bot.store import outbox, schema
from bot.store.conversations import Defaults
from bot.store.store import Store
from bot.worker.bell import Bell
from bot.worker.intake import Intake
from bot.worker.screening import Screening
from bot.worker.sender import Post
from bot.worker.timers import Timers
from bot.worker.turns import Talker
from bot.worker.voice import Voice
from tests.conftest import FakeClock

ROOT = Path(__file__).parent.parent
HURT = "someone in the centre hits me"


@cache
def catalogue() -> Catalogue:
    """Return the project's own content with drafts shown; read once."""
    return Catalogue.load(ROOT / "content", ROOT / "translations", show_drafts=True, today=datetime(2026, 3, 1).date())


class WordScreen:
    """A screen for tests of the route: it raises on a few plain words."""

    degraded = None

    def screen(self, text: str, language: str, memory: Memory, *, now: datetime) -> tuple[Finding | None, Memory]:
        if "knife" in text:
            return Finding(concerns=("violence",), urgency=Urgency.NOW), memory
        if "hits me" in text:
            return Finding(concerns=("violence",), urgency=Urgency.TODAY), memory
        if "reads my phone" in text:
            return Finding(concerns=("violence",), urgency=Urgency.TODAY, flags=("unsafe_to_write",)), memory
        return None, memory


@dataclass
class ToldAssistant:
    """An assistant that answers what a test told it to, and fails when told to."""

    answers: list[tuple[Payload, ...]] = field(default_factory=list)
    down: bool = False
    asked: list[Any] = field(default_factory=list)

    async def ask(self, question: Any) -> tuple[Payload, ...]:
        self.asked.append(question)
        if self.down:
            raise AssistantDown("told to be down")
        return self.answers.pop(0) if self.answers else (PhrasePayload("chat.hello"),)


class NoHits:
    """A search that finds nothing."""

    async def search(self, text: str, language: str) -> Hits:
        return Hits()


@dataclass
class Kit:
    """The route and what stands around it."""

    store: Store
    clock: FakeClock
    pipeline: Pipeline
    assistant: ToldAssistant

    async def says(self, text: str = "", *, payload: str = "", who: str = "person-1", kind: Kind | None = None) -> str:
        """Let a person say or tap something and carry it through screening and dialogue; return the conversation's id."""
        accepted = await self.receives(text, payload=payload, who=who, kind=kind)
        await self.works()
        return accepted

    async def receives(
        self, text: str = "", *, payload: str = "", who: str = "person-1", kind: Kind | None = None
    ) -> str:
        self.clock.forward(seconds=1)
        incoming = Incoming(
            channel=Channel.WEB,
            endpoint="web",
            external_id=uuid.uuid4().hex,
            address=who,
            kind=kind or (Kind.BUTTON if payload else Kind.TEXT),
            text=text,
            payload=payload,
        )
        (accepted,) = await self.pipeline.receive(Channel.WEB, Batch(incoming=(incoming,)))
        return accepted.conversation_id

    async def works(self) -> None:
        """Screen and answer until nothing waits."""
        while await self.pipeline.screen() or await self.pipeline.answer():
            pass

    async def replies(self, conversation_id: str, after: int = 0) -> list[Reply]:
        rows = await self.store.read(
            lambda conn: outbox.after(conn, self.store.vault, conversation_id, after, now=self.clock())
        )
        return [row[2] for row in rows]

    async def last(self, conversation_id: str) -> Reply:
        return (await self.replies(conversation_id))[-1]

    async def rows(self, table: Any) -> list[Any]:
        return await self.store.read(lambda conn: list(conn.execute(select(table)).all()))

    async def cases(self) -> list[Any]:
        return await self.rows(schema.cases)


def make_kit(
    store: Store,
    clock: FakeClock,
    *,
    senders: Iterable[Sender] = (),
    screen: Any = None,
    searcher: Any = None,
    quiet: timedelta = timedelta(0),
) -> Kit:
    """Return a whole Kite over a store."""
    bell, assistant = Bell(), ToldAssistant()
    voice = Voice(catalogue(), None)
    screening = Screening(screen or WordScreen(), lambda: voice, store.vault)
    pipeline = Pipeline(
        store=store,
        clock=clock,
        bell=bell,
        intake=Intake(store, clock, bell, Defaults()),
        screening=screening,
        talker=Talker(store, searcher or NoHits(), assistant, lambda: voice, clock, quiet),
        post=Post(store, {sender.channel: sender for sender in senders}, clock),
        timers=Timers(store, clock, timedelta(days=180)),
    )
    return Kit(store, clock, pipeline, assistant)
