"""A console over HTTP, with browsers."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.config import load_settings
from bot.console.app import make_app
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.consoles import Browser, member
from tests.kit import Kit, make_kit

ARABIC = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nLanguage: ar\\n"

msgid "Queue"
msgstr "قائمة الانتظار"
"""


@pytest.fixture
def kit(store: Store, clock: FakeClock) -> Kit:
    return make_kit(store, clock)


@pytest.fixture
async def server(kit: Kit, tmp_path: Path) -> AsyncIterator[TestServer]:
    words = tmp_path / "translations" / "ar" / "LC_MESSAGES"
    words.mkdir(parents=True)
    (words / "console.po").write_text(ARABIC, encoding="utf-8")
    settings = load_settings(_env_file=None, data_dir=tmp_path, translations_dir=words.parent.parent)
    server = TestServer(make_app(settings=settings, store=kit.store, clock=kit.clock, bell=kit.pipeline.bell))
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def browse(server: TestServer) -> AsyncIterator[Callable[[], Browser]]:
    """Yield a maker of browsers; all are closed afterwards."""
    made: list[Browser] = []

    def make() -> Browser:
        made.append(Browser(server))
        return made[-1]

    yield make
    for browser in made:
        await browser.client.close()


@pytest.fixture
async def amina(kit: Kit, browse: Callable[[], Browser]) -> Browser:
    browser = browse()
    await browser.sign_in(await member(kit, "Amina"))
    return browser
