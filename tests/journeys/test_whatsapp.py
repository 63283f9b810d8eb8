"""WhatsApp over Meta's own wire format."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bench.meta import button_message, message, sign, text_message, webhook
from bot.cases import talk, work
from bot.dialogue.payloads import ContentPayload
from bot.model import Role
from bot.store import schema, staff
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.kit import HURT
from tests.wire import SECRET, VERIFY, Wire, wired

PERSON = "4915100000001"


@pytest.fixture
async def wire(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Wire]:
    async with wired(store, clock, tmp_path) as made:
        yield made


async def post(wire: Wire, body: object, *, secret: str = SECRET, raw: bytes | None = None) -> int:
    data = raw if raw is not None else json.dumps(body).encode()
    if isinstance(body, dict):
        wire.meta.hears(body)
    async with wire.session.post(
        wire.url("/webhooks/whatsapp"), data=io.BytesIO(data), headers=sign(data, secret)
    ) as answer:
        return answer.status


async def test_a_question_is_answered_and_a_tap_leads_on(wire: Wire) -> None:
    """A typed question gets its answer with buttons; a tapped one gets the next topic; nothing breaks Meta's rules."""
    wire.kit.assistant.answers = [(ContentPayload("people.guardian"),)]
    assert await post(wire, text_message(PERSON, "what is a guardian")) == 200
    await wire.works()
    texts = [entry["text"] for entry in wire.meta.accepted]
    assert any("guardian" in text.lower() for text in texts)
    assert await post(wire, button_message(PERSON, "topic:people.lawyer", "A lawyer")) == 200
    await wire.works()
    assert "lawyer" in wire.meta.accepted[-1]["text"].lower()
    assert wire.meta.refused == []


async def test_a_disclosure_is_seen_claimed_answered_and_read(wire: Wire) -> None:
    """From the child's words to the caseworker and back, with the delivery known."""
    kit = wire.kit
    await post(wire, text_message(PERSON, HURT))
    await wire.works()
    assert wire.meta.accepted[-1]["text"].startswith("I read your message.")
    (case,) = await kit.cases()
    member = await kit.store.write(
        lambda conn: staff.add(
            conn, email="a@example.org", name="A", role=Role.CASEWORKER, password_hash="x", now=kit.clock()
        )
    )
    await kit.store.write(lambda conn: work.claim(conn, case.id, member, now=kit.clock()))
    vault = kit.store.vault
    await kit.store.write(
        lambda conn: work.reply(conn, vault, case.id, member, "I am here now.", request_id="1", now=kit.clock())
    )
    await wire.works()
    sent = wire.meta.accepted[-1]
    assert sent["text"] == "I am here now."
    status = {
        "id": sent["id"],
        "status": "read",
        "timestamp": "1",
        "recipient_id": PERSON,
        "biz_opaque_callback_data": sent["attempt"],
    }
    assert await post(wire, webhook(statuses=[status])) == 200
    lines = await kit.store.read(lambda conn: talk.lines(conn, vault, case.id))
    assert lines[-1].state == "read"
    assert (await kit.cases())[0].answered_at is not None


async def test_a_closed_window_is_told_to_the_caseworker(wire: Wire) -> None:
    """A reply that Meta refuses ends where a human sees it."""
    kit = wire.kit
    await post(wire, text_message(PERSON, HURT))
    await wire.works()
    (case,) = await kit.cases()
    member = await kit.store.write(
        lambda conn: staff.add(
            conn, email="a@example.org", name="A", role=Role.CASEWORKER, password_hash="x", now=kit.clock()
        )
    )
    await kit.store.write(lambda conn: work.claim(conn, case.id, member, now=kit.clock()))
    wire.meta.failures = [(400, 131047)]
    await kit.store.write(
        lambda conn: work.reply(conn, kit.store.vault, case.id, member, "Hello", request_id="1", now=kit.clock())
    )
    await wire.works()
    events = {row.name: row.data for row in await kit.rows(schema.case_event)}
    assert events["reply_failed"]["code"] == "window_closed"
    assert (await kit.cases())[0].answered_at is None


async def test_a_rate_limit_is_waited_out_and_nothing_is_lost(wire: Wire) -> None:
    """A reply that comes too soon is sent again after the time Meta asks for."""
    wire.meta.failures = [(400, 131056)]
    await post(wire, text_message(PERSON, HURT))
    await wire.works()
    assert wire.meta.accepted == []
    wire.kit.clock.forward(seconds=8)
    await wire.works()
    assert len(wire.meta.accepted) == 1


async def test_repeated_and_mixed_deliveries_are_stored_once(wire: Wire) -> None:
    """Several messages and statuses in one body, delivered three times, are one message each."""
    one, two = (text_message(PERSON, words)["entry"][0] for words in ("hello", "what are my rights"))
    body = {
        "object": "whatsapp_business_account",
        "entry": [two, one, webhook(statuses=[{"id": "x", "status": "sent"}])["entry"][0]],
    }
    for _ in range(3):
        assert await post(wire, body) == 200
    assert len(await wire.kit.rows(schema.inbox)) == 2


@pytest.mark.parametrize(
    "kind",
    [
        "audio",
        "image",
        "video",
        "document",
        "sticker",
        "location",
        "contacts",
        "order",
        "unsupported",
        "brand_new_kind",
    ],
)
async def test_what_cannot_be_read_is_answered_politely(wire: Wire, kind: str) -> None:
    """Every kind is answered; nothing is taken for words."""
    assert await post(wire, message(PERSON, kind, {"id": "1"})) == 200
    await wire.works()
    assert wire.meta.accepted != []
    assert wire.meta.refused == []


async def test_a_changed_number_stays_the_same_person(wire: Wire) -> None:
    """After a change of number the conversation goes on."""
    await post(wire, text_message(PERSON, "hello"))
    await post(wire, message(PERSON, "system", {"type": "user_changed_number", "wa_id": "4915100000002", "body": "…"}))
    await post(wire, text_message("4915100000002", "hello again"))
    assert len(await wire.kit.rows(schema.conversation)) == 1


@pytest.mark.parametrize(
    ("raw", "secret", "status"),
    [
        (b'{"object": "whatsapp_business_account", "entry": []}', "wrong", 401),
        (b"not json", SECRET, 400),
        (b"\xff\xfe\x00", SECRET, 400),
        (b'{"object": "page"}', SECRET, 400),
        (b"[" * 50_000, SECRET, 400),
        (b'{"object": "whatsapp_business_account", "entry": "no list"}', SECRET, 200),
        (
            b'{"object": "whatsapp_business_account", "entry": [{"changes": [{"value": {"messages": [7, {"id": 1}]}}]}]}',
            SECRET,
            200,
        ),
        (b"x" * 5_000_000, SECRET, 413),
    ],
)
async def test_forged_broken_and_huge_bodies_store_nothing(wire: Wire, raw: bytes, secret: str, status: int) -> None:
    """Whatever arrives, nothing is stored and nothing breaks."""
    assert await post(wire, None, secret=secret, raw=raw) == status
    assert await wire.kit.rows(schema.inbox) == []


async def test_the_subscribe_check_answers_only_the_right_token(wire: Wire) -> None:
    """Meta's challenge is returned for our token alone."""
    query = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": VERIFY}
    async with wire.session.get(wire.url("/webhooks/whatsapp"), params=query) as answer:
        assert (answer.status, await answer.text()) == (200, "42")
    async with wire.session.get(
        wire.url("/webhooks/whatsapp"), params={**query, "hub.verify_token": "other"}
    ) as answer:
        assert answer.status == 403
