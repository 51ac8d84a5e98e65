"""Durations, month arithmetic and the country's day. Time is always an argument, never the clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from dateutil.relativedelta import relativedelta


class DurationUnit(StrEnum):
    """What a policy counts its durations in (`domain.md` §3)."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


_DAYS = {DurationUnit.DAYS: 1, DurationUnit.WEEKS: 7}
_MONTHS = {DurationUnit.MONTHS: 1, DurationUnit.YEARS: 12}

# Listed with the zones of the IANA database, but they name the machine's own time and none at all.
_NO_PLACE = frozenset({"localtime", "Factory"})


@dataclass(frozen=True)
class Duration:
    """How long: at least 1 day, week, month or year. A smaller count raises `ValueError`."""

    count: int
    unit: DurationUnit

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"a duration counts at least 1, not {self.count}")

    def __str__(self) -> str:
        return f"1 {self.unit.removesuffix('s')}" if self.count == 1 else f"{self.count} {self.unit}"


def add(start: date, duration: Duration) -> date:
    """The day `duration` after `start` (`domain.md` §2.5).

    Month ends clamp: 2024-01-31 + 1 month = 2024-02-29; 2024-02-29 + 1 year = 2025-02-28.
    Raises `ValueError` beyond the last day that a date can name.
    """
    step = relativedelta(
        months=duration.count * _MONTHS.get(duration.unit, 0),
        days=duration.count * _DAYS.get(duration.unit, 0),
    )
    try:
        return start + step
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{start} + {duration} is beyond {date.max}") from error


def local_date(instant: datetime, time_zone: str) -> date:
    """The day that `instant` falls on in an IANA time zone, in which dates compare (`domain.md` §3, §6).

    Raises `ValueError` for an instant without an offset, and `ZoneInfoNotFoundError` for a zone that
    `is_time_zone` would have refused.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no time zone")
    return instant.astimezone(ZoneInfo(time_zone)).date()


def withdrawal_open(start: date, today: date, period: timedelta) -> bool:
    """Whether the end user may still cancel: `today ≤ start + period`, in whole days (`domain.md` §6)."""
    return (today - start).days <= period.days


def is_time_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA database, like `Europe/Madrid` (`domain.md` §6)."""
    return name not in _NO_PLACE and name in available_timezones()
