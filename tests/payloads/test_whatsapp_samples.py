"""Real webhook bodies of Meta's Cloud API (samples of pywa, MIT licence beside them): none breaks anything."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.channels.whatsapp.receive import WhatsAppReceiver
from bot.model import Kind, OutboxState

FOLDER = Path(__file__).parent / "whatsapp" / "pywa"
RECEIVER = WhatsAppReceiver("app-secret", "verify")


def samples() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.json")):
        if path.stem == "outgoing_message":
            continue
        for name, body in json.loads(path.read_text()).items():
            yield pytest.param(path.stem, name, body, id=f"{path.stem}-{name}")


SAMPLES = list(samples())


@pytest.mark.parametrize(("group", "name", "body"), SAMPLES)
def test_every_sample_is_understood_or_left_alone(group: str, name: str, body: dict[str, Any]) -> None:
    """A body holds messages, statuses, moves, or things to ignore: never an error, never nothing at all."""
    batch = RECEIVER.parse(json.dumps(body).encode())
    held = len(batch.incoming) + len(batch.statuses) + len(batch.moved) + len(batch.withdrawn) + batch.ignored
    assert held > 0 or group == "user_marketing_preferences"
    for incoming in batch.incoming:
        assert incoming.external_id
        assert incoming.address
        assert incoming.endpoint


def _one(group: str, name: str) -> Any:
    body = json.loads((FOLDER / f"{group}.json").read_text())[name]
    return RECEIVER.parse(json.dumps(body).encode())


def test_what_the_samples_say() -> None:
    """Texts, taps, kinds, statuses and moves are read as Meta means them."""
    assert _one("message", "text").incoming[0].text == "Body Text"
    tapped = _one("callback_button", "button").incoming[0]
    assert (tapped.kind, tapped.payload) == (Kind.BUTTON, "callback_data")
    assert _one("callback_selection", "callback").incoming[0].payload == "callback_data"
    assert _one("message", "voice").incoming[0].kind is Kind.VOICE
    assert _one("message_status", "failed").statuses[0].state is OutboxState.FAILED
    assert _one("message_status", "with_tracker").statuses[0].attempt_id
    assert _one("system", "phone_number_change").moved[0].new == "972912345678"
    assert _one("deleted_message", "revoke").withdrawn[0].external_id == "<ORIGINAL_WHATSAPP_MESSAGE_ID>"
    assert _one("message", "text").incoming[0].aliases == ("US.13491208655302741918",)
