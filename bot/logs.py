"""Logging that cannot carry words of a person: only fields on a list are written, and each must look like a code.

Source: nothing that a person says, is called or can be reached at may stand in a log.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "logger", "at", "attempt", "bytes", "case", "channel", "code", "conversation",
        "count", "error", "exit_code", "finding", "inbox", "kind", "loop", "method", "milliseconds", "outbox",
        "pages", "path", "port", "process", "reason", "route", "seconds", "setting", "status", "uncertain", "urgency",
        "url", "version", "locale", "topic", "file", "line", "check",
    }
)  # fmt: skip
CODE = re.compile(r"[\w./:+\-\[\]{}<>%=]{0,200}", re.ASCII)
EVENT = re.compile(r"[a-z]+(_[a-z]+)+")
LONG_NUMBER = re.compile(r"\d{7,}")


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Keep the fields that are allowed and look like codes; count the others."""
    kept = {key: value for key, value in event.items() if key in ALLOWED and _is_code(value)}
    if not EVENT.fullmatch(str(kept.get("event", ""))):
        kept["event"] = "unnamed_event"
    dropped = len(event) - len(kept)
    return {**kept, "redacted": dropped} if dropped > 0 else kept


def _is_code(value: object) -> bool:
    if value is None or isinstance(value, bool | int | float):
        return True
    text = str(value)
    hexadecimal = re.fullmatch(r"[0-9a-f]{32}", text) is not None
    dated = re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.+\-Z]+", text) is not None
    return hexadecimal or dated or (CODE.fullmatch(text) is not None and LONG_NUMBER.search(text) is None)


class _Stderr:
    """Write lines to what is the error stream at that moment."""

    def msg(self, message: str) -> None:
        """Write one line."""
        sys.stderr.write(f"{message}\n")
        sys.stderr.flush()

    log = debug = info = warning = warn = error = critical = fatal = exception = msg


class _Foreign(logging.Handler):
    """Pass on that a library logged something, without what it said: its message could carry text or an address."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write level and logger; the exception's type if there is one."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger(record.name).log(
            record.levelno, "library_message", logger=record.name, error=kind, path=record.module, line=record.lineno
        )


def set_up(level: str = "info") -> None:
    """Set up structlog for a process and silence the words of libraries."""
    number = getattr(logging, level.upper())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: _Stderr(),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Foreign()]
    root.setLevel(logging.WARNING)
