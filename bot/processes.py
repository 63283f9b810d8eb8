"""Child processes of Kite: started, watched, started again when they die, and stopped in reverse order."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

STOP_SECONDS = 10.0
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
PR_SET_PDEATHSIG = 1
SECRETS = frozenset(
    {
        "KITE_SECRET_KEY",
        "KITE_DATABASE_URL",
        "KITE_TELEGRAM_TOKEN",
        "KITE_TELEGRAM_SECRET",
        "KITE_WHATSAPP_TOKEN",
        "KITE_WHATSAPP_APP_SECRET",
        "KITE_WHATSAPP_VERIFY_TOKEN",
        "KITE_SMS_PASSWORD",
        "KITE_SMS_KEY",
        "KITE_MESSENGER_TOKEN",
        "KITE_MESSENGER_APP_SECRET",
        "KITE_MESSENGER_VERIFY_TOKEN",
        "KITE_STAFF_PASSWORD",
    }
)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Command:
    """A child process: its name, command line, environment on top of ours, folder, and the secrets it may know."""

    name: str
    line: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    secrets: frozenset[str] = frozenset()


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed, so that no port stays taken by an orphan."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def environment(command: Command) -> dict[str, str]:
    """Return a child's environment: ours without the keys and tokens that it has no business to know."""
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS or name in command.secrets}
    return {**kept, **command.environment}


async def start(command: Command, log_dir: Path) -> asyncio.subprocess.Process:
    """Start a child; what it prints goes to `<log_dir>/<name>.log`."""
    log_dir.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 (a moment, before the child starts)
    with (log_dir / f"{command.name}.log").open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *command.line,
            env=environment(command),
            cwd=command.folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C in a terminal reaches us alone; we stop the children in order
            preexec_fn=die_with_parent,
        )


async def stop(process: asyncio.subprocess.Process) -> None:
    """End a child politely, then for certain."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def keep_running(command: Command, log_dir: Path) -> None:
    """Run a child until cancelled; start it again when it ends, waiting longer each time it ends quickly."""
    wait = FIRST_WAIT
    while True:
        try:
            process = await start(command, log_dir)
        except OSError as error:  # a child that cannot start must not end the screening
            log.error("process_not_started", process=command.name, error=type(error).__name__)
            await asyncio.sleep(LONGEST_WAIT)
            continue
        began = asyncio.get_running_loop().time()
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await asyncio.shield(stop(process))
            raise
        lived = asyncio.get_running_loop().time() - began
        wait = FIRST_WAIT if lived > LONGEST_WAIT else min(wait * 2, LONGEST_WAIT)
        log.error("process_ended", process=command.name, exit_code=code, seconds=round(lived, 1))
        await asyncio.sleep(wait)
