"""Durations to the day, month ends, the country's own day."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import Duration, DurationUnit, add, is_time_zone, local_date, withdrawal_open

DAYS, WEEKS, MONTHS, YEARS = DurationUnit
STARTS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize("count", [0, -1])
def test_a_duration_counts_at_least_one(count: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1, not {count}"):
        Duration(count, YEARS)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (Duration(5, YEARS), "5 years"),
        (Duration(1, YEARS), "1 year"),
        (Duration(1, DAYS), "1 day"),
        (Duration(2, WEEKS), "2 weeks"),
        (Duration(11, MONTHS), "11 months"),
    ],
)
def test_a_duration_reads_as_people_say_it(duration: Duration, text: str) -> None:
    assert str(duration) == text


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2024-01-31", Duration(1, MONTHS), "2024-02-29"),
        ("2023-01-31", Duration(1, MONTHS), "2023-02-28"),
        ("2024-02-29", Duration(1, YEARS), "2025-02-28"),
        ("2024-02-29", Duration(4, YEARS), "2028-02-29"),
        ("2024-08-31", Duration(18, MONTHS), "2026-02-28"),
        ("2023-03-01", Duration(2, YEARS), "2025-03-01"),
        ("2024-02-28", Duration(2, DAYS), "2024-03-01"),
        ("2026-12-28", Duration(2, WEEKS), "2027-01-11"),
        ("9998-12-31", Duration(1, YEARS), "9999-12-31"),
    ],
)
def test_adding_clamps_month_ends(start: str, duration: Duration, end: str) -> None:
    assert add(date.fromisoformat(start), duration) == date.fromisoformat(end)


@pytest.mark.parametrize(
    "duration", [Duration(1, DAYS), Duration(1, YEARS), Duration(10**6, YEARS), Duration(10**30, WEEKS)]
)
def test_beyond_the_last_date_is_a_clear_error(duration: Duration) -> None:
    with pytest.raises(ValueError, match=rf"^9999-12-31 \+ {duration} is beyond 9999-12-31$"):
        add(date.max, duration)


@settings(deadline=None)
@given(STARTS, st.integers(1, 5000))
def test_days_and_weeks_count_days(start: date, count: int) -> None:
    assert add(start, Duration(count, DAYS)) == start + timedelta(days=count)
    assert add(start, Duration(count, WEEKS)) == start + timedelta(days=7 * count)


@settings(deadline=None)
@given(STARTS, st.integers(1, 600))
def test_months_keep_the_day_or_clamp_to_the_end_of_the_month(start: date, count: int) -> None:
    end = add(start, Duration(count, MONTHS))
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@settings(deadline=None)
@given(STARTS, st.integers(1, 50))
def test_a_year_is_twelve_months(start: date, count: int) -> None:
    assert add(start, Duration(count, YEARS)) == add(start, Duration(12 * count, MONTHS))


@settings(deadline=None)
@given(STARTS, st.sampled_from(DurationUnit), st.integers(1, 100))
def test_adding_more_ends_later(start: date, unit: DurationUnit, count: int) -> None:
    assert start < add(start, Duration(count, unit)) < add(start, Duration(count + 1, unit))


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), "Europe/Madrid", date(2026, 11, 1)),
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), "Europe/Lisbon", date(2026, 10, 31)),
        (datetime(2026, 7, 31, 22, 30, tzinfo=UTC), "Europe/Madrid", date(2026, 8, 1)),
        (
            datetime(2026, 11, 1, 0, 30, tzinfo=timezone(timedelta(hours=2))),
            "Europe/Lisbon",
            date(2026, 10, 31),
        ),
    ],
)
def test_an_instant_has_its_day_in_the_country(instant: datetime, zone: str, day: date) -> None:
    assert local_date(instant, zone) == day


def test_an_instant_without_an_offset_has_no_day() -> None:
    with pytest.raises(ValueError, match="2026-11-01T00:00:00 has no time zone"):
        local_date(datetime(2026, 11, 1), "Europe/Madrid")  # noqa: DTZ001


def test_a_zone_that_does_not_exist_has_no_day() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        local_date(datetime(2026, 11, 1, tzinfo=UTC), "Europe/Atlantis")


@pytest.mark.parametrize(("today", "still_open"), [("2026-11-01", True), ("2026-11-15", True), ("2026-11-16", False)])
def test_a_warranty_can_be_withdrawn_for_14_days(today: str, still_open: bool) -> None:
    period = timedelta(days=14)
    assert withdrawal_open(date(2026, 11, 1), date.fromisoformat(today), period) is still_open


def test_withdrawal_counts_whole_days() -> None:
    assert withdrawal_open(date(2026, 11, 1), date(2026, 11, 1), timedelta(seconds=5))
    assert not withdrawal_open(date(2026, 11, 1), date(2026, 11, 2), timedelta(hours=23))


def test_withdrawal_may_stay_open_beyond_the_last_date() -> None:
    assert withdrawal_open(date(2026, 11, 1), date.max, timedelta.max)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Europe/Madrid", True),
        ("Europe/Lisbon", True),
        ("UTC", True),
        ("Europe/Atlantis", False),
        ("Europe", False),
        ("", False),
        ("../etc/passwd", False),
        ("localtime", False),
        ("Factory", False),
        ("Europe/Madrid\x00", False),
        ("x" * 5000, False),
    ],
)
def test_only_zones_of_the_iana_database_are_known(name: str, known: bool) -> None:
    assert is_time_zone(name) is known
