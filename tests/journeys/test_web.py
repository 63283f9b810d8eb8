"""The web chat over HTTP: its own page, and the widget inside another site's."""

import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.channels.web import page
from bot.config import load_settings
from bot.errors import ConfigError
from bot.gateway.app import make_app
from bot.runtime import Kite
from bot.store import schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.kit import Kit, catalogue, make_kit

HEADERS = {"X-Kite-Chat": "1"}


class Web:
    """A gateway that a page talks to."""

    def __init__(self, kit: Kit, server: TestServer, session: aiohttp.ClientSession) -> None:
        self.kit, self.server, self.session = kit, server, session

    def url(self, path: str) -> str:
        return str(self.server.make_url(path))

    async def says(self, text: str, **headers: str) -> aiohttp.ClientResponse:
        body = {"id": str(uuid.uuid4()), "text": text}
        answer = await self.session.post(self.url("/chat/messages"), json=body, headers={**HEADERS, **headers})
        await answer.read()
        await self.kit.works()
        return answer


async def served(store: Store, clock: FakeClock, folder: Path, sites: str) -> AsyncIterator[Web]:
    kit = make_kit(store, clock)
    settings = load_settings(_env_file=None, data_dir=folder, embed_sites=sites)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        content = cast("Any", SimpleNamespace(current=catalogue()))
        kite = Kite(settings, store, clock, kit.pipeline.bell, content, session)
        server = TestServer(make_app(kite, receivers=()))
        await server.start_server()
        yield Web(kit, server, session)
        kite.closing.set()
        await server.close()


@pytest.fixture
async def web(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Web]:
    async for made in served(store, clock, tmp_path, "https://library.example"):
        yield made


@pytest.fixture
async def alone(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Web]:
    async for made in served(store, clock, tmp_path, ""):
        yield made


async def test_no_site_shows_the_chat_unless_it_is_named(alone: Web) -> None:
    """The page refuses to stand inside another's, and there is nothing to embed."""
    async with alone.session.get(alone.url("/embed")) as answer:
        assert answer.status == 404
    async with alone.session.get(alone.url("/")) as answer:
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_named_site_may_show_it(web: Web) -> None:
    """Its pages and no others; the page by itself stays closed."""
    async with web.session.get(web.url("/embed?language=ar")) as answer:
        text = await answer.text()
        assert 'lang="ar" dir="rtl" class="embedded"' in text
        assert "X-Frame-Options" not in answer.headers
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors https://library.example")
    async with web.session.get(web.url("/")) as answer:
        assert answer.headers["X-Frame-Options"] == "DENY"
    async with web.session.get(web.url("/widget.js")) as answer:
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_the_widget_keeps_its_session_in_memory(web: Web) -> None:
    """No cookie is set inside another site; the token of the first answer carries the talk."""
    first = await web.says("hello", **{"X-Kite-Token": "new"})
    token = (await first.json())["token"]
    assert "Set-Cookie" not in first.headers
    await web.says("what is a guardian", **{"X-Kite-Token": token})
    async with web.session.get(web.url("/chat/replies"), headers={**HEADERS, "X-Kite-Token": token}) as answer:
        assert (await answer.json())["replies"]
    async with web.session.get(web.url("/chat/replies"), headers=HEADERS) as answer:
        assert (await answer.json())["replies"] == []
    assert len(await web.kit.rows(schema.conversation)) == 1


async def test_the_page_weighs_less_than_60_kilobytes(web: Web, record_property: Any) -> None:
    """All that a phone loads, uncompressed, in the language with the longest words."""
    weights = []
    for locale in catalogue().locales:
        total = 0
        for path in (f"/embed?language={locale}", *(f"/chat/{name}" for name in page.FILES), "/widget.js"):
            async with web.session.get(web.url(path)) as answer:
                total += len(await answer.read())
        weights.append(total)
    record_property("bytes", max(weights))
    assert max(weights) < 60_000


async def test_nothing_is_asked_of_anybody_else(web: Web) -> None:
    """No address of another site stands in the page but the one it leaves to."""
    for path in ("/", "/embed", *(f"/chat/{name}" for name in page.FILES), "/widget.js"):
        async with web.session.get(web.url(path)) as answer:
            found = set(re.findall(r"https?://[^\s\"'<>;)]+", await answer.text()))
        assert found <= {"https://www.wikipedia.org/", "http://www.w3.org/2000/svg", "https://kite.example/widget.js"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400), (b"[]", 400), (b"[" * 60_000, 400), (b"x" * 70_000, 413), (b"\xff\xfe", 400),
        (b'{"id": "12345678", "text": "\\ud83d he hits me"}', 202),
        (b'{"id": "12345678", "text": "' + b"x" * 5000 + b'"}', 400),
    ],
)  # fmt: skip
async def test_hostile_bodies_break_nothing(web: Web, body: bytes, status: int) -> None:
    """What is no message is refused; half a character is stored as a question mark."""
    headers = {**HEADERS, "Content-Type": "application/json"}
    async with web.session.post(web.url("/chat/messages"), data=body, headers=headers) as answer:
        assert answer.status == status
    assert len(await web.kit.rows(schema.inbox)) == (1 if status == 202 else 0)


async def test_another_sites_page_cannot_write_in_a_persons_name(web: Web) -> None:
    """Without our header, or from another origin, nothing is taken."""
    for headers in ({}, {**HEADERS, "Origin": "https://evil.example"}):
        body = {"id": str(uuid.uuid4()), "text": "hello"}
        async with web.session.post(web.url("/chat/messages"), json=body, headers=headers) as answer:
            assert answer.status == 403
    assert await web.kit.rows(schema.inbox) == []


@pytest.mark.parametrize(
    "sites", ["javascript:alert(1)", "https://a.org; script-src *", "https://a.org 'unsafe-inline'"]
)
def test_a_site_is_a_site(sites: str) -> None:
    """The setting cannot carry another rule into the policy."""
    with pytest.raises(ConfigError, match="KITE_EMBED_SITES"):
        load_settings(_env_file=None, embed_sites=sites)
