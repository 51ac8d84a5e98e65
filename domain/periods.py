"""One tier of a warranty in time: half-open, from its first day to the first day not covered (`domain.md` §2.5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.calendar import Duration, add
from domain.policies import Tier


@dataclass(frozen=True)
class TierPeriod:
    """One tier from `start` to `end`, the first day NOT covered; `days` lie between (`domain.md` §2.5).

    A tier carried over from a replaced unit says how many days that one had used, and how many remained; `source` is
    the request that had granted it.
    """

    tier: Tier
    start: date
    end: date
    days: int
    used_days: int | None = None
    remaining_days: int | None = None
    source: str = ""

    @property
    def last_covered_day(self) -> date:
        """The day that the card prints."""
        return self.end - timedelta(days=1)

    def covers(self, day: date) -> bool:
        """Half-open: `start ≤ day < end`."""
        return self.start <= day < self.end


def warranty_end(start: date, duration: Duration) -> date:
    """First day no longer covered. Month ends clamp (2024-01-31 + 1 month = 2024-02-29).

    Raises `ValueError` beyond the last day that a date can name.
    """
    return add(start, duration)
