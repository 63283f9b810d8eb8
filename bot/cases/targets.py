"""How soon a human must have answered a child: a target for each urgency, counted in opening hours where these are set.

`now` runs at any hour (safeguarding rule 4). All times are aware and in UTC; opening hours are kept in their own zone.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.config import Settings
from bot.errors import ConfigError
from bot.model import Urgency

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK = 30
"""Days to look for an open minute before giving up and counting on the wall clock."""
_PART = re.compile(r"(?P<first>[a-z]{3})(-(?P<last>[a-z]{3}))? (?P<from>\d\d:\d\d)-(?P<to>\d\d:\d\d)")
_EXAMPLE = 'write it like "mon-fri 09:00-17:00, sat 10:00-14:00"'


@dataclass(frozen=True)
class OpeningHours:
    """The weekly times somebody is there: for each weekday (0 is Monday) spans of local times, none of them empty."""

    spans: tuple[tuple[int, time, time], ...]
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str, zone: str) -> "OpeningHours | None":
        """Return the hours of a setting, None for an empty one; raise ConfigError saying how to write it."""
        if not text.strip():
            return None
        try:
            known = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigError(f"KITE_TIME_ZONE: {zone!r} is no time zone; write one like Europe/Athens") from error
        spans = [span for part in text.lower().split(",") for span in _spans(part.strip())]
        return cls(tuple(sorted(spans)), known)

    def is_open(self, at: datetime) -> bool:
        """Return whether somebody is there at a moment."""
        return any(begin <= at < end for begin, end in self._around(at))

    def later(self, start: datetime, duration: timedelta) -> datetime:
        """Return the moment at which `duration` of open time has passed since `start`."""
        left = duration
        for day in range(-1, LOOK):
            for begin, end in self._on(start + timedelta(days=day)):
                usable = end - max(begin, start)
                if usable <= timedelta(0):
                    continue
                if left <= usable:
                    return max(begin, start) + left
                left -= usable
        return start + duration

    def earlier(self, end: datetime, duration: timedelta) -> datetime:
        """Return the latest moment from which `duration` of open time has passed by `end`."""
        left = duration
        for day in range(1, -LOOK, -1):
            for begin, stop in reversed(self._on(end + timedelta(days=day))):
                usable = min(stop, end) - begin
                if usable <= timedelta(0):
                    continue
                if left <= usable:
                    return min(stop, end) - left
                left -= usable
        return end - duration

    def _around(self, at: datetime) -> list[tuple[datetime, datetime]]:
        return [span for day in (-1, 0, 1) for span in self._on(at + timedelta(days=day))]

    def _on(self, at: datetime) -> list[tuple[datetime, datetime]]:
        """Return the spans of the local day that a moment falls on, in UTC."""
        date = at.astimezone(self.zone).date()
        return [
            (datetime.combine(date, begin, self.zone).astimezone(UTC), self._end(date, end))
            for weekday, begin, end in self.spans
            if weekday == date.weekday()
        ]

    def _end(self, date: object, end: time) -> datetime:
        whole = datetime.fromisoformat(f"{date}T{end.isoformat()}").replace(tzinfo=self.zone)
        return (whole + timedelta(days=1) if end == time(0) else whole).astimezone(UTC)


def _spans(part: str) -> list[tuple[int, time, time]]:
    found = _PART.fullmatch(part)
    first = found["first"] if found else ""
    last = (found["last"] if found else None) or first
    if found is None or first not in DAYS or last not in DAYS or DAYS.index(last) < DAYS.index(first):
        raise ConfigError(f"KITE_OPENING_HOURS: {part!r} is not understood; {_EXAMPLE}")
    begin, end = _time(found["from"]), _time(found["to"])
    if end <= begin and end != time(0):
        raise ConfigError(f"KITE_OPENING_HOURS: {part!r} ends before it begins; {_EXAMPLE}")
    return [(day, begin, end) for day in range(DAYS.index(first), DAYS.index(last) + 1)]


def _time(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    try:
        return time(hour % 24 if (hour, minute) == (24, 0) else hour, minute)
    except ValueError as error:
        raise ConfigError(f"KITE_OPENING_HOURS: {text!r} is no time of day; {_EXAMPLE}") from error


def _defaults() -> dict[Urgency, timedelta]:
    return {Urgency.NOW: timedelta(minutes=5), Urgency.TODAY: timedelta(hours=1), Urgency.SOON: timedelta(hours=24)}


@dataclass(frozen=True)
class Targets:
    """The time to the first human reply by urgency, and the hours in which `today` and `soon` are counted."""

    times: dict[Urgency, timedelta] = field(default_factory=_defaults)
    hours: OpeningHours | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Targets":
        """Return what the settings say; raise ConfigError for hours or a zone that cannot be read."""
        minutes = (settings.target_now, settings.target_today, settings.target_soon)
        urgencies = (Urgency.NOW, Urgency.TODAY, Urgency.SOON)
        times = {urgency: timedelta(minutes=part) for urgency, part in zip(urgencies, minutes, strict=True)}
        return cls(times, OpeningHours.parse(settings.opening_hours, settings.time_zone))

    def due(self, urgency: Urgency, clock_at: datetime, *, part: float = 1.0) -> datetime:
        """Return when that part of the target is used up, counted from `clock_at`."""
        duration = self.times[urgency] * part
        if self.hours is None or urgency is Urgency.NOW:
            return clock_at + duration
        return self.hours.later(clock_at, duration)

    def since(self, urgency: Urgency, now: datetime, *, part: float = 1.0) -> datetime:
        """Return the latest start of a clock that has used up that part of its target by `now`."""
        duration = self.times[urgency] * part
        if self.hours is None or urgency is Urgency.NOW:
            return now - duration
        return self.hours.earlier(now, duration)
