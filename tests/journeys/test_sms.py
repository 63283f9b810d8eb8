"""SMS through a gateway on a phone: every choice a number, every call signed, nothing doubled."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.sms.send import SmsSender
from bot.dialogue.payloads import ContentPayload
from bot.errors import Uncertain
from bot.store import schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.fakes.sms_gateway import received, sign
from tests.kit import HURT
from tests.wire import Wire, wired

PERSON = "+4915100000001"


@pytest.fixture
async def wire(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Wire]:
    async with wired(store, clock, tmp_path) as made:
        yield made


async def post(wire: Wire, raw: bytes, headers: dict[str, str]) -> int:
    async with wire.session.post(wire.url("/webhooks/sms"), data=raw, headers=headers) as answer:
        return answer.status


async def says(wire: Wire, text: str, *, event: str = "sms:received", sender: str = PERSON) -> None:
    now = wire.kit.clock.forward(seconds=1)
    raw = received(sender, text, now, event=event)
    assert await post(wire, raw, sign(raw, now)) == 200
    await wire.works()


async def test_a_child_finds_an_answer_with_numbers_alone(wire: Wire) -> None:
    """Language, age, group and topic are chosen by typing their numbers, in the digits the phone has."""
    await says(wire, "hello")
    languages = wire.sms.sent[-1]["text"]
    assert "1. English" in languages
    await says(wire, "1")
    assert "6 to 9" in wire.sms.sent[-1]["text"]
    await says(wire, "٣")
    assert "1. Your rights" in wire.sms.sent[-1]["text"]
    await says(wire, "4")
    assert "1. " in wire.sms.sent[-1]["text"]
    await says(wire, "1")
    assert "guardian" in " ".join(entry["text"] for entry in wire.sms.sent[-4:]).lower()
    assert wire.kit.assistant.asked == [] or len(wire.kit.assistant.asked) == 1
    assert wire.sms.violations == []


async def test_a_disclosure_is_acknowledged_and_its_choices_work_by_number(wire: Wire) -> None:
    """The neutral line, and "I can write safely" as a number."""
    await says(wire, HURT)
    assert wire.sms.sent[-1]["text"].startswith("I read your message.")
    assert "1. I can write safely" in wire.sms.sent[-1]["text"]
    await says(wire, "1")
    assert "not your fault" in " ".join(entry["text"] for entry in wire.sms.sent)
    assert len(await wire.kit.cases()) == 1


async def test_the_same_words_twice_are_two_messages_and_a_repeat_is_one(wire: Wire) -> None:
    """The gateway's id is made of the words: the time of receipt tells two from one delivered again."""
    await says(wire, "yes")
    await says(wire, "yes")
    now = wire.kit.clock()
    raw = received(PERSON, "yes", now)
    assert await post(wire, raw, sign(raw, now)) == 200
    assert len(await wire.kit.rows(schema.inbox)) == 2


@pytest.mark.parametrize("fault", ["unsigned", "forged", "old", "changed", "not JSON", "no event"])
async def test_what_is_not_the_gateways_is_refused(wire: Wire, fault: str) -> None:
    """Nothing is stored of what is forged, replayed or broken."""
    now = wire.kit.clock()
    raw = received(PERSON, HURT, now)
    headers = sign(raw, now)
    if fault == "unsigned":
        headers = {}
    elif fault == "forged":
        headers = sign(raw, now, key="other")
    elif fault == "old":
        headers = sign(raw, now - timedelta(minutes=6))
    elif fault == "changed":
        raw += b" "
    else:
        raw = b"[]" if fault == "no event" else b"{"
        headers = sign(raw, now)
    assert await post(wire, raw, headers) in {400, 401}
    assert await wire.kit.rows(schema.inbox) == []


async def test_a_name_instead_of_a_number_and_other_events_are_left_alone(wire: Wire) -> None:
    """An operator's advertisement cannot be answered; news of the gateway need no answer."""
    await says(wire, "Win a phone", sender="Vodafone")
    await says(wire, "ping", event="system:ping")
    assert await wire.kit.rows(schema.inbox) == []


async def test_a_picture_is_answered_politely(wire: Wire) -> None:
    """Nobody has looked at it, and it says so."""
    await says(wire, "", event="mms:received")
    assert wire.sms.sent


async def test_a_doubtful_send_is_not_doubled(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway took it, the answer was lost: the second try has the same id, and is refused there."""
    real, lost = SmsSender.send, []

    async def loses(self: SmsSender, address: str, part: object, *, attempt_id: str, endpoint: str = "") -> str:
        sent = await real(self, address, part, attempt_id=attempt_id, endpoint=endpoint)  # type: ignore[arg-type]
        if not lost:
            lost.append(sent)
            raise Uncertain("lost")
        return sent

    monkeypatch.setattr(SmsSender, "send", loses)
    await says(wire, HURT)
    wire.kit.clock.forward(minutes=2)
    await wire.works()
    assert len(wire.sms.sent) == 1
    assert {row.state for row in await wire.kit.rows(schema.outbox)} == {"sent"}


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_a_gateway_in_trouble_is_waited_for(wire: Wire, status: int) -> None:
    """A wrong password, a limit or a broken phone loses nothing."""
    wire.sms.failures = [status]
    await says(wire, HURT)
    assert wire.sms.sent == []
    wire.kit.clock.forward(minutes=2)
    await wire.works()
    assert len(wire.sms.sent) == 1


async def test_delivery_is_told(wire: Wire) -> None:
    """The phone reports what arrived."""
    await says(wire, HURT)
    now = wire.kit.clock()
    raw = (
        b'{"event": "sms:delivered", "deviceId": "phone-1", "payload": {"messageId": "%s"}}'
        % wire.sms.sent[-1]["id"].encode()
    )
    assert await post(wire, raw, sign(raw, now)) == 200
    assert {row.state for row in await wire.kit.rows(schema.outbox)} == {"delivered"}


async def test_stop_is_heard(wire: Wire) -> None:
    """The word that every SMS service knows."""
    await says(wire, "STOP")
    assert wire.sms.sent[-1]["text"].startswith("That is okay.")
    assert wire.kit.assistant.asked == []


async def test_long_answers_are_split_at_sentences(wire: Wire) -> None:
    """Each SMS ends where a sentence or line does."""
    await says(wire, "1")
    wire.kit.assistant.answers = [(ContentPayload("people.guardian"),)]
    sent = len(wire.sms.sent)
    await says(wire, "what is a guardian")
    texts = [entry["text"] for entry in wire.sms.sent[sent:]]
    assert all(text.rstrip()[-1] in ".?!)" or text.splitlines()[-1][0].isdigit() for text in texts)
    assert wire.sms.violations == []
