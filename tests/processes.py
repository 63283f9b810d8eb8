"""Real processes for tests: the trained assistant, search and actions once a session; the app as often as needed."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from bot.config import Settings, load_settings
from bot.serving import children

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(url: str, says: str = "") -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200 and says in response.read().decode()
    except (urllib.error.URLError, OSError):
        return False


def wait_for(url: str, *, seconds: float, process: subprocess.Popen[bytes] | None = None, says: str = "") -> float:
    """Wait until a URL answers 200 with some words in it; return the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if answers(url, says):
            return time.monotonic() - began
        assert process is None or process.poll() is None, (
            f"the process ended with {process.returncode} before {url} answered"
        )
        time.sleep(0.05)
    raise AssertionError(f"{url} did not answer within {seconds} s")


class Children:
    """Assistant, search and actions of the trained project, on ports of their own."""

    def __init__(self, log_dir: Path, *, redis_url: str = "") -> None:
        self.ports = {"assistant": free_port(), "search": free_port(), "actions": free_port()}
        self.settings: Settings = load_settings(
            _env_file=None,
            data_dir=ROOT / "var",
            assistant_port=self.ports["assistant"],
            search_port=self.ports["search"],
            actions_port=self.ports["actions"],
            redis_url=redis_url,
        )
        self.log_dir = log_dir
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        for command in children(self.settings, ROOT):
            if names and command.name not in names:
                continue
            with (self.log_dir / f"{command.name}.log").open("ab") as output:
                self.processes[command.name] = subprocess.Popen(
                    list(command.line),
                    env={**os.environ, **command.environment},
                    cwd=ROOT,
                    stdout=output,
                    stderr=output,
                )

    def wait(self) -> None:
        wait_for(f"http://127.0.0.1:{self.ports['search']}/health", seconds=150, process=self.processes["search"])
        wait_for(
            f"http://127.0.0.1:{self.ports['assistant']}/webhooks/kite/health",
            seconds=150,
            process=self.processes["assistant"],
        )

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of an app that uses these children."""
        return {
            "KITE_OWN_CHILDREN": "false",
            "KITE_MODELS": str(ROOT / "var" / "models"),
            "KITE_ASSISTANT_PORT": str(self.ports["assistant"]),
            "KITE_SEARCH_PORT": str(self.ports["search"]),
            "KITE_ACTIONS_PORT": str(self.ports["actions"]),
        }


class App:
    """`kite up` in a process of its own, over a data folder of its own."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.port, self.console_port = free_port(), free_port()
        self.environment = {
            **os.environ,
            "KITE_DATA_DIR": str(folder),
            "KITE_SHOW_DRAFTS": "1",
            "KITE_GATEWAY_PORT": str(self.port),
            "KITE_CONSOLE_PORT": str(self.console_port),
            "KITE_LOG_LEVEL": "warning",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def console_url(self) -> str:
        return f"http://127.0.0.1:{self.console_port}"

    @property
    def log(self) -> Path:
        return self.folder / "app.log"

    def start(self, *, seconds: float = 60) -> float:
        """Start and wait until the gateway answers; return the seconds it took."""
        self.process = self.run("up", "--no-train")
        listening = wait_for(f"{self.url}/health", seconds=seconds, process=self.process)
        return listening + wait_for(
            f"{self.url}/health", seconds=seconds, process=self.process, says='"screening": true'
        )

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command of `kite` in this app's environment."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            line = [sys.executable, "-m", "bot.cli", *command]
            return subprocess.Popen(line, env=self.environment, cwd=ROOT, stdout=output, stderr=output)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Stop as Ctrl-C does; return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


class Fleet(App):
    """Gateway, two workers and console in processes of their own over one PostgreSQL, as a deployment runs them."""

    ROLES = ("gateway", "worker", "worker", "console")

    def __init__(self, folder: Path, environment: Mapping[str, str], rng: random.Random) -> None:
        super().__init__(folder, environment)
        self.rng = rng
        self.processes: list[subprocess.Popen[bytes] | None] = [None] * len(self.ROLES)

    def start(self, *, seconds: float = 60) -> float:
        """Start what does not run; return the seconds until the gateway answered."""
        for number, role in enumerate(self.ROLES):
            if self.processes[number] is None:
                self.processes[number] = self.run(role)
        return wait_for(f"{self.url}/health", seconds=seconds, process=self.processes[0])

    def kill(self) -> None:
        """Kill the gateway or one of the workers."""
        number = self.rng.randrange(3)
        victim, self.processes[number] = self.processes[number], None
        assert victim is not None
        victim.kill()
        victim.wait()

    def stop(self) -> int:
        """Stop all as a service manager does; return the highest exit code."""
        running = [process for process in self.processes if process is not None]
        for process in running:
            process.terminate()
        return max(process.wait(30) for process in running)


async def until(check: object, *, seconds: float = 30, pause: float = 0.1) -> None:
    """Wait until an async check returns true."""
    began = time.monotonic()
    while not await check():  # type: ignore[operator]
        assert time.monotonic() - began < seconds, "it did not happen in time"
        await asyncio.sleep(pause)


class MetaProcess:
    """The stand-in for Meta's Graph API in a process of its own; it outlives every kill of the app."""

    def __init__(self, folder: Path) -> None:
        self.port, self.log = free_port(), folder / "meta.jsonl"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "KITE_WHATSAPP_TOKEN": "token",
            "KITE_WHATSAPP_PHONE_ID": "1122334455667",
            "KITE_WHATSAPP_APP_SECRET": "app-secret",
            "KITE_WHATSAPP_VERIFY_TOKEN": "verify",
            "KITE_WHATSAPP_PAIR_SECONDS": "0",
            "KITE_QUIET_SECONDS": "0",
            "KITE_WHATSAPP_API": f"http://127.0.0.1:{self.port}/v23.0",
        }

    def start(self, *, webhook: str = "", latency: float = 0.05) -> None:
        line = [sys.executable, "-m", "tests.fakes.meta", "--port", str(self.port), "--log", str(self.log)]
        line += ["--latency", str(latency)] + (["--webhook", webhook] if webhook else [])
        self.process = subprocess.Popen(line, cwd=ROOT)

    def accepted(self) -> int:
        """Return how many messages it has accepted so far."""
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(10)
