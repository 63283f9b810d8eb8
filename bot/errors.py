"""Kite's one tree of errors.

KiteError
├── ConfigError          a setting is missing or wrong; the message names it and the remedy
├── StoreError
│   ├── StoreLocked      a second process tried to open the same SQLite store
│   ├── NotFound         the row asked for does not exist (or its key was deleted)
│   ├── AlreadyClaimed   another caseworker holds the case
│   └── LeaseLost        a fencing token is stale: the work was handed to another worker
├── ChannelError
│   ├── Refused          a webhook that is forged, malformed or too large
│   ├── RetryLater       the far side asks to wait; carries the seconds
│   ├── Undeliverable    the message will never arrive (blocked, unknown)
│   │   └── WindowClosed the person has to write first, or be asked to by an approved template
│   └── Uncertain        sent, but no answer: it may or may not have arrived
├── ContentError         content or a translation is wrong; carries the findings
├── AssistantDown        the dialogue engine is unreachable, slow, or answered nothing
├── SearchDown           the search process is unreachable or slow
└── SignInError          a staff sign-in was refused
"""

from collections.abc import Sequence


class KiteError(Exception):
    """Be the root of every error that Kite raises on purpose; its text is one clear line for a person."""


class ConfigError(KiteError):
    """Say which setting is missing or wrong, and how to fix it."""


class StoreError(KiteError):
    """Be the root of what the store refuses."""


class StoreLocked(StoreError):
    """Say that another process has this SQLite store open."""


class NotFound(StoreError):
    """Say that the row asked for does not exist."""


class AlreadyClaimed(StoreError):
    """Say who holds the case.

    `holder` is the name shown to the one who came second.
    """

    def __init__(self, holder: str) -> None:
        super().__init__(f"{holder} has this case already.")
        self.holder = holder


class LeaseLost(StoreError):
    """Say that a fencing token is stale: nothing of the turn may be written."""


class ChannelError(KiteError):
    """Be the root of what a channel refuses or reports."""


class Refused(ChannelError):
    """Refuse a webhook; `status` is the HTTP status to answer with."""

    def __init__(self, message: str, *, status: int = 403) -> None:
        super().__init__(message)
        self.status = status


class RetryLater(ChannelError):
    """Ask the sender to wait `seconds` before the next attempt; `alarm` names what the operators must mend first."""

    def __init__(self, message: str, *, seconds: float = 5.0, alarm: str = "") -> None:
        super().__init__(message)
        self.seconds = seconds
        self.alarm = alarm


class Undeliverable(ChannelError):
    """Say that this message will never arrive; `code` is the far side's own code."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class WindowClosed(Undeliverable):
    """Say that the person has to write first: only an approved template may be sent."""


class Uncertain(ChannelError):
    """Say that a message left, but whether it arrived is unknown."""


class ContentError(KiteError):
    """Carry every finding against the content at once; `findings` are printable lines."""

    def __init__(self, findings: Sequence[object]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class AssistantDown(KiteError):
    """Say that the dialogue engine is unreachable, slow, or answered nothing usable."""


class SearchDown(KiteError):
    """Say that the search process is unreachable or slow."""


class SignInError(KiteError):
    """Refuse a staff sign-in without saying which part was wrong."""
