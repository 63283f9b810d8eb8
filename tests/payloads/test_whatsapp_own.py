"""Our own set of WhatsApp webhooks, one file a kind: what each holds, and that Kite works through all of them.

Each case is `{"says", "body", "expect"}`. To add one, write its body and what it holds; to see what the parser makes of
it: `python -m tests.payloads.test_whatsapp_own <file> <name>`.
"""

import gzip
import io
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.bench.meta import sign
from bot.channels.base import Batch
from bot.channels.whatsapp.receive import WhatsAppReceiver
from bot.store import schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.wire import SECRET, Wire, wired

HERE = Path(__file__).parent / "whatsapp"
RECEIVER = WhatsAppReceiver(SECRET, "verify")
ALARMS = {"errors-ours_to_mend", "errors-account_banned", "statuses-failed_131048", "statuses-failed_131042"}
"""The cases that must raise the alarm; no other may log an error."""


def cases(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((HERE / folder).glob("*.json")):
        for name, case in json.loads(path.read_text()).items():
            yield f"{path.stem}-{name}", case


OWN = dict(cases("kite"))
SAMPLES = {name: body for name, body in cases("pywa") if not name.startswith("outgoing_message")}


def held(batch: Batch) -> dict[str, Any]:
    """Return what a batch holds, in the words of the files."""
    incoming = [
        {"kind": str(one.kind), "text": one.text, "payload": one.payload, "address": one.address}
        for one in batch.incoming
    ]
    return {
        "incoming": incoming,
        "statuses": [[str(one.state), one.code] for one in batch.statuses],
        "moved": [[one.old, one.new] for one in batch.moved],
        "withdrawn": len(batch.withdrawn),
        "alarms": list(batch.alarms),
        "ignored": batch.ignored,
    }


@pytest.fixture
async def wire(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Wire]:
    async with wired(store, clock, tmp_path) as made:
        yield made


async def post(wire: Wire, raw: bytes, headers: dict[str, str]) -> int:
    async with wire.session.post(wire.url("/webhooks/whatsapp"), data=io.BytesIO(raw), headers=headers) as answer:
        return answer.status


def test_the_set_is_large_enough() -> None:
    """At least 120 cases, each with a sentence that says what it is."""
    assert len(OWN) >= 120
    assert all(case["says"] for case in OWN.values())


@pytest.mark.parametrize("name", OWN)
def test_each_body_holds_what_its_file_says(name: str) -> None:
    """Words, taps, statuses, moves, deletions and alarms are read as Meta means them."""
    assert held(RECEIVER.parse(json.dumps(OWN[name]["body"]).encode())) == OWN[name]["expect"]


async def test_all_are_answered_and_worked_through_without_an_error(
    wire: Wire, record_property: Callable[[str, object], None]
) -> None:
    """Every body, ours and Meta's samples, signed: 200, no error in the log but the alarms, nothing against the rules.

    Whatever a person sends, a first contact gets an answer; only a reaction needs none.
    """
    took = []
    with capture_logs() as logs:
        for number, (name, case) in enumerate((OWN | SAMPLES).items()):
            raw = json.dumps(case.get("body", case)).replace("49151000000", f"4915{number:06d}0")
            raw = raw.replace("DE.111", f"DE.{number}").encode()  # people of its own for every body
            began, before, sent = time.perf_counter(), len(logs), len(wire.meta.accepted)
            assert await post(wire, raw, sign(raw, SECRET)) == 200, name
            took.append(time.perf_counter() - began)
            await wire.works()
            errors = [line for line in logs[before:] if line["log_level"] == "error"]
            assert [line["event"] for line in errors] == (["channel_alarm"] if name in ALARMS else []), (name, errors)
            if name in OWN and "reaction" not in name:
                people = {one.address for one in RECEIVER.parse(raw).incoming}
                assert {entry["to"] for entry in wire.meta.accepted[sent:]} == people, name
    assert wire.meta.refused == []
    assert {row.state for row in await wire.kit.rows(schema.inbox)} == {"done"}
    record_property("median_milliseconds", round(statistics.median(took) * 1000, 1))


WORDS = json.dumps(OWN["text-disclosure"]["body"]).encode()
DEEP = b'{"object":"whatsapp_business_account","entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
JSON = {"Content-Type": "application/json"}


def zipped() -> tuple[bytes, dict[str, str]]:
    raw = gzip.compress(b'{"entry":"' + b"x" * 10_000_000 + b'"}')
    return raw, {**sign(raw, SECRET), "Content-Encoding": "gzip"}


HOSTILE = {
    "unsigned": (WORDS, JSON, 401),
    "signature empty": (WORDS, {**JSON, "X-Hub-Signature-256": ""}, 401),
    "signature without its name": (WORDS, {**JSON, "X-Hub-Signature-256": sign(WORDS, SECRET)["X-Hub-Signature-256"][7:]}, 401),
    "signature not ASCII": (WORDS, {**JSON, "X-Hub-Signature-256": "sha256=é"}, 401),
    "old SHA-1 signature alone": (WORDS, {**JSON, "X-Hub-Signature": "sha1=00"}, 401),
    "signed with another secret": (WORDS, sign(WORDS, "other"), 401),
    "signed for another body": (WORDS + b" ", sign(WORDS, SECRET), 401),
    "ten megabytes": (b"x" * 10_000_000, sign(b"x", SECRET), 413),
    "ten megabytes of JSON": (WORDS[:-1] + b" " * 10_000_000 + b"}", sign(WORDS, SECRET), 413),
    "deeply nested": (DEEP, sign(DEEP, SECRET), 400),
    "UTF-16": (WORDS.decode().encode("utf-16"), sign(WORDS.decode().encode("utf-16"), SECRET), 400),
    "Latin-1": ('{"object":"é"}'.encode("latin-1"), sign('{"object":"é"}'.encode("latin-1"), SECRET), 400),
    "byte order mark": (b"\xef\xbb\xbf" + WORDS, sign(b"\xef\xbb\xbf" + WORDS, SECRET), 400),
    "cut off": (WORDS[:-9], sign(WORDS[:-9], SECRET), 400),
    "empty": (b"", sign(b"", SECRET), 400),
    "a list": (b"[]", sign(b"[]", SECRET), 400),
    "a page's event": (b'{"object":"page"}', sign(b'{"object":"page"}', SECRET), 400),
    "a number without end": (b"9" * 5000, sign(b"9" * 5000, SECRET), 400),
    "a zip bomb": (*zipped(), 413),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_is_not_metas_is_refused_and_nothing_is_stored(wire: Wire, name: str) -> None:
    """Forged, unsigned, huge, nested or in another charset: refused, and the store stays empty."""
    raw, headers, status = HOSTILE[name]
    assert await post(wire, raw, dict(headers)) == status
    assert await wire.kit.rows(schema.inbox) == []
    assert await wire.kit.rows(schema.conversation) == []


async def test_old_words_cannot_be_brought_back(wire: Wire) -> None:
    """Meta gives up after seven days: what is older is a replay, answered 200 and not stored; so is what was seen."""
    assert await post(wire, WORDS, sign(WORDS, SECRET)) == 200
    assert await post(wire, WORDS, sign(WORDS, SECRET)) == 200
    assert len(await wire.kit.rows(schema.inbox)) == 1
    other = json.dumps(OWN["text-english"]["body"]).encode()
    wire.kit.clock.forward(days=7, hours=12)
    assert await post(wire, other, sign(other, SECRET)) == 200
    assert len(await wire.kit.rows(schema.inbox)) == 2
    late = json.dumps(OWN["text-french"]["body"]).encode()
    wire.kit.clock.forward(days=1)
    with capture_logs() as logs:
        assert await post(wire, late, sign(late, SECRET)) == 200
    assert len(await wire.kit.rows(schema.inbox)) == 2
    assert [line["event"] for line in logs] == ["webhook_stale"]


async def test_a_deleted_message_is_forgotten_unless_a_case_needs_it(wire: Wire) -> None:
    """Kite's copy of ordinary words goes with the person's; what a case holds stays, as another may hold the phone."""
    for name, kept in (("text-english", False), ("text-disclosure", True)):
        raw = json.dumps(OWN[name]["body"]).encode()
        await post(wire, raw, sign(raw, SECRET))
        await wire.works()
        original = OWN[name]["body"]["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
        body = json.loads(json.dumps(OWN["edits-deleted"]["body"]))
        body["entry"][0]["changes"][0]["value"]["messages"][0]["revoke"]["original_message_id"] = original
        raw = json.dumps(body).encode()
        assert await post(wire, raw, sign(raw, SECRET)) == 200
        assert ((await wire.kit.rows(schema.inbox))[-1].body is not None) is kept


if __name__ == "__main__":
    _, file, which = sys.argv
    print(json.dumps(held(RECEIVER.parse(json.dumps(OWN[f"{file}-{which}"]["body"]).encode())), indent=1))
