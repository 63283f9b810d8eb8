"""Asking the assistant: what is sent, and every way in which it can be down."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.dialogue.client import AssistantClient, Question
from bot.dialogue.payloads import ContentPayload, MenuPayload
from bot.errors import AssistantDown
from bot.model import Decision, Hit, Tier

SECRET = "my uncle is called Idris"
ASKED = Question(
    sender="c1",
    text=SECRET,
    hits=(Hit("people.guardian", 0.83),),
    decision=Decision.ANSWER,
    language="ar",
    tier=Tier.TEEN,
    topic="family.steps",
    step="tracing",
    misses=1,
    expects="country",
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def asked(handler: Handler, *, deadline: float = 3.0) -> Any:
    """Return what the client makes of a stand-in that answers with `handler`."""
    app = web.Application()
    app.router.add_post("/webhooks/kite/webhook", handler)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        return await AssistantClient(session, str(server.make_url("/")), deadline=deadline).ask(ASKED)


def answering(**response: Any) -> Handler:
    """Return a handler that answers everything alike."""

    async def handler(_: web.Request) -> web.Response:
        return web.json_response(**response)

    return handler


async def test_the_question_travels_as_agreed() -> None:
    """The body is exactly the contract's."""
    seen = {}

    async def handler(request: web.Request) -> web.Response:
        seen.update(await request.json())
        return web.json_response({"replies": [{"content": "people.guardian"}, {"menu": True}]})

    assert await asked(handler) == (ContentPayload("people.guardian"), MenuPayload())
    assert seen == {
        "sender": "c1",
        "text": SECRET,
        "metadata": {
            "hits": [{"topic": "people.guardian", "score": 0.83}],
            "decision": "answer",
            "language": "ar",
            "tier": "teen",
            "topic": "family.steps",
            "step": "tracing",
            "misses": 1,
            "expects": "country",
        },
    }


@pytest.mark.parametrize(
    "response",
    [
        {"data": {"error": "NoReply"}, "status": 500},
        {"data": {"error": "TimeOut"}, "status": 504},
        {"data": {"error": "sender"}, "status": 400},
        {"data": {"replies": []}},
        {"data": {"replies": None}},
        {"data": {}},
        {"data": []},
        {"data": {"replies": [{"text": "Hello!"}]}},
        {"data": {"replies": [{"menu": True}, {"content": ""}]}},
        {"text": "not json"},
    ],
)
async def test_failing_empty_and_malformed_answers_mean_down(response: dict[str, Any]) -> None:
    """One bad payload spoils the turn: half an answer would be a wrong one."""
    with pytest.raises(AssistantDown) as caught:
        await asked(answering(**response))
    assert "Idris" not in str(caught.value)


async def test_a_late_answer_means_down() -> None:
    """The deadline holds whatever the assistant does."""

    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.json_response({"replies": [{"menu": True}]})

    with pytest.raises(AssistantDown, match="TimeoutError"):
        await asked(handler, deadline=0.05)


async def test_a_broken_connection_means_down() -> None:
    """The assistant may die in the middle of an answer."""

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    with pytest.raises(AssistantDown):
        await asked(handler)


async def test_no_assistant_means_down_and_not_ready() -> None:
    """A refused connection is told at once."""
    async with aiohttp.ClientSession() as session:
        client = AssistantClient(session, f"http://127.0.0.1:{unused_port()}")
        with pytest.raises(AssistantDown):
            await client.ask(ASKED)
        assert not await client.ready()


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
async def test_ready_follows_the_health_check(status: int, ready: bool) -> None:
    """An assistant without its model is not ready."""
    app = web.Application()
    app.router.add_get("/webhooks/kite/health", answering(data={"status": "?"}, status=status))
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        assert await AssistantClient(session, str(server.make_url("/"))).ready() is ready
