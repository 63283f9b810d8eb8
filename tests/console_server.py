"""A console with cases to look at, and a way to let a child write: for browser tests and for looking at by hand.

    python -m tests.console_server --port 8391 --folder /some/folder

Everybody's password is that of `tests.consoles`; `GET /say?who=…&text=…` on the next port lets a child write.
"""

import argparse
import asyncio
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.channels.base import Batch
from bot.clock import utc_now
from bot.config import load_settings
from bot.console.app import make_app
from bot.model import Channel, Incoming, Kind, Role
from bot.runtime import secret_key
from bot.store import staff
from bot.store.store import open_store
from tests.conftest import FakeClock
from tests.consoles import HASH
from tests.kit import Kit, catalogue, make_kit

PEOPLE = {"Amina": Role.CASEWORKER, "Boris": Role.CASEWORKER, "Salma": Role.SUPERVISOR, "Ada": Role.ADMIN}
SAID = (
    ("a", Channel.WHATSAPP, "someone in the centre hits me", 3),
    ("b", Channel.TELEGRAM, "he has a knife", 1),
    ("c", Channel.WEB, "someone hits me and he reads my phone", 90),
)


class Shifted(FakeClock):
    """The real clock, which can be set back while cases are made."""

    shift = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() - self.shift

    def forward(self, **parts: float) -> datetime:
        return self()


async def say(kit: Kit, who: str, channel: Channel, text: str) -> None:
    incoming = Incoming(
        channel=channel, endpoint="e", external_id=uuid.uuid4().hex, address=who, kind=Kind.TEXT, text=text
    )
    await kit.pipeline.receive(channel, Batch(incoming=(incoming,)))
    await kit.works()


async def listen(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()


async def main(port: int, folder: Path, translations: Path) -> None:
    clock = Shifted()
    settings = load_settings(_env_file=None, data_dir=folder, translations_dir=translations)
    store = await open_store(sqlite_path=settings.sqlite_path, secret_key=secret_key(settings))
    kit = make_kit(store, clock)
    if not await store.read(staff.count):
        await fill(kit, clock)
    console = make_app(settings=settings, store=store, clock=clock, bell=kit.pipeline.bell, content=catalogue)

    async def hear(request: web.Request) -> web.Response:
        await say(kit, request.query["who"], Channel.WEB, request.query["text"])
        return web.Response(text="ok")

    helper = web.Application()
    helper.router.add_get("/say", hear)
    await listen(helper, port + 1)
    await listen(console, port)
    while True:
        await kit.pipeline.tick()
        await asyncio.sleep(1)


async def fill(kit: Kit, clock: Shifted) -> None:
    """Make the people and the first cases."""
    store = kit.store
    for name, role in PEOPLE.items():
        email = f"{name.lower()}@example.org"
        await store.write(
            lambda conn, name=name, role=role, email=email: staff.add(
                conn, email=email, name=name, role=role, password_hash=HASH, now=clock()
            )
        )
    for who, channel, text, minutes in SAID:
        clock.shift = timedelta(minutes=minutes)
        await say(kit, who, channel, text)
    clock.shift = timedelta(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--translations", type=Path, default=Path("translations"))
    options = parser.parse_args()
    asyncio.run(main(options.port, options.folder, options.translations))
