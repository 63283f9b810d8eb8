"""Live pages: what changed is read once for all open pages, and told to each within a second.

A page says where it stands (`since`, or the browser's Last-Event-ID after a lost line) and is told all that came
after; a page that stood too far back is told to read itself again.
"""

import asyncio
import contextlib
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from aiohttp import web

from bot.cases import queue
from bot.cases.changes import Look, Watch
from bot.cases.queue import CaseView
from bot.cases.targets import Targets
from bot.console import access, keys, language
from bot.console.access import me
from bot.model import CaseState, Clock
from bot.store.store import Store
from bot.worker.bell import Bell, wait

POLL = 0.3
LEAST = 0.2
ASLEEP = 2.0
HEARTBEAT = 15.0
CHECK = 3.0
"""Seconds between two looks at whether a page's session still stands."""
KEPT = 500
Render = Callable[[CaseView, str], str]
log = structlog.get_logger(__name__)


@dataclass
class Change:
    """One thing to tell: rows of the queue that are new or different, and what waits."""

    number: int
    look: Look
    render: Render
    told: dict[str, str] = field(default_factory=dict)

    def data(self, staff_id: str, locale: str) -> str:
        """Return the JSON for one page; rows are rendered once a language, and kept from whom they are hidden."""
        if any(staff_id in kept for kept in self.look.hidden.values()):
            shown = [one for one in self.look.cases if staff_id not in self.look.hidden.get(one.id, ())]
            return self._json(shown, locale)
        if locale not in self.told:
            self.told[locale] = self._json(self.look.cases, locale)
        return self.told[locale]

    def _json(self, cases: "list[CaseView] | tuple[CaseView, ...]", locale: str) -> str:
        rows = [
            {"id": one.id, "html": "" if one.state == CaseState.CLOSED else self.render(one, locale)} for one in cases
        ]
        told = {"rows": rows, "waiting": self.look.counts, "newest_now": self.look.newest_now}
        return json.dumps(told, ensure_ascii=False)


class Hub:
    """Follow the cases for every open page of this process."""

    def __init__(self, store: Store, clock: Clock, bell: Bell, targets: Targets, render: Render) -> None:
        self.boot = secrets.token_hex(4)
        self.changes: deque[Change] = deque(maxlen=KEPT)
        self.talks: dict[str, str] = {}
        self._store, self._clock, self._bell, self._render = store, clock, bell, render
        self._watch = Watch(targets, clock())
        self._pages: dict[asyncio.Event, str] = {}
        self._number, self._counts = 0, dict[str, int]()

    @property
    def cursor(self) -> str:
        """Return where a page stands that is made now."""
        return f"{self.boot}-{self._number}"

    def after(self, cursor: str) -> list[Change] | None:
        """Return the changes after a cursor, oldest first; None when that is no longer known."""
        boot, _, text = cursor.partition("-")
        if boot != self.boot or not text.isdecimal() or int(text) > self._number:
            return None
        number = int(text)
        if self.changes and number < self.changes[0].number - 1:
            return None
        return [change for change in self.changes if change.number > number]

    @contextlib.contextmanager
    def page(self, case_id: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set whenever there is something to tell to a page."""
        told = asyncio.Event()
        self._pages[told] = case_id
        self._bell.ring()
        try:
            yield told
        finally:
            del self._pages[told]

    async def run(self) -> None:
        """Look until cancelled; a look that fails is tried again."""
        await self._store.read(self._watch.begin)
        with self._bell.listening() as rung:
            while True:
                try:
                    await self._look()
                except Exception as error:  # noqa: BLE001 (pages must go on following)
                    log.error("live_failed", error=type(error).__name__)
                await asyncio.sleep(LEAST)
                await wait(rung, POLL - LEAST if self._pages else ASLEEP)

    async def _look(self) -> None:
        watched, now = tuple({case_id for case_id in self._pages.values() if case_id}), self._clock()
        look = await self._store.read(lambda conn: self._watch.look(conn, watched, now=now))
        changed = bool(look.cases) or look.counts != self._counts
        self._counts = look.counts
        if changed:
            self._number += 1
            self.changes.append(Change(self._number, look, self._render))
        if changed or look.talks != self.talks:
            self.talks = look.talks
            for told in self._pages:
                told.set()


def add_routes(app: web.Application) -> None:
    """Add the stream and what feeds it."""
    app.router.add_get("/live", stream)
    app.cleanup_ctx.append(_running)


async def _running(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(app[keys.HUB].run(), name="console-live")
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@access.allow(access.CASES)
async def stream(request: web.Request) -> web.StreamResponse:
    """Stream what changes: rows of the queue, or that the talk of `?case=` is different; ends with the session."""
    case_id = request.query.get("case", "")
    if case_id:
        staff_id = me(request).member.id
        await request.app[keys.STORE].read(lambda conn: queue.check_seen(conn, case_id, staff_id))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):  # the page was closed
        await _follow(request, response, case_id)
    return response


@dataclass
class _Place:
    """Where one open page stands."""

    cursor: str
    talk: str
    beat: float
    checked: float


async def _follow(request: web.Request, response: web.StreamResponse, case_id: str) -> None:
    hub, loop = request.app[keys.HUB], asyncio.get_running_loop()
    cursor = request.headers.get("Last-Event-ID") or request.query.get("since") or hub.cursor
    place = _Place(cursor, hub.talks.get(case_id, ""), loop.time(), loop.time())
    await response.write(b"retry: 1000\n\n")
    with hub.page(case_id) as told:
        while await _still_here(request, place, loop.time()):
            text = _news(request, hub, place, case_id)
            if not text and loop.time() - place.beat >= HEARTBEAT:
                text = ": still here\n\n"
            if text:
                place.beat = loop.time()
                await response.write(text.encode())
            await wait(told, CHECK)
    await response.write(b"event: ended\ndata: {}\n\n")


async def _still_here(request: web.Request, place: _Place, now: float) -> bool:
    if now - place.checked < CHECK:
        return True
    place.checked = now
    return await access.current(request) is not None


def _news(request: web.Request, hub: Hub, place: _Place, case_id: str) -> str:
    """Return the events that a page has not been told, and move its place on."""
    parts, changes = [], hub.after(place.cursor)
    if changes is None:
        parts.append(f"event: again\nid: {hub.cursor}\ndata: {{}}\n\n")
    else:
        staff_id, locale = me(request).member.id, language.of(request)
        parts += [
            f"event: changed\nid: {hub.boot}-{change.number}\ndata: {change.data(staff_id, locale)}\n\n"
            for change in changes
        ]
    place.cursor = hub.cursor
    talk = hub.talks.get(case_id, place.talk)
    if talk != place.talk:
        place.talk = talk
        parts.append("event: talk\ndata: {}\n\n")
    return "".join(parts)


def moment(at: datetime | None) -> str:
    """Return a time as a page's script reads it, in milliseconds since 1970; "" for None."""
    return "" if at is None else str(int(at.timestamp() * 1000))
