"""What a column of a spreadsheet may hold, and how a cell becomes a value. Nothing is guessed.

Spreadsheets change what people type: numbers for text, dates for references. Each reader takes a cell that is not
empty, and raises ValueError with a sentence for whoever mends the file.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Unreadable:
    """A cell whose content is nothing that a list can take, and why: a formula, an error, a time of day."""

    why: str

    def __str__(self) -> str:
        return self.why


Cell = str | bool | int | float | date | Unreadable | None
Reader = Callable[[Cell], Any]

# Beyond these a spreadsheet has rounded a number, and its digits are lost.
EXACT = 10**15
WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
LOCAL_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
LONGEST = 200


def is_blank(cell: Cell) -> bool:
    """Whether the cell says nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


@dataclass(frozen=True)
class Column:
    """One column: its heading, how its cells are read, and what the explaining sheet says about it.

    An empty cell of a column that is not `required` reads as `empty`. `choices` become a list to choose from.
    """

    name: str
    read: Reader
    explained: str
    required: bool = False
    empty: Any = None
    choices: tuple[str, ...] = ()
    is_text: bool = False

    def value_of(self, cell: Cell) -> Any:
        """What the cell says. Raises ValueError."""
        if isinstance(cell, Unreadable):
            raise ValueError(cell.why)  # noqa: TRY004 - read like every other refusal of a cell
        if is_blank(cell):
            if self.required:
                raise ValueError("is needed")
            return self.empty
        return self.read(cell)


def text(
    name: str,
    explained: str,
    *,
    required: bool = False,
    empty: str | None = "",
    longest: int = LONGEST,
    pattern: str | None = None,
    numbers: bool = True,
) -> Column:
    """One line of text, trimmed. A number that was typed into it is taken if no digit can be lost at its end.

    Without `numbers` it is refused: a spreadsheet makes 8001 of the postcode 08001.
    """

    def read(cell: Cell) -> str:
        if not numbers and not isinstance(cell, str):
            raise ValueError("may have lost digits; format the column as text and type it again")
        found = _as_text(cell).strip()
        if len(found) > longest:
            raise ValueError(f"has more than {longest} characters")
        if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in found):
            raise ValueError("must be one line, without control characters")
        if pattern is not None and re.fullmatch(pattern, found) is None:
            raise ValueError("has characters that are not allowed here")
        return found

    return Column(name, read, explained, required=required, empty=empty, is_text=True)


def whole(name: str, explained: str, *, required: bool = False, least: int = 0, most: int = 1_000_000) -> Column:
    """A whole number between two bounds, both allowed."""

    def read(cell: Cell) -> int:
        number = _as_whole(cell)
        if number is None or not least <= number <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return number

    return Column(name, read, f"{explained} A whole number from {least} to {most}.", required=required)


def flag(name: str, explained: str, *, required: bool = False, empty: bool | None = None) -> Column:
    """0 or 1."""

    def read(cell: Cell) -> bool:
        number = _as_whole(int(cell) if isinstance(cell, bool) else cell)
        if number not in {0, 1}:
            raise ValueError("must be 0 or 1")
        return number == 1

    return Column(name, read, explained, required=required, empty=empty, choices=("0", "1"))


def choice(name: str, explained: str, choices: tuple[str, ...], *, required: bool = False) -> Column:
    """One of several words; upper and lower case are the same."""
    known = {one.casefold(): one for one in choices}

    def read(cell: Cell) -> str:
        found = known.get(_as_text(cell).strip().casefold())
        if found is None:
            raise ValueError(f"must be one of: {', '.join(choices)}")
        return found

    return Column(name, read, explained, required=required, choices=choices, is_text=True)


def day(name: str, explained: str, *, required: bool = False) -> Column:
    """A day: a date of the spreadsheet, 2026-11-01, or day, month, year as in 01/11/2026."""

    def read(cell: Cell) -> date:
        if isinstance(cell, date):
            return cell
        if isinstance(cell, str) and (found := _written_day(cell.strip())) is not None:
            return found
        raise ValueError("must be a day as 2026-11-01 or 01/11/2026")

    return Column(name, read, explained, required=required)


def _as_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        raise ValueError("is a date here; format the column as text")  # noqa: TRY004 - read like every other refusal of a cell
    number = None if isinstance(cell, bool) else _as_whole(cell)
    if number is None:
        raise ValueError("is no text here; format the column as text")
    if abs(number) >= EXACT:
        raise ValueError("is a number that lost its last digits; format the column as text")
    return str(number)


def _as_whole(cell: Cell) -> int | None:
    if isinstance(cell, str):
        return int(cell) if WHOLE.fullmatch(cell.strip()) else None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else None
    return cell if isinstance(cell, int) and not isinstance(cell, bool) else None


def _written_day(written: str) -> date | None:
    try:
        if found := ISO_DAY.fullmatch(written):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := LOCAL_DAY.fullmatch(written):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None
    return None
