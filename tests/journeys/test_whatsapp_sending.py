"""What leaves over WhatsApp: at Meta's pace, within its window, and with every error code answered as documented."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.bench.meta import sign, text_message, webhook
from bot.cases import work
from bot.channels.whatsapp import codes
from bot.channels.whatsapp.send import Template
from bot.dialogue.payloads import ContentPayload
from bot.model import Button, Channel, Reply, Role
from bot.store import outbox, schema, staff
from bot.store.store import Store
from bot.worker import courtesy
from bot.worker.sender import MAX_ATTEMPTS, Pace
from tests.conftest import FakeClock
from tests.kit import HURT
from tests.wire import SECRET, Wire, wired

PERSON = "4915100000001"


@pytest.fixture
async def wire(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Wire]:
    async with wired(store, clock, tmp_path) as made:
        yield made


@pytest.fixture
async def knocking(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Wire]:
    """Yield a gateway with an approved template."""
    async with wired(store, clock, tmp_path, template=Template.parse("kite_write_again:en,ar")) as made:
        yield made


async def post(wire: Wire, body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    wire.meta.hears(body)
    async with wire.session.post(wire.url("/webhooks/whatsapp"), data=raw, headers=sign(raw, SECRET)) as answer:
        assert answer.status == 200


async def says(wire: Wire, text: str) -> None:
    await post(wire, text_message(PERSON, text))
    await wire.works()


async def enqueue(wire: Wire, reply: Reply, key: str = "k", purpose: str = "answer") -> None:
    (conversation,) = await wire.kit.rows(schema.conversation)
    await wire.kit.store.write(
        lambda conn: outbox.enqueue(
            conn,
            wire.kit.store.vault,
            conversation.id,
            reply,
            dedupe_key=key,
            purpose=purpose,
            now=wire.kit.clock(),
        )
    )


async def claimed(wire: Wire) -> tuple[str, str]:
    """Let a child disclose and a caseworker take the case; return (case, caseworker)."""
    await says(wire, HURT)
    (case,) = await wire.kit.cases()
    now = wire.kit.clock()
    member = await wire.kit.store.write(
        lambda conn: staff.add(conn, email="a@example.org", name="A", role=Role.CASEWORKER, password_hash="x", now=now)
    )
    await wire.kit.store.write(lambda conn: work.claim(conn, case.id, member, now=now))
    return case.id, member


async def replies(wire: Wire, case: str, member: str, text: str) -> None:
    vault, now = wire.kit.store.vault, wire.kit.clock()
    await wire.kit.store.write(lambda conn: work.reply(conn, vault, case, member, text, request_id=text, now=now))


async def last_row(wire: Wire) -> Any:
    return max(await wire.kit.rows(schema.outbox), key=lambda row: row.sequence)


# -- pace ------------------------------------------------------------------------------------------------------------


async def test_two_messages_to_a_person_are_six_seconds_apart(wire: Wire) -> None:
    """Meta's limit for a pair is kept before Meta has to say so; another person does not wait for it."""
    await post(wire, text_message(PERSON, "hello"))
    await wire.works()
    sent = len(wire.meta.accepted)
    for text in ("one", "two"):
        await enqueue(wire, Reply(text=text), key=text)
    wire.kit.clock.forward(seconds=10)
    pipeline = wire.kit.pipeline
    assert await pipeline.send(Channel.WHATSAPP)
    assert not await pipeline.send(Channel.WHATSAPP)
    wire.kit.clock.forward(seconds=5.9)
    assert not await pipeline.send(Channel.WHATSAPP)
    wire.kit.clock.forward(seconds=0.2)
    assert await pipeline.send(Channel.WHATSAPP)
    assert [entry["text"] for entry in wire.meta.accepted[sent:]] == ["one", "two"]
    assert wire.meta.refused == []


async def test_the_parts_of_a_long_reply_keep_the_pace_too(wire: Wire) -> None:
    """A text too long for one message goes on where it stopped; sentences stay whole."""
    await says(wire, "hello")
    sent = len(wire.meta.accepted)
    await enqueue(wire, Reply(text=" ".join(f"This is sentence number {n}." for n in range(300))))
    await wire.works()
    texts = [entry["text"] for entry in wire.meta.accepted[sent:]]
    assert len(texts) == 3
    assert all(text.endswith(".") for text in texts)
    assert wire.meta.refused == []


async def test_an_answer_is_one_message_where_it_fits(wire: Wire) -> None:
    """The note that nobody has checked the words does not cost a message of its own."""
    await says(wire, "hello")
    wire.kit.assistant.answers = [(ContentPayload("people.guardian"),)]
    sent = len(wire.meta.accepted)
    await says(wire, "what is a guardian")
    assert len(wire.meta.accepted) == sent + 1


async def test_the_acknowledgement_of_a_disclosure_waits_behind_no_answer(wire: Wire) -> None:
    """A child who discloses while answers are kept back by the pace reads the neutral line next."""
    await says(wire, "hello")
    for number in range(4):
        await enqueue(wire, Reply(text=f"Answer {number}"), key=f"a{number}")
    wire.kit.clock.forward(seconds=10)
    pipeline, sent = wire.kit.pipeline, len(wire.meta.accepted)
    assert await pipeline.send(Channel.WHATSAPP)
    await post(wire, text_message(PERSON, HURT))
    while await pipeline.screen():
        pass
    await wire.works()
    texts = [entry["text"].splitlines()[0] for entry in wire.meta.accepted[sent:]]
    assert texts[:2] == ["Answer 0", "I read your message. Thank you for writing."]
    assert texts[2:] == ["Answer 1", "Answer 2", "Answer 3"]
    assert wire.meta.refused == []


async def test_a_number_sends_no_faster_than_its_limit() -> None:
    """Six sends at fifty a second take a tenth of a second at least."""
    pace, loop = Pace(50.0), asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(pace.wait() for _ in range(6)))
    assert loop.time() - began >= 0.09


# -- numbered choices, receipts, ids ---------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["12", "١٢", "۱۲.", "፲፪"])
async def test_a_typed_number_is_the_choice_it_stands_for(wire: Wire, typed: str) -> None:
    """Twelve choices are numbered lines; the number opens the choice, in any digits."""
    await says(wire, "hello")
    buttons = (*(Button(f"group:{n}", f"Choice {n}") for n in range(11)), Button("topic:people.guardian", "A guardian"))
    await enqueue(wire, Reply(text="Which?", buttons=buttons))
    await wire.works()
    assert "12. A guardian" in wire.meta.accepted[-1]["text"]
    await says(wire, typed)
    assert "guardian" in wire.meta.accepted[-1]["text"].lower()
    assert (await wire.kit.rows(schema.inbox))[-1].kind == "button"


async def test_a_number_without_a_list_stays_words(wire: Wire) -> None:
    """Where the choices can be tapped, a number is what the person wrote: an age, a step, a house."""
    await says(wire, "hello")
    await says(wire, "2")
    assert (await wire.kit.rows(schema.inbox))[-1].kind == "text"


async def test_a_message_is_shown_as_read_unless_a_human_holds_the_talk(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tick and the typing say that Kite reads; what waits for a human stays unread until they read it."""
    body = text_message(PERSON, "hello")
    await post(wire, body)
    await asyncio.sleep(0.2)
    (seen,) = wire.meta.seen
    assert seen["message_id"] == body["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
    assert (seen["status"], seen["typing_indicator"]) == ("read", {"type": "text"})
    await post(wire, body)  # delivered again
    await claimed(wire)
    count = len(wire.meta.seen)
    monkeypatch.setattr(courtesy, "PAUSE", 0.0)
    await says(wire, "are you there")
    await asyncio.sleep(0.1)
    assert len(wire.meta.seen) == count
    assert wire.meta.refused == []


async def test_a_flood_is_not_answered_with_a_flood_of_ticks(wire: Wire) -> None:
    """Twenty messages in a moment are marked once: the calls to Meta are kept for answers."""
    for number in range(20):
        await post(wire, text_message(PERSON, f"spam {number}"))
    await asyncio.sleep(0.2)
    assert len(wire.meta.seen) == 1


async def test_a_person_without_a_number_is_reached_by_their_user_id(wire: Wire) -> None:
    """Somebody who hides the number is answered, and stays the same person once the number is known."""
    body = text_message("x", "hello")
    message = body["entry"][0]["changes"][0]["value"]["messages"][0]
    del message["from"]
    message["from_user_id"] = "DE.111"
    await post(wire, body)
    await wire.works()
    assert {entry["body"].get("recipient") for entry in wire.meta.accepted} == {"DE.111"}
    known = text_message(PERSON, "hello again")
    known["entry"][0]["changes"][0]["value"]["contacts"][0]["user_id"] = "DE.111"
    await post(wire, known)
    await wire.works()
    assert wire.meta.accepted[-1]["to"] == PERSON
    assert len(await wire.kit.rows(schema.conversation)) == 1
    assert wire.meta.refused == []


# -- the window ------------------------------------------------------------------------------------------------------


async def test_after_24_hours_the_caseworker_is_told_at_once(wire: Wire) -> None:
    """Without a template nothing can be sent: the reply fails where a human sees it, and Meta is not asked."""
    case, member = await claimed(wire)
    wire.kit.clock.forward(hours=25)
    sent = len(wire.meta.accepted)
    await replies(wire, case, member, "Hello")
    await wire.works()
    assert len(wire.meta.accepted) == sent
    assert ((await last_row(wire)).state, (await last_row(wire)).failed_code) == ("failed", "window_closed")
    assert [row.data["code"] for row in await wire.kit.rows(schema.case_event) if row.name == "reply_failed"] == [
        "window_closed"
    ]


async def test_a_template_asks_the_person_to_write_and_the_reply_follows(knocking: Wire) -> None:
    """One neutral template, in their language or the first; the reply waits, and comes once they write."""
    wire = knocking
    case, member = await claimed(wire)
    wire.kit.clock.forward(hours=25)
    sent = len(wire.meta.accepted)
    await replies(wire, case, member, "Hello")
    await replies(wire, case, member, "Are you well?")
    await wire.works()
    (knock,) = wire.meta.accepted[sent:]
    assert knock["body"]["template"] == {"name": "kite_write_again", "language": {"code": "en"}}
    status = {"id": knock["id"], "status": "delivered", "biz_opaque_callback_data": knock["attempt"]}
    await post(wire, webhook(statuses=[status]))
    assert {row.state for row in await wire.kit.rows(schema.outbox) if row.purpose == "staff"} == {"pending"}
    failed = [row.data["code"] for row in await wire.kit.rows(schema.case_event) if row.name == "reply_failed"]
    assert failed == ["window_closed_asked"]
    wire.kit.clock.forward(hours=40)
    await wire.works()
    assert len(wire.meta.accepted) == sent + 1
    await says(wire, "yes?")
    assert [entry["text"] for entry in wire.meta.accepted[sent + 1 :]] == ["Hello", "Are you well?"]
    assert wire.meta.refused == []


async def test_a_person_who_never_writes_again_is_told_to_the_caseworker(knocking: Wire) -> None:
    """After thirty days the reply fails, and nobody is asked twice."""
    wire = knocking
    case, member = await claimed(wire)
    wire.kit.clock.forward(hours=25)
    await replies(wire, case, member, "Hello")
    await wire.works()
    sent = len(wire.meta.accepted)
    wire.kit.clock.forward(days=31)
    await wire.works()
    assert (await last_row(wire)).failed_code == "window_closed"
    assert len(wire.meta.accepted) == sent


# -- error codes -----------------------------------------------------------------------------------------------------


async def test_every_documented_code_is_answered_as_it_asks(wire: Wire) -> None:
    """Wait and try again; give up and tell the caseworker; or raise the alarm."""
    case, member = await claimed(wire)
    for code, meaning in codes.MEANINGS.items():
        wire.kit.clock.forward(seconds=20)
        await post(wire, text_message(PERSON, "hello?"))  # the window stays open
        await wire.works()
        wire.meta.failures = [(400, code)]
        await replies(wire, case, member, f"Reply {code}")
        with capture_logs() as logs:
            await wire.kit.pipeline.send(Channel.WHATSAPP)
        row = await last_row(wire)
        alarms = [line["code"] for line in logs if line["event"] == "channel_alarm"]
        assert alarms == ([meaning.name] if meaning.act is codes.Act.ALARM and meaning.seconds else []), code
        if meaning.seconds:
            assert row.state == "pending", code
            assert row.not_before >= wire.kit.clock(), code
            wire.kit.clock.forward(seconds=meaning.seconds + 5)
            await wire.works()
            assert wire.meta.accepted[-1]["text"] == f"Reply {code}"
        else:
            assert (row.state, row.failed_code) == ("failed", meaning.name)
            told = [one.data["code"] for one in await wire.kit.rows(schema.case_event) if one.name == "reply_failed"]
            assert told[-1] == meaning.name
            assert [line["event"] for line in logs if line["log_level"] == "error"] == ["send_failed"]


async def report(wire: Wire, entry: dict[str, Any], code: int) -> None:
    status = {
        "id": entry["id"],
        "status": "failed",
        "biz_opaque_callback_data": entry["attempt"],
        "errors": [{"code": code}],
    }
    await post(wire, webhook(statuses=[status]))


async def test_what_fails_after_it_was_accepted_is_sent_again_where_that_helps(wire: Wire) -> None:
    """Meta reports a passing fault by status: one more try, however often it is reported."""
    case, member = await claimed(wire)
    await replies(wire, case, member, "Hello")
    await wire.works()
    first = wire.meta.accepted[-1]
    for _ in range(3):
        await report(wire, first, 131000)
    wire.kit.clock.forward(seconds=20)
    await wire.works()
    assert [entry["text"] for entry in wire.meta.accepted].count("Hello") == 2
    await report(wire, first, 131000)  # late news of the first try
    wire.kit.clock.forward(minutes=5)
    await wire.works()
    assert [entry["text"] for entry in wire.meta.accepted].count("Hello") == 2
    assert (await last_row(wire)).state == "sent"


async def test_what_can_never_arrive_is_told_to_the_caseworker(wire: Wire) -> None:
    """A status of failure ends where a human sees it, under the name of its code."""
    case, member = await claimed(wire)
    await replies(wire, case, member, "Hello")
    await wire.works()
    await report(wire, wire.meta.accepted[-1], 131026)
    assert (await last_row(wire)).failed_code == "undeliverable"
    assert [row.data["code"] for row in await wire.kit.rows(schema.case_event) if row.name == "reply_failed"] == [
        "undeliverable"
    ]


async def test_a_storm_of_limits_is_waited_out(wire: Wire) -> None:
    """429 after 429: nothing is lost, and nothing is sent twice."""
    wire.meta.failures = [(429, 130429)] * (MAX_ATTEMPTS - 2)
    await post(wire, text_message(PERSON, HURT))
    for _ in range(MAX_ATTEMPTS):
        await wire.works()
        wire.kit.clock.forward(minutes=12)
    assert [entry["text"].splitlines()[0] for entry in wire.meta.accepted] == [
        "I read your message. Thank you for writing."
    ]
