"""Drive Kite over signed WhatsApp webhooks and the stock bot over REST, one after the other on the same machine."""

import asyncio
import contextlib
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.bench import stock
from bot.bench.figures import Figures, figures, report
from bot.bench.meta import PHONE_ID, GraphApi, deliver, text_message
from bot.config import Settings
from bot.errors import ConfigError
from bot.processes import Command, start, stop

SECRET = "bench-secret"  # noqa: S105 (signs the stand-in's own webhooks on loopback)
KITE_TEXTS = ("what is a guardian", "what are my rights", "how can my family come to me", "who is my lawyer", "hello")
STOCK_TEXTS = ("hi", "i am sad", "great", "are you a bot?", "bye")
REPLY_SECONDS = 30.0
WAKE_SECONDS = 180.0
Tell = Callable[[str], None]
Ask = Callable[[str, str], Awaitable[bool]]
"""Send a text as a person and wait for the first reply; return whether there was one."""


@dataclass(frozen=True)
class Load:
    """How much is sent: people who write at the same time, messages of each, and of one long conversation."""

    people: int = 16
    each: int = 10
    long: int = 150


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def measure(ask: Ask, texts: tuple[str, ...], load: Load) -> Figures:
    """Let people write side by side, each waiting for the reply before the next message."""
    latencies: list[float] = []
    lost = 0

    async def person(name: str) -> None:
        nonlocal lost
        for number in range(load.each):
            began = time.monotonic()
            if await ask(name, texts[number % len(texts)]):
                latencies.append(time.monotonic() - began)
            else:
                lost += 1

    run = f"{time.time_ns() % 10**9:09d}"
    began = time.monotonic()
    await asyncio.gather(*(person(f"4{run}{number:02d}") for number in range(load.people)))
    return figures(latencies, seconds=time.monotonic() - began, lost=lost)


async def measure_long(ask: Ask, texts: tuple[str, ...], load: Load) -> Figures:
    """Let one person write a long conversation; the figures are of its last twenty messages."""
    name = f"5{time.time_ns() % 10**9:09d}"
    for number in range(max(0, load.long - 20)):
        await ask(name, texts[number % len(texts)])
    return await measure_tail(ask, texts, name)


async def measure_tail(ask: Ask, texts: tuple[str, ...], name: str) -> Figures:
    """Return the figures of twenty more messages of a conversation."""
    latencies, lost, began = [], 0, time.monotonic()
    for number in range(20):
        sent = time.monotonic()
        if await ask(name, texts[number % len(texts)]):
            latencies.append(time.monotonic() - sent)
        else:
            lost += 1
    return figures(latencies, seconds=time.monotonic() - began, lost=lost)


@contextlib.asynccontextmanager
async def kite_running(settings: Settings, folder: Path, api_port: int) -> AsyncIterator[str]:
    """Run all of Kite over a store of its own; yield the URL of its WhatsApp webhook once it is awake."""
    port = free_port()
    environment = {
        "KITE_DATA_DIR": str(folder),
        "KITE_MODELS": str(settings.model_dir.absolute()),
        "KITE_SHOW_DRAFTS": "1",
        "KITE_LOG_LEVEL": "error",
        "KITE_GATEWAY_PORT": str(port),
        "KITE_CONSOLE_PORT": str(free_port()),
        "KITE_ASSISTANT_PORT": str(free_port()),
        "KITE_ACTIONS_PORT": str(free_port()),
        "KITE_SEARCH_PORT": str(free_port()),
        "KITE_WHATSAPP_TOKEN": "token",
        "KITE_WHATSAPP_PHONE_ID": PHONE_ID,
        "KITE_WHATSAPP_APP_SECRET": SECRET,
        "KITE_WHATSAPP_VERIFY_TOKEN": "verify",
        "KITE_WHATSAPP_PAIR_SECONDS": "0",
        "KITE_QUIET_SECONDS": "0",
        "KITE_WHATSAPP_API": f"http://127.0.0.1:{api_port}/v23.0",
    }
    process = await start(Command("bench-kite", [sys.executable, "-m", "bot.cli", "up"], environment), folder / "log")
    try:
        await _until_awake(f"http://127.0.0.1:{port}/health", process, folder)
        yield f"http://127.0.0.1:{port}/webhooks/whatsapp"
    finally:
        await stop(process)


async def _until_awake(url: str, process: asyncio.subprocess.Process, folder: Path) -> None:
    deadline = asyncio.get_running_loop().time() + WAKE_SECONDS
    async with aiohttp.ClientSession() as session:
        while asyncio.get_running_loop().time() < deadline and process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(url) as answer:
                    if (await answer.json()).get("awake"):
                        return
            await asyncio.sleep(0.5)
    raise ConfigError(f"Kite did not wake up: see {folder / 'log'}.")


async def bench_kite(settings: Settings, folder: Path, load: Load, tell: Tell) -> dict[str, Figures]:
    """Return Kite's figures from webhook to delivered reply."""
    api, port = GraphApi(), free_port()
    runner = web.AppRunner(api.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with kite_running(settings, folder, port) as url, aiohttp.ClientSession() as session:

            async def ask(name: str, text: str) -> bool:
                arrived = api.reply_to(name)
                await deliver(session, url, text_message(name, text), SECRET)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(arrived, REPLY_SECONDS)
                    return True
                return False

            tell("Kite: people writing side by side …")
            fresh = await measure(ask, KITE_TEXTS, load)
            tell("Kite: one long conversation …")
            return {"kite_fresh": fresh, "kite_long": await measure_long(ask, KITE_TEXTS, load)}
    finally:
        await runner.cleanup()


async def bench_stock(root: Path, folder: Path, load: Load, tell: Tell) -> dict[str, Figures]:
    """Return the stock bot's figures from request to reply."""
    tell("Stock bot: making and training it once (about three minutes) …")
    await stock.prepare(root, folder, folder / "log")
    async with stock.serving(root, folder, free_port(), folder / "log") as url, aiohttp.ClientSession() as session:

        async def ask(name: str, text: str) -> bool:
            return await stock.ask(session, url, name, text)

        tell("Stock bot: people writing side by side …")
        fresh = await measure(ask, STOCK_TEXTS, load)
        tell("Stock bot: one long conversation …")
        return {"stock_fresh": fresh, "stock_long": await measure_long(ask, STOCK_TEXTS, load)}


async def bench(
    settings: Settings, root: Path, folder: Path, load: Load, *, compare: bool, tell: Tell
) -> dict[str, Any]:
    """Measure Kite and, with `compare`, the stock bot; return figures and ratios."""
    results = await bench_kite(settings, folder, load, tell)
    if compare:
        results |= await bench_stock(root, settings.data_dir / "bench" / "stock", load, tell)
    return report(results)
