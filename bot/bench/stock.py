"""The bot that `rasa init` makes, trained once and served as it is: what Kite is compared with."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from bot.dialogue.process import assistant_python
from bot.errors import ConfigError
from bot.processes import Command, start, stop

WAKE_SECONDS = 240.0
OK = 200


async def _run(name: str, line: list[str], folder: Path, log_dir: Path) -> None:
    environment = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    process = await start(Command(name, line, environment, folder), log_dir)
    if await process.wait():
        raise ConfigError(f"{name} failed: see {log_dir / name}.log")


async def prepare(root: Path, folder: Path, log_dir: Path) -> None:
    """Make and train the stock bot in a folder, unless it is there."""
    python = str(assistant_python(root).absolute())
    if not (folder / "config.yml").exists():
        await asyncio.to_thread(os.makedirs, folder, exist_ok=True)
        line = [python, "-m", "rasa", "init", "--no-prompt", "--init-dir", "."]
        await _run("stock-init", line, folder, log_dir)
    if not any((folder / "models").glob("*.tar.gz")):
        await _run("stock-train", [python, "-m", "rasa", "train"], folder, log_dir)


@contextlib.asynccontextmanager
async def serving(root: Path, folder: Path, port: int, log_dir: Path) -> AsyncIterator[str]:
    """Serve the stock bot; yield the URL of its REST channel once it answers."""
    (folder / "rest.yml").write_text("rest:\n")
    line = [
        str(assistant_python(root).absolute()),
        "-m",
        "rasa",
        "run",
        "--interface",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    line += ["--credentials", "rest.yml"]
    environment = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    process = await start(Command("stock", line, environment, folder), log_dir)
    url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
    try:
        await _until_awake(url, process)
        yield url
    finally:
        await stop(process)


async def _until_awake(url: str, process: asyncio.subprocess.Process) -> None:
    deadline = asyncio.get_running_loop().time() + WAKE_SECONDS
    async with aiohttp.ClientSession() as session:
        while asyncio.get_running_loop().time() < deadline and process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.post(url, json={"sender": "wake", "message": "hi"}) as answer:
                    if answer.status == OK and await answer.json():
                        return
            await asyncio.sleep(0.5)
    raise ConfigError("The stock bot did not start: see stock.log in the log folder.")


async def ask(session: aiohttp.ClientSession, url: str, sender: str, text: str) -> bool:
    """Send one message; return whether there was a reply."""
    timeout = aiohttp.ClientTimeout(total=60)
    async with session.post(url, json={"sender": sender, "message": text}, timeout=timeout) as answer:
        return answer.status == OK and bool(await answer.json())
