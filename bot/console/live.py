"""Live pages: a stream that says "something changed", within a second, also when another process changed it."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

from aiohttp import web
from sqlalchemy import Connection

from bot.cases import queue
from bot.console import access, keys
from bot.model import Urgency
from bot.store.store import Store
from bot.worker.bell import wait

POLL = 0.5
HEARTBEAT = 15.0
FRESH = 0.2
Look = tuple[str, dict[str, object]]


def add_routes(app: web.Application) -> None:
    """Add the stream."""
    app.router.add_get("/live", stream)


def _look(conn: Connection) -> tuple[str, dict[str, object]]:
    """Return the queue's version and what a page needs to know without reading it."""
    cases = queue.queue(conn)
    waiting = [case for case in cases if case.due_at is not None]
    urgent = [case for case in waiting if case.urgency is Urgency.NOW]
    lines = queue.talk_version(conn)
    return f"{queue.version(conn)}-{lines}", {
        "waiting": len(waiting),
        "now": len(urgent),
        "newest_now": queue.newest_now(conn),
    }


def shared_look(store: Store) -> Callable[[], Awaitable[Look]]:
    """Return a look at the cases that all open pages share: the store is asked at most once in FRESH seconds."""
    lock, kept = asyncio.Lock(), [("", dict[str, object](), -FRESH)]

    async def look() -> Look:
        async with lock:
            version, told, at = kept[0]
            now = asyncio.get_running_loop().time()
            if now - at >= FRESH:
                version, told = await store.read(_look)
                kept[0] = (version, told, now)
            return version, told

    return look


@access.allow(access.CASES)
async def stream(request: web.Request) -> web.StreamResponse:
    """Stream a `changed` event whenever cases or their conversations changed; ends when the session does."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):  # the page was closed
        await _follow(request, response)
    return response


async def _follow(request: web.Request, response: web.StreamResponse) -> None:
    version, loop = "", asyncio.get_running_loop()
    beat = loop.time()
    with request.app[keys.BELL].listening() as rung:
        while await access.current(request) is not None:
            now, told = await request.app[keys.LOOK]()
            if now != version:
                version, beat = now, loop.time()
                await response.write(f"event: changed\ndata: {json.dumps(told)}\n\n".encode())
            elif loop.time() - beat >= HEARTBEAT:
                beat = loop.time()
                await response.write(b": still here\n\n")
            await wait(rung, POLL)
    await response.write(b"event: ended\ndata: {}\n\n")
