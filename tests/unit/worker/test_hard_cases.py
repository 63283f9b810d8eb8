"""Sequences that once went wrong: each test is one that must never come back."""

import pytest

from bot.cases import work
from bot.channels.telegram.receive import parse_update
from bot.content.errors import NotAvailable, Reason
from bot.model import Kind, OutboxState, Role
from bot.store import erasure, outbox, schema, staff
from bot.store.store import Store
from bot.worker import screening
from bot.worker.sender import settle_reply
from tests.conftest import FakeClock
from tests.fakes.telegram import text_update
from tests.kit import HURT, Kit, make_kit


@pytest.fixture
def kit(store: Store, clock: FakeClock) -> Kit:
    return make_kit(store, clock)


async def held_case(kit: Kit) -> tuple[str, str]:
    """Return (case id, staff id) of a disclosure that somebody has claimed."""
    await kit.says(HURT)
    (case,) = await kit.cases()
    member = await kit.store.write(
        lambda conn: staff.add(
            conn, email="a@example.org", name="A", role=Role.CASEWORKER, password_hash="x", now=kit.clock()
        )
    )
    await kit.store.write(lambda conn: work.claim(conn, case.id, member, now=kit.clock()))
    return case.id, member


async def reply(kit: Kit, case_id: str, member: str, number: int = 1) -> str:
    found = await kit.store.write(
        lambda conn: work.reply(
            conn, kit.store.vault, case_id, member, "I am here", request_id=str(number), now=kit.clock()
        )
    )
    assert found is not None
    return found


async def settle(kit: Kit, case_id: str, outbox_id: str, state: OutboxState) -> None:
    def write(conn) -> None:
        outbox.settle(conn, outbox_id, state, now=kit.clock())
        delivered = state is not OutboxState.FAILED
        settle_reply(conn, outbox_id, case_id, "staff", delivered=delivered, code="", now=kit.clock())

    await kit.store.write(write)


async def test_missing_words_never_cost_a_case(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that lost its approval takes the acknowledgement, not the case; a human sees that it is missing."""

    def gone(*_: object) -> None:
        raise NotAvailable("safety.neutral", "en", Reason.DRAFT)

    monkeypatch.setattr(screening, "acknowledgement", gone)
    await kit.says(HURT)
    assert len(await kit.cases()) == 1
    assert [row.state for row in await kit.rows(schema.inbox)] == ["done"]
    assert "reply_failed" in [row.name for row in await kit.rows(schema.case_event)]


def test_words_behind_a_command_are_words() -> None:
    """ "/person he has a knife" is a message, not a tap; "/person" alone is a tap."""
    typed = parse_update(text_update(1, 5, "/person he has a knife"), "1").incoming[0]
    tapped = parse_update(text_update(2, 5, "/person@kite_bot"), "1").incoming[0]
    assert (typed.kind, typed.text) == (Kind.TEXT, "/person he has a knife")
    assert (tapped.kind, tapped.payload) == (Kind.BUTTON, "person:")


async def test_an_older_reply_does_not_answer_a_newer_disclosure(kit: Kit) -> None:
    """The clock of the newest finding goes on until something written after it has arrived."""
    case_id, member = await held_case(kit)
    first = await reply(kit, case_id, member)
    await kit.says("he has a knife")
    await settle(kit, case_id, first, OutboxState.DELIVERED)
    assert (await kit.cases())[0].answered_at is None
    kit.clock.forward(seconds=1)
    second = await reply(kit, case_id, member, 2)
    await settle(kit, case_id, second, OutboxState.DELIVERED)
    assert (await kit.cases())[0].answered_at is not None


async def test_a_reply_that_fails_later_starts_the_clock_again_and_opens_a_closed_case(kit: Kit) -> None:
    """Accepted is not delivered: what fails afterwards is waited for again."""
    case_id, member = await held_case(kit)
    sent = await reply(kit, case_id, member)
    await settle(kit, case_id, sent, OutboxState.SENT)
    await kit.store.write(lambda conn: work.close(conn, case_id, member, "helped", now=kit.clock()))
    await settle(kit, case_id, sent, OutboxState.FAILED)
    (case,) = await kit.cases()
    assert (case.state, case.answered_at) == ("open", None)


async def test_a_held_talk_that_was_answered_waits_again_when_the_person_writes(kit: Kit) -> None:
    """Only the human who holds it answers: their silence is noticed."""
    case_id, member = await held_case(kit)
    await settle(kit, case_id, await reply(kit, case_id, member), OutboxState.DELIVERED)
    assert (await kit.cases())[0].answered_at is not None
    await kit.says("are you there?")
    assert (await kit.cases())[0].answered_at is None


async def test_ending_somebodys_access_gives_their_cases_back(kit: Kit) -> None:
    """Nobody waits for somebody who has gone."""
    case_id, member = await held_case(kit)
    await kit.store.write(lambda conn: work.release_all(conn, member, now=kit.clock()))
    (case,) = await kit.cases()
    assert (case.id, case.holder, case.state) == (case_id, None, "open")


async def test_replies_that_no_page_fetches_are_given_up(kit: Kit) -> None:
    """A closed tab keeps nothing alive: its replies go, and a deletion is finished."""
    conversation = await kit.says("hello")
    await kit.says(payload="delete:yes")
    kit.clock.forward(minutes=3)
    await kit.pipeline.tick()
    row = next(row for row in await kit.rows(schema.conversation) if row.id == conversation)
    assert row.key_wrapped is None
    assert await kit.store.write(erasure.finish_erasures) == 0


async def test_a_turn_that_fails_gets_the_fixed_reply_and_blocks_nothing(kit: Kit) -> None:
    """An unexpected fault is answered with the menu and a person, once."""
    conversation = await kit.says(payload="language:en")
    before = len(await kit.replies(conversation))

    async def breaks(_: object) -> tuple[()]:
        raise ValueError("unexpected")

    kit.assistant.ask = breaks  # type: ignore[method-assign]
    await kit.says("who stands by me here")
    fresh = (await kit.replies(conversation))[before:]
    assert "person" in {button.payload for one in fresh for button in one.buttons}
    assert all(row.state == "done" for row in await kit.rows(schema.inbox))
