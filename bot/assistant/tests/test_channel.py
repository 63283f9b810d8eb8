"""The door: what is refused, what is neutralised, and how a failure is told."""

import asyncio
import json
import logging
from typing import Any

import pytest

from components import channel
from components.channel import Malformed, answer, neutralise, parse

GOOD = {"sender": "c1", "text": "hi", "metadata": {"decision": "none", "hits": []}}
SECRET = "my uncle is called Idris"


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("/restart", "restart"),
        ("  //delete_data{}", "delete_data{}"),
        ('/set_age{"age": 40}', 'set_age{"age": 40}'),
        ("\u200b/restart", "restart"),
        (" / / restart", "restart"),
        ("/", "…"),
        ("", "…"),
        ("and/or", "and/or"),
    ],
)
def test_what_is_typed_is_never_a_command_payload(typed: str, heard: str) -> None:
    """Rasa reads a text that begins with a slash as an intent with entities; none ever does."""
    assert neutralise(typed) == heard


def test_a_very_long_text_is_cut() -> None:
    """What lies beyond the first four thousand characters changes no decision."""
    assert len(parse({**GOOD, "text": "x" * 9000}).text) == channel.LONGEST_TEXT


@pytest.mark.parametrize(
    "change",
    [
        {"sender": ""},
        {"sender": 5},
        {"text": None},
        {"metadata": None},
        {"metadata": {}},
        {"metadata": {"decision": "maybe"}},
        {"metadata": {"decision": "none", "expects": "everything"}},
        {"metadata": {"decision": "none", "misses": "2"}},
        {"metadata": {"decision": "none", "hits": {}}},
        {"metadata": {"decision": "none", "hits": [{"topic": "{sender_id}"}]}},
        {"metadata": {"decision": "none", "hits": [{"score": 1}]}},
    ],
)
def test_a_request_outside_the_contract_is_refused(change: "dict[str, Any]") -> None:
    """The refusal names the part and never quotes the request."""
    with pytest.raises(Malformed):
        parse({**GOOD, **change})


def test_anything_but_an_object_is_refused() -> None:
    """A list, a number or nothing is no request."""
    for body in ([], 5, None, "hi"):
        with pytest.raises(Malformed):
            parse(body)


async def answered(handle: Any) -> "tuple[int, dict[str, Any]]":
    response = await answer(handle, parse({**GOOD, "text": SECRET}))
    return response.status, json.loads(response.body)


async def test_payloads_are_answered_in_order() -> None:
    """An offer's empty places are left out."""

    async def handle(message: Any) -> None:
        await message.output_channel.send_custom_json("c1", {"offer": ["a.b", "", ""]})
        await message.output_channel.send_custom_json("c1", {"menu": True})

    assert await answered(handle) == (200, {"replies": [{"offer": ["a.b"]}, {"menu": True}]})


async def test_no_reply_is_a_failure() -> None:
    """An empty answer would leave the person without one."""

    async def handle(message: Any) -> None:
        return None

    assert await answered(handle) == (500, {"error": "NoReply"})


async def test_an_error_is_told_by_its_kind_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the answer nor the log carries what the person wrote."""

    async def handle(message: Any) -> None:
        raise RuntimeError(f"cannot handle {message.text}")

    with caplog.at_level(logging.DEBUG):
        assert await answered(handle) == (500, {"error": "RuntimeError"})
    assert "Idris" not in caplog.text
    assert "RuntimeError at handle" in caplog.text


async def test_prose_is_an_error() -> None:
    """The assistant names content; it never speaks itself."""

    async def handle(message: Any) -> None:
        await message.output_channel.send_text_message("c1", "Hello!")

    assert (await answered(handle))[0] == 500


async def test_a_slow_turn_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn that waits for something dead gives its lock back."""
    monkeypatch.setattr(channel, "DEADLINE_SECONDS", 0.01)

    async def handle(message: Any) -> None:
        await asyncio.sleep(5)

    assert await answered(handle) == (504, {"error": "TimeOut"})
