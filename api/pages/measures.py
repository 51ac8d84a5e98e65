"""Days, durations and sizes as people write and read them: `14 days` for `P14D`, `10 MB` for 10485760 bytes."""

import re
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.units import format_unit
from pydantic import TypeAdapter, ValidationError

MEGABYTE = 2**20
# Units of a duration, largest first: how many seconds, and how ISO 8601 writes it.
LASTING = {"days": (86_400, "P{}D"), "hours": (3_600, "PT{}H"), "minutes": (60, "PT{}M"), "seconds": (1, "PT{}S")}
WRITTEN_SIZE = re.compile(r"\d{1,6}(?:[.,]\d{1,6})?", re.ASCII)
DAYS = {"en": "d MMM y", "es": "d MMM y", "pt": "d 'de' MMM 'de' y"}
_ISO = TypeAdapter(timedelta)


def count_and_unit(iso: str) -> tuple[int, str]:
    """`(14, "days")` for `P14D`: in the largest unit without a remainder. Raises ValueError."""
    try:
        seconds = int(_ISO.validate_python(iso).total_seconds())
    except ValidationError:
        raise ValueError(iso) from None
    unit = next(one for one, (length, _) in LASTING.items() if seconds % length == 0)
    return seconds // LASTING[unit][0], unit


def iso_of(count: str, unit: str) -> str | None:
    """`P14D` for 14 days, None for what is no duration."""
    return LASTING[unit][1].format(count) if count.isdecimal() and count.isascii() and unit in LASTING else None


def bytes_of(megabytes: str) -> int | None:
    """How many bytes that is, None for what is no size."""
    return round(float(megabytes.replace(",", ".")) * MEGABYTE) if WRITTEN_SIZE.fullmatch(megabytes) else None


def said_day(day: date, language: str) -> str:
    """`1 Nov 2026`, in the language."""
    return format_date(day, DAYS[language], locale=language)


def said_moment(moment: datetime, language: str, clock: str = "HH:mm") -> str:
    """`1 Nov 2026 09:05`, in the language and the moment's own zone."""
    return format_datetime(moment, f"{DAYS[language]} {clock}", tzinfo=moment.tzinfo, locale=language)


def said_lasting(iso: str, language: str) -> str:
    """`14 days`, in the language; what is no duration stays."""
    try:
        count, unit = count_and_unit(iso)
    except ValueError:
        return iso
    return format_unit(count, f"duration-{unit.removesuffix('s')}", locale=language)


def said_days(count: int, language: str) -> str:
    """`1 day`, `347 days`."""
    return format_unit(count, "duration-day", locale=language)


def said_size(size: int, language: str) -> str:
    """`10 MB`, in the language."""
    return f"{format_decimal(round(size / MEGABYTE, 2), locale=language)} MB"
