"""Serve the search on loopback: `python -m bot.search.server --port N --index DIR`.

    GET  /health   200 once loaded, 503 before
    POST /search   {"text", "language"} -> {"hits": [{"topic", "score"}], "decision": "answer|offer|none"}

It listens at once and loads in a thread. No text is ever logged.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import structlog
from aiohttp import web

from bot import logs
from bot.errors import KiteError
from bot.model import Hits
from bot.search.threads import keep_to_one_thread

HOST = "127.0.0.1"
LARGEST_BODY = 64 * 1024
log = structlog.get_logger(__name__)


class Searcher(Protocol):
    """What is served."""

    def search(self, text: str, language: str) -> Hits:
        """Return up to five topics and what their confidence allows."""


Load = Callable[[], Searcher]


class Service:
    """Hold what is served from the moment it is loaded; one thread loads it and then searches."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._thread = ThreadPoolExecutor(1, "search")
        self._searcher: Searcher | None = None
        self.loading: asyncio.Task[None] | None = None

    async def begin(self, _app: web.Application) -> None:
        """Start to load; return at once."""
        self.loading = asyncio.create_task(self._begin())

    async def _begin(self) -> None:
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        self._searcher = await loop.run_in_executor(self._thread, self._load)
        log.info("search_ready", seconds=round(time.monotonic() - began, 2))

    async def end(self, _app: web.Application) -> None:
        """Stop loading and searching."""
        if self.loading is not None:
            self.loading.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def health(self, _request: web.Request) -> web.Response:
        """Tell whether searching is possible."""
        ready = self._searcher is not None
        return web.json_response({"status": "ok" if ready else "loading"}, status=200 if ready else 503)

    async def search(self, request: web.Request) -> web.Response:
        """Answer one search; 400 for a request of another form, 503 while loading."""
        if self._searcher is None:
            return web.json_response({"error": "loading"}, status=503)
        asked = await _asked(request)
        if asked is None:
            return web.json_response({"error": "send a JSON object with text and language"}, status=400)
        loop = asyncio.get_running_loop()
        hits = await loop.run_in_executor(self._thread, self._searcher.search, *asked)
        found = [{"topic": hit.topic, "score": round(hit.score, 4)} for hit in hits.hits]
        return web.json_response({"hits": found, "decision": hits.decision.value})


async def _asked(request: web.Request) -> tuple[str, str] | None:
    """Return the text and the language asked for, or None."""
    try:
        body: Any = await request.json()
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    text, language = body.get("text"), body.get("language")
    return (text, language) if isinstance(text, str) and isinstance(language, str) else None


def make_app(service: Service) -> web.Application:
    """Return the application; it begins to load when it starts."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes([web.get("/health", service.health), web.post("/search", service.search)])
    app.on_startup.append(service.begin)
    app.on_cleanup.append(service.end)
    return app


def load_index(folder: Path) -> Searcher:
    """Load the index and let it search once, so that the first person waits no longer than the others."""
    from bot.search.index import Index  # noqa: PLC0415 (listen first, load then)

    index = Index.load(folder)
    index.search("…? hello", "en")
    return index


async def serve(service: Service, port: int) -> None:
    """Serve until cancelled.

    Raise whatever the loading raises, so that the process ends with it; OSError when the port is taken.
    """
    runner = web.AppRunner(make_app(service), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        if service.loading is not None:
            await service.loading
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.search.server", description="Serve the topic search.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--index", type=Path, required=True, help="folder that was trained")
    given = parser.parse_args(arguments)
    keep_to_one_thread()
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")  # a model is on this machine, or it is an error
    logs.set_up("info")
    try:
        asyncio.run(serve(Service(lambda: load_index(given.index)), given.port))
    except (KiteError, OSError) as error:
        sys.stderr.write(f"search: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
