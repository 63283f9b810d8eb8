"""The clock of a case: targets, and the hours in which they are counted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.targets import OpeningHours, Targets
from bot.errors import ConfigError
from bot.model import Urgency

WEEK = OpeningHours.parse("mon-fri 09:00-17:00, sat 10:00-14:00", "Europe/Athens")
assert WEEK is not None
MONDAY = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)  # 09:00 in Athens


def test_without_hours_the_wall_clock_counts() -> None:
    """A target is simply added."""
    assert Targets().due(Urgency.TODAY, MONDAY) == MONDAY + timedelta(hours=1)


def test_now_ignores_opening_hours() -> None:
    """A life in danger waits five minutes at any hour."""
    night = MONDAY - timedelta(hours=6)
    assert Targets(hours=WEEK).due(Urgency.NOW, night) == night + timedelta(minutes=5)


def test_an_hour_is_counted_over_the_weekend() -> None:
    """What arrives on Saturday at 13:30 local has half an hour then and half an hour on Monday."""
    saturday = datetime(2026, 2, 28, 11, 30, tzinfo=UTC)
    assert Targets(hours=WEEK).due(Urgency.TODAY, saturday) == MONDAY + timedelta(minutes=30)


def test_a_day_of_twenty_four_open_hours_takes_three_days() -> None:
    """Twenty-four open hours from Monday morning end on Wednesday evening."""
    assert Targets(hours=WEEK).due(Urgency.SOON, MONDAY) == datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


def test_hours_keep_their_local_time_when_clocks_change() -> None:
    """On the Monday after the change to summer time 09:00 in Athens is 06:00 UTC."""
    sunday = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    assert Targets(hours=WEEK).due(Urgency.TODAY, sunday) == datetime(2026, 3, 30, 7, 0, tzinfo=UTC)


def test_whole_days_can_be_open() -> None:
    """00:00-24:00 is a whole day."""
    always = OpeningHours.parse("mon-sun 00:00-24:00", "UTC")
    assert always is not None
    assert always.is_open(MONDAY)
    assert always.later(MONDAY, timedelta(hours=24)) == MONDAY + timedelta(hours=24)


def test_being_open_is_known() -> None:
    """The first minute is open, the last moment is not."""
    assert WEEK.is_open(MONDAY)
    assert not WEEK.is_open(MONDAY + timedelta(hours=8))


@settings(deadline=None, max_examples=60)
@given(
    minutes=st.integers(0, 60 * 24 * 14),
    urgency=st.sampled_from(list(Urgency)),
    part=st.sampled_from([0.5, 1.0]),
)
def test_due_and_since_agree(minutes: int, urgency: Urgency, part: float) -> None:
    """A clock is over exactly when it began no later than the threshold for that moment."""
    targets = Targets(hours=WEEK)
    start = MONDAY + timedelta(minutes=minutes)
    due = targets.due(urgency, start, part=part)
    assert targets.since(urgency, due, part=part) >= start
    assert targets.since(urgency, due - timedelta(minutes=1), part=part) < start


@pytest.mark.parametrize(
    "text", ["weekdays", "mon-fri 9-17", "fri-mon 09:00-17:00", "mon 17:00-09:00", "mon 25:00-26:00"]
)
def test_what_is_not_understood_is_refused_with_an_example(text: str) -> None:
    """A wrong setting names itself and shows how to write it."""
    with pytest.raises(ConfigError, match="KITE_OPENING_HOURS.*mon-fri"):
        OpeningHours.parse(text, "UTC")


def test_an_unknown_zone_is_refused() -> None:
    """So is a zone that does not exist."""
    with pytest.raises(ConfigError, match="KITE_TIME_ZONE"):
        OpeningHours.parse("mon 09:00-17:00", "Nowhere/Town")
