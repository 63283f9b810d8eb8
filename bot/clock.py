"""The one real clock; everything else is handed a `Clock`."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present time, aware and in UTC."""
    return datetime.now(UTC)
