"""The web chat's own API: a session cookie, messages in, replies out over server-sent events.

The person's side fetches its replies and acknowledges them, so a bad line loses nothing and doubles nothing: each
reply has an id and a sequence number, and each message of the person an id of the page's making.
"""

import asyncio
import contextlib
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, select

from bot.channels.base import Batch
from bot.channels.web import page
from bot.content.catalogue import Catalogue
from bot.content.locales import LOCALES
from bot.errors import Refused
from bot.gateway import keys, security
from bot.model import Channel, Incoming, Kind, OutboxState
from bot.store import conversations, outbox, schema
from bot.worker.bell import wait
from bot.worker.sender import settle_reply

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
COOKIE = "kite_chat"
ENDPOINT = "web"
HEADER = "X-Kite-Chat"
TOKEN = "X-Kite-Token"  # noqa: S105 (the name of a header)
"""The session of a page inside another site's, which keeps it in memory only; "new" before there is one."""
MAX_TEXT = 4096
MAX_IDS = 200
MAX_DIGITS = 9
MAX_JSON = 64_000
"""Bytes of one request of the page."""
HEARTBEAT = 15.0
POLL = 0.5


def add_routes(app: web.Application) -> None:
    """Add the page, its files and the chat's API."""
    app.router.add_post("/chat/messages", receive)
    app.router.add_get("/chat/events", events)
    app.router.add_get("/chat/replies", replies)
    app.router.add_post("/chat/ack", acknowledge)
    app.router.add_get("/chat/strings", strings)
    app.router.add_post("/chat/leave", leave)
    app.router.add_get("/", front)
    app.router.add_get("/embed", embed)
    app.router.add_get(f"/{page.WIDGET}", widget)
    for name, content_type in page.FILES.items():
        app.router.add_get(f"/chat/{name}", _file(name, content_type))


def _file(name: str, content_type: str) -> Handler:
    async def handle(_request: web.Request) -> web.StreamResponse:
        return page.file_response(name, content_type)

    return handle


async def front(request: web.Request) -> web.Response:
    """Serve the page in the first language of the browser's list that there is."""
    return _page(request, embedded=False)


async def embed(request: web.Request) -> web.Response:
    """Serve the page for the inside of another site's, where the settings allow that."""
    sites = request.app[keys.KITE].settings.embed_sites
    if not sites.strip():
        raise Refused("No site may show the chat: see KITE_EMBED_SITES.", status=404)
    response = _page(request, embedded=True)
    security.allow_framing(response, sites)
    return response


async def widget(_request: web.Request) -> web.StreamResponse:
    """Serve the script that puts the chat on another site's page."""
    response = page.file_response(page.WIDGET, "text/javascript; charset=utf-8")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _page(request: web.Request, *, embedded: bool) -> web.Response:
    catalogue = request.app[keys.KITE].content.current
    wanted = request.query.get("language", "")
    locale = wanted if wanted in catalogue.locales else _preferred(request, catalogue.locales)
    html = page.render(
        locale=locale,
        direction=LOCALES[locale].direction,
        strings=_strings(catalogue, locale),
        languages=[(code, LOCALES[code].name, LOCALES[code].direction) for code in catalogue.locales],
        embedded=embedded,
    )
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


def _strings(catalogue: Catalogue, locale: str) -> dict[str, str]:
    """Return the page's own words by name without their prefix."""
    ids = [phrase for phrase in catalogue.content.phrases if phrase.startswith("web.")]
    return {phrase.removeprefix("web."): catalogue.phrase(phrase, locale=locale) for phrase in ids}


def _check_origin(request: web.Request) -> None:
    """Refuse what another site's page could send: our header makes the browser ask first, and nobody is told yes."""
    if request.headers.get(HEADER) != "1":
        raise Refused("This address is for Kite's own page.")
    origin = request.headers.get("Origin")
    if origin is not None and origin.split("://", 1)[-1] != request.host:
        raise Refused("This address is for Kite's own page.")


def _token(request: web.Request) -> str | None:
    token = request.headers.get(TOKEN) or request.cookies.get(COOKIE, "")
    return token if 32 <= len(token) <= 64 and token.isascii() else None  # noqa: PLR2004 (our own token's length)


async def _json(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    if len(body) > MAX_JSON:
        raise Refused("The body is too large.", status=413)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("The body is not JSON.", status=400) from error
    if not isinstance(data, dict):
        raise Refused("The body is not a JSON object.", status=400)
    return data


async def receive(request: web.Request) -> web.Response:
    """Take one message: `{"id", "text"}` typed, or `{"id", "payload", "text"}` tapped; 202 after the commit."""
    _check_origin(request)
    data = await _json(request)
    message_id, text, payload = (str(data.get(name, "")) for name in ("id", "text", "payload"))
    hint = str(data.get("language", ""))
    if not 8 <= len(message_id) <= 64 or len(text) > MAX_TEXT or len(payload) > MAX_TEXT:  # noqa: PLR2004 (a UUID's length)
        raise Refused("id must have 8 to 64 characters, text at most 4,096.", status=400)
    token = _token(request) or secrets.token_urlsafe(32)
    locales = request.app[keys.KITE].content.current.locales
    incoming = Incoming(
        channel=Channel.WEB,
        endpoint=ENDPOINT,
        external_id=f"{_address(token)}:{message_id}",
        address=_address(token),
        kind=Kind.BUTTON if payload else Kind.TEXT,
        text=text,
        payload=payload,
        language_hint=hint if hint in locales else "",
    )
    (accepted,) = await request.app[keys.KITE].intake.take(Channel.WEB, Batch(incoming=(incoming,)))
    if TOKEN in request.headers:
        return web.json_response({"sequence": accepted.sequence, "token": token}, status=202)
    response = web.json_response({"sequence": accepted.sequence}, status=202)
    response.set_cookie(COOKIE, token, httponly=True, secure=security.is_secure(request), samesite="Strict", path="/")
    return response


def _address(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def _conversation(request: web.Request) -> str | None:
    token, store = _token(request), request.app[keys.KITE].store
    if token is None:
        return None

    def find(conn: Connection) -> str | None:
        return conversations.find(conn, store.vault, Channel.WEB, ENDPOINT, _address(token))

    return await store.read(find)


async def _after(request: web.Request, conversation_id: str, sequence: int) -> list[dict[str, Any]]:
    store, now = request.app[keys.KITE].store, request.app[keys.KITE].clock()
    rows = await store.read(lambda conn: outbox.after(conn, store.vault, conversation_id, sequence, now=now))
    return [
        {
            "id": row_id,
            "sequence": number,
            "talk": talk_of(conversation_id),
            "text": reply.text,
            "buttons": [{"payload": button.payload, "label": button.label} for button in reply.buttons],
            "language": reply.language,
            "direction": LOCALES[reply.language].direction,
            "from_person": reply.from_person,
        }
        for row_id, number, reply, _ in rows
    ]


async def replies(request: web.Request) -> web.Response:
    """Return the replies after a sequence number as JSON, for browsers and lines that hold no stream open."""
    _check_origin(request)
    conversation_id = await _conversation(request)
    found = await _after(request, conversation_id, _sequence(request, conversation_id)) if conversation_id else []
    return web.json_response({"replies": found, "awake": request.app[keys.KITE].awake})


def talk_of(conversation_id: str) -> str:
    """Return the mark of a talk: after a deletion the same page has another, whose numbers begin anew."""
    return conversation_id[:12]


def _sequence(request: web.Request, conversation_id: str | None) -> int:
    """Return the number after which replies are wanted, `<talk>.<number>`; 0 when it is of another talk."""
    value = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    talk, _, number = value.partition(".")
    known = conversation_id is not None and talk == talk_of(conversation_id)
    return int(number) if known and number.isdecimal() and len(number) <= MAX_DIGITS else 0


async def events(request: web.Request) -> web.StreamResponse:
    """Stream replies after a sequence number as server-sent events; `awake` events tell of the assistant."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):  # the page was closed
        await _follow(request, response)
    return response


async def _follow(request: web.Request, response: web.StreamResponse) -> None:
    kite, last, awake = request.app[keys.KITE], 0, None
    followed: str | None = None
    loop = asyncio.get_running_loop()
    beat = loop.time()
    with kite.bell.listening() as rung:
        while not kite.closing.is_set():
            if kite.awake != awake:
                awake = kite.awake
                await _emit(response, "awake", {"awake": awake})
            conversation_id = await _conversation(request)
            if conversation_id != followed:
                followed, last = conversation_id, _sequence(request, conversation_id)
            for reply in await _after(request, conversation_id, last) if conversation_id else []:
                last = int(reply["sequence"])
                await _emit(response, "reply", reply, number=f"{reply['talk']}.{last}")
                beat = loop.time()
            if loop.time() - beat >= HEARTBEAT:
                await response.write(b": still here\n\n")
                beat = loop.time()
            await wait(rung, POLL)


async def _emit(response: web.StreamResponse, name: str, data: dict[str, Any], *, number: str | None = None) -> None:
    head = f"event: {name}\n" + (f"id: {number}\n" if number is not None else "")
    await response.write(f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode())


async def acknowledge(request: web.Request) -> web.Response:
    """Note that the page shows these replies: `{"ids": ["…"]}`; ids of somebody else's talk change nothing."""
    _check_origin(request)
    ids = (await _json(request)).get("ids")
    if not isinstance(ids, list) or len(ids) > MAX_IDS:
        raise Refused(f"ids must be a list of at most {MAX_IDS}.", status=400)
    conversation_id = await _conversation(request)
    if conversation_id is not None:
        now, shown = request.app[keys.KITE].clock(), [str(one) for one in ids]
        await request.app[keys.KITE].store.write(lambda conn: _delivered(conn, conversation_id, shown, now=now))
        request.app[keys.KITE].bell.ring()
    return web.json_response({})


def _delivered(conn: Connection, conversation_id: str, ids: list[str], *, now: datetime) -> None:
    table = schema.outbox
    rows = conn.execute(
        select(table.c.id, table.c.case_id, table.c.purpose).where(
            table.c.conversation_id == conversation_id,
            table.c.id.in_(ids),
            table.c.state.in_((OutboxState.PENDING, OutboxState.SENT)),
        )
    ).all()
    for row in rows:
        if outbox.settle(conn, row.id, OutboxState.DELIVERED, now=now):
            settle_reply(conn, row.id, row.case_id, row.purpose, delivered=True, now=now)


async def strings(request: web.Request) -> web.Response:
    """Return the words of the page in a language."""
    catalogue = request.app[keys.KITE].content.current
    locale = request.query.get("language", "")
    if locale not in catalogue.locales:
        locale = _preferred(request, catalogue.locales)
    return web.json_response(
        {"language": locale, "direction": LOCALES[locale].direction, "strings": _strings(catalogue, locale)},
        headers={"Cache-Control": "no-store"},
    )


def _preferred(request: web.Request, locales: tuple[str, ...]) -> str:
    """Return the first language of the browser's list that there is; the first of ours otherwise."""
    wanted = [
        part.split(";")[0].strip().split("-")[0].lower()
        for part in request.headers.get("Accept-Language", "").split(",")
    ]
    return next((code for code in wanted if code in locales), "en" if "en" in locales else locales[0])


async def leave(request: web.Request) -> web.Response:
    """Forget the session on this device: the cookie goes, the page shows nothing any more."""
    _check_origin(request)
    response = web.json_response({})
    response.del_cookie(COOKIE, path="/")
    return response
