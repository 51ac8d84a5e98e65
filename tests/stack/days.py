"""Days as tests write them: counted from the one on which their units were commissioned, three weeks ago.

Written down once and for all, they would be too late for the rules one day, and the suite red.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

COMMISSIONED = datetime.now(UTC).date() - timedelta(days=21)


def day(after: int = 0) -> str:
    """So many days after the commissioning."""
    return (COMMISSIONED + timedelta(days=after)).isoformat()


def end(*, after: int = 0, **period: int) -> str:
    """The first day that a warranty no longer covers: one of this period that starts so many days later."""
    return _end(after, **period).isoformat()


def last(*, after: int = 0, **period: int) -> str:
    """The last day that it covers."""
    return (_end(after, **period) - timedelta(days=1)).isoformat()


def tier(name: str, **period: int) -> dict[str, Any]:
    """A tier of this period from the commissioning on, as the API shows it."""
    return {"tier": name, "start": day(), "end": end(**period), "days": (_end(0, **period) - COMMISSIONED).days}


def _end(after: int, **period: int) -> date:
    return COMMISSIONED + timedelta(days=after) + relativedelta(**period)  # type: ignore[arg-type]
