"""A list that people keep in a spreadsheet: its columns, and how the rows of a file are read, all errors at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.columns import Cell, Column, is_blank

MOST_ROWS = 50_000
MOST_SHOWN = 100

Row = dict[str, Any]
Rule = Callable[[Row], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Part:
    """What a file is about: a list of a country, by its resource, or the entries of one `scope` of it."""

    resource: str
    country: str
    scope: str | None = None


@dataclass(frozen=True)
class Flaw:
    """What is wrong in a file: row (counted from 1, headings included), column by its heading; None: the whole."""

    row: int | None
    column: str | None
    detail: str


def _nothing_more(_: Row) -> Iterable[tuple[str, str]]:
    return ()


@dataclass(frozen=True)
class Sheet:
    """A list as a spreadsheet: `key` names the columns that together identify a row.

    `rule` finds what is wrong with a row whose cells are right, each as column and sentence.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rule: Rule = _nothing_more

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings, in the order of the template."""
        return tuple(column.name for column in self.columns)


def same_heading(heading: str) -> str:
    """Headings are the same without spaces at the ends and case."""
    return heading.strip().casefold()


class Unfit(Exception):
    """The file cannot be read any further; `flaw` says where and why."""

    def __init__(self, detail: str, row: int | None = None) -> None:
        super().__init__(detail)
        self.flaw = Flaw(row, None, detail)


class Flaws:
    """The first flaws of a file by row, `MOST_SHOWN` of them, and how many more there are."""

    def __init__(self) -> None:
        self._kept: list[Flaw] = []
        self.count = 0

    def add(self, flaw: Flaw) -> None:
        """Take one more."""
        self.count += 1
        self._kept.append(flaw)
        if len(self._kept) > 2 * MOST_SHOWN:
            self._kept = list(self.shown)

    @property
    def shown(self) -> tuple[Flaw, ...]:
        """Those with the lowest rows, in the order of the file."""
        return tuple(sorted(self._kept, key=lambda flaw: flaw.row or 0)[:MOST_SHOWN])

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)


@dataclass
class Reading:
    """Reads the rows of one file. `flaws` and `rows` (so far, without headings and blank rows) grow as it goes on."""

    sheet: Sheet
    flaws: Flaws = field(default_factory=Flaws)
    rows: int = 0
    _seen: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def values(self, lines: Iterable[tuple[int, Sequence[Cell]]]) -> Iterator[tuple[int, Row]]:
        """The rows that are right, with their numbers. `lines` are all lines of the file, the headings first."""
        try:
            yield from self._read(
                (number, cells) for number, cells in lines if any(not is_blank(cell) for cell in cells)
            )
        except Unfit as end:
            self.flaws.add(end.flaw)

    def _read(self, lines: Iterator[tuple[int, Sequence[Cell]]]) -> Iterator[tuple[int, Row]]:
        places = self._places(*next(lines, (1, ())))
        if places is None:
            return
        for number, cells in lines:
            if self.rows == MOST_ROWS:
                raise Unfit(f"a file may have at most {MOST_ROWS} rows", number)
            self.rows += 1
            row = self._row(number, cells, places)
            if row is not None:
                yield number, row

    def _places(self, number: int, headings: Sequence[Cell]) -> dict[Column, int] | None:
        """Where each column stands, None if the headings are not those of the list."""
        names = ["" if cell is None else same_heading(str(cell)) for cell in headings]
        before = self.flaws.count
        for name in sorted({one for one in names if one and names.count(one) > 1}):
            self._flaw(number, name, "this heading stands there twice")
        known = {same_heading(column.name) for column in self.sheet.columns}
        for name in dict.fromkeys(names):
            if name and name not in known:
                self._flaw(number, name[:MOST_SHOWN], "is no column of this list")
        for column in self.sheet.columns:
            if same_heading(column.name) not in names:
                self._flaw(number, column.name, "this heading is missing")
        if self.flaws.count > before:
            return None
        return {column: names.index(same_heading(column.name)) for column in self.sheet.columns}

    def _row(self, number: int, cells: Sequence[Cell], places: dict[Column, int]) -> Row | None:
        before = self.flaws.count
        row: Row = {}
        for column, place in places.items():
            try:
                row[column.name] = column.value_of(cells[place] if place < len(cells) else None)
            except ValueError as wrong:
                self._flaw(number, column.name, str(wrong))
        for place, cell in enumerate(cells):
            if cell is not None and place not in places.values() and not is_blank(cell):
                self._flaw(number, None, f"has something in place {place + 1}, where there is no heading")
        if self.flaws.count == before:
            for name, detail in self.sheet.rule(row):
                self._flaw(number, name, detail)
            self._refuse_twin(number, row)
        return row if self.flaws.count == before else None

    def _refuse_twin(self, number: int, row: Row) -> None:
        key = tuple(row[name] for name in self.sheet.key)
        first = self._seen.setdefault(key, number)
        if first != number:
            self._flaw(number, self.sheet.key[0], f"stands in row {first} already")

    def _flaw(self, row: int, column: str | None, detail: str) -> None:
        self.flaws.add(Flaw(row, column, detail))
