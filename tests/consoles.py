"""Browsers for tests of the console: they carry cookies and the token of the last form they saw."""

import asyncio
import re

from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.model import Role
from bot.store import schema, staff
from tests.kit import HURT, Kit

PASSWORD = "a long enough password"
HASH = staff.hash_password(PASSWORD)


class Browser:
    """A signed-in browser: it carries cookies and the token of the last form it saw."""

    def __init__(self, server: TestServer) -> None:
        self.client = TestClient(server, cookie_jar=CookieJar(unsafe=True))
        self.html = ""

    async def get(self, path: str) -> int:
        async with self.client.get(path) as answer:
            self.html = await answer.text()
            return answer.status

    async def post(self, path: str, *, token: str | None = None, **form: str) -> int:
        found = re.search(r'name="csrf" value="([^"]+)"', self.html)
        form["csrf"] = token if token is not None else (found.group(1) if found else "")
        async with self.client.post(path, data=form) as answer:
            self.html = await answer.text()
            return answer.status

    async def sign_in(self, email: str, password: str = PASSWORD) -> int:
        await self.get("/sign-in")
        return await self.post("/sign-in", email=email, password=password)


async def member(kit: Kit, name: str, role: Role = Role.CASEWORKER) -> str:
    email = f"{name.lower()}@example.org"
    await kit.store.write(
        lambda conn: staff.add(conn, email=email, name=name, role=role, password_hash=HASH, now=kit.clock())
    )
    return email


async def staff_id(kit: Kit, email: str) -> str:
    return await kit.store.read(
        lambda conn: conn.execute(select(schema.staff.c.id).where(schema.staff.c.email == email)).scalar_one()
    )


async def open_case(kit: Kit) -> tuple[str, str]:
    """Return (conversation id, case id) of a fresh disclosure."""
    conversation = await kit.says(HURT)
    (case,) = [one for one in await kit.cases() if one.conversation_id == conversation]
    return conversation, case.id


async def told(stream: ClientResponse, seconds: float = 1.0) -> str:
    """Return the next event of a live stream that says something."""
    while True:
        event = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), seconds)
        if event.startswith(b"event:"):
            return event.decode()
