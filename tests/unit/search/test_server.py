"""The search process: listening at once, answering once loaded, never logging what people said."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port

from bot.errors import ConfigError
from bot.model import Decision, Hit, Hits
from bot.search import server
from bot.search.client import SearchClient
from bot.search.server import Service, make_app, serve

SECRET = "my uncle is called Idris"


class Known:
    """A searcher that knows one topic."""

    def search(self, text: str, language: str) -> Hits:
        if language == "zz":
            raise RuntimeError(text)
        return Hits((Hit("people.guardian", 0.87654321),), Decision.OFFER)


class Loading:
    """A loading that ends when the test says so."""

    def __init__(self) -> None:
        self.done = threading.Event()

    def __call__(self) -> Known:
        assert self.done.wait(10)
        return Known()


@pytest.fixture
def loading() -> Loading:
    return Loading()


@pytest.fixture
async def client(loading: Loading) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(make_app(Service(loading)))) as opened:
        yield opened
        loading.done.set()


async def until_ready(client: TestClient[Any, Any], loading: Loading) -> None:
    loading.done.set()
    for _ in range(200):
        if (await client.get("/health")).status == 200:
            return
        await asyncio.sleep(0.01)
    raise AssertionError


async def test_it_listens_while_it_loads(client: TestClient[Any, Any], loading: Loading) -> None:
    """Health is 503 and a search is refused until all is loaded; then both work."""
    assert (await client.get("/health")).status == 503
    assert (await client.post("/search", json={"text": "a", "language": "en"})).status == 503
    await until_ready(client, loading)
    answer = await client.post("/search", json={"text": "a", "language": "en"})
    assert await answer.json() == {"hits": [{"topic": "people.guardian", "score": 0.8765}], "decision": "offer"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"3", b'{"text": "a"}', b'{"text": 3, "language": "en"}', b'{"text": "a", "language": 1}'],
)
async def test_a_request_of_another_form_is_refused(
    client: TestClient[Any, Any], loading: Loading, body: bytes
) -> None:
    """400 says what is wanted."""
    await until_ready(client, loading)
    answer = await client.post("/search", data=body)
    assert answer.status == 400
    assert "text and language" in (await answer.json())["error"]


async def test_nothing_that_was_said_is_logged(
    client: TestClient[Any, Any],
    loading: Loading,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither a search nor a failure writes the text anywhere."""
    server.logs.set_up("debug")
    await until_ready(client, loading)
    await client.post("/search", json={"text": SECRET, "language": "en"})
    assert (await client.post("/search", json={"text": SECRET, "language": "zz"})).status == 500
    captured = capfd.readouterr()
    assert "Idris" not in captured.out + captured.err


async def test_the_client_understands_the_server(loading: Loading) -> None:
    """Both sides keep one contract."""
    loading.done.set()
    async with TestServer(make_app(Service(loading))) as running, aiohttp.ClientSession() as session:
        search = SearchClient(session, str(running.make_url("/")))
        for _ in range(200):
            async with session.get(running.make_url("/health")) as health:
                if health.status == 200:
                    break
        assert (await search.search(SECRET, "en")).hits[0].topic == "people.guardian"


async def test_a_loading_that_fails_ends_the_process() -> None:
    """Whoever started it sees that it died, and why."""

    def broken() -> Known:
        raise ConfigError("no index: run `kite train search`")

    with pytest.raises(ConfigError, match="kite train search"):
        await serve(Service(broken), unused_port())


async def test_serving_goes_on_until_it_is_cancelled(loading: Loading) -> None:
    """The port is free again afterwards."""
    loading.done.set()
    port = unused_port()
    task = asyncio.create_task(serve(Service(loading), port))
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            try:
                async with session.get(f"http://127.0.0.1:{port}/health") as health:
                    if health.status == 200:
                        break
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_the_command_tells_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line and exit code 1."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    assert server.main(["--port", str(unused_port()), "--index", str(tmp_path)]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("search: ")
