"""Asking the search process: what is sent, and every way in which it can be down."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.errors import SearchDown
from bot.model import Decision, Hit, Hits
from bot.search.client import SearchClient

SECRET = "my uncle is called Idris"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def searched(handler: Handler, *, deadline: float = 3.0) -> Hits:
    """Return what the client makes of a stand-in that answers with `handler`."""
    app = web.Application()
    app.router.add_post("/search", handler)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        return await SearchClient(session, str(server.make_url("/")), deadline=deadline).search(SECRET, "ar")


def answering(body: object, status: int = 200) -> Handler:
    """Return a stand-in that answers the same to everything."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status)

    return handler


async def test_text_and_language_go_in_and_hits_come_out() -> None:
    """The request is the contract's, and the answer is read in full."""
    seen: list[Any] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append(await request.json())
        return web.json_response({"hits": [{"topic": "people.guardian", "score": 0.9}], "decision": "answer"})

    assert await searched(handler) == Hits((Hit("people.guardian", 0.9),), Decision.ANSWER)
    assert seen == [{"text": SECRET, "language": "ar"}]


async def test_nothing_found_is_an_answer() -> None:
    """No hits are no failure."""
    assert await searched(answering({"hits": [], "decision": "none"})) == Hits()


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "fine",
        {},
        {"hits": []},
        {"decision": "answer"},
        {"hits": [], "decision": "perhaps"},
        {"hits": {}, "decision": None},
        {"hits": 3, "decision": "none"},
        {"hits": [{"topic": "people.guardian"}], "decision": "offer"},
        {"hits": [{"topic": 3, "score": 0.4}], "decision": "offer"},
        {"hits": [{"topic": "", "score": 0.4}], "decision": "offer"},
        {"hits": [{"topic": "people.guardian", "score": "much"}], "decision": "offer"},
        {"hits": ["people.guardian"], "decision": "offer"},
    ],
)
async def test_anything_malformed_is_down(body: object) -> None:
    """An answer of another form is no answer, and the error does not say what was asked."""
    with pytest.raises(SearchDown) as caught:
        await searched(answering(body))
    assert "Idris" not in str(caught.value)


@pytest.mark.parametrize("status", [204, 400, 500, 503])
async def test_another_status_is_down(status: int) -> None:
    """Only a 200 is an answer."""
    with pytest.raises(SearchDown, match=str(status)):
        await searched(answering({"hits": [], "decision": "none"}, status))


async def test_an_infinite_score_is_down() -> None:
    """A score is a number that can be compared."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(text='{"hits": [{"topic": "a.b", "score": Infinity}], "decision": "offer"}')

    with pytest.raises(SearchDown):
        await searched(handler)


async def test_being_late_is_down() -> None:
    """A person does not wait for search longer than its deadline."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        raise AssertionError

    with pytest.raises(SearchDown, match="TimeoutError"):
        await searched(handler, deadline=0.05)


async def test_being_away_is_down() -> None:
    """Nobody listening is an error like any other."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SearchDown) as caught:
            await SearchClient(session, f"http://127.0.0.1:{unused_port()}").search(SECRET, "ar")
    assert "Idris" not in str(caught.value)


async def test_what_is_no_json_is_down() -> None:
    """Whatever answers on that port must speak the contract."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>")

    with pytest.raises(SearchDown):
        await searched(handler)
