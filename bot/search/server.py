"""The search process: listens at once, loads its models in a thread, and never logs a text.

    python -m bot.search.server --port 5065 --index var/models/search
"""

import argparse
import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TOKENIZERS_PARALLELISM"):
    os.environ.setdefault(_name, "false" if "PARALLEL" in _name else "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")

from aiohttp import web  # noqa: E402 (after the limits above)

from bot.search.index import Index  # noqa: E402

INDEX: web.AppKey["asyncio.Future[Index]"] = web.AppKey("index")
MAX_BODY = 64_000


def make_app(folder: Path) -> web.Application:
    """Return the application; it answers 503 until the index is loaded."""
    app = web.Application(client_max_size=MAX_BODY)
    app[INDEX] = asyncio.get_running_loop().create_future()

    async def loading(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_load(app, folder))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    app.cleanup_ctx.append(loading)
    app.router.add_get("/health", health)
    app.router.add_post("/search", search)
    return app


async def _load(app: web.Application, folder: Path) -> None:
    app[INDEX].set_result(await asyncio.to_thread(Index.load, folder))


async def health(request: web.Request) -> web.Response:
    """Answer 200 once the index is loaded, 503 before."""
    return web.json_response({}, status=200 if request.app[INDEX].done() else 503)


async def search(request: web.Request) -> web.Response:
    """Return the hits of `{"text", "language"}`."""
    if not request.app[INDEX].done():
        return web.json_response({"error": "still loading"}, status=503)
    body = await request.json()
    found = request.app[INDEX].result().search(str(body["text"]), str(body["language"]))
    hits = [{"topic": hit.topic, "score": hit.score} for hit in found.hits]
    return web.json_response({"hits": hits, "decision": found.decision})


def main() -> None:
    """Serve on loopback."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--index", type=Path, required=True)
    given = parser.parse_args()

    async def app() -> web.Application:
        return make_app(given.index)

    web.run_app(app(), host="127.0.0.1", port=given.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
