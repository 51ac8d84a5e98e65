"""Files of a list: every error at once, with row and column."""

from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import sheets
from domain.columns import Cell, Unreadable, flag, text, whole
from domain.sheets import Flaw, Reading, Row, Sheet, Unfit


def not_thirteen(row: Row) -> Iterable[tuple[str, str]]:
    if row["points"] == 13:
        yield "points", "nobody wants 13"


SHEET = Sheet(
    "products",
    (
        text("product", "The reference.", required=True),
        whole("points", "Default points."),
        flag("invoice", "Whether it is needed."),
    ),
    key=("product",),
    rule=not_thirteen,
)
HEADINGS: tuple[Cell, ...] = ("product", "points", "invoice")


def read(*lines: Sequence[Cell]) -> tuple[list[tuple[int, Row]], Reading]:
    reading = Reading(SHEET)
    return list(reading.values(enumerate(lines, start=1))), reading


def flaws(*lines: Sequence[Cell]) -> list[tuple[int | None, str | None, str]]:
    _, reading = read(*lines)
    assert reading.flaws.count == len(reading.flaws.shown)
    return [(flaw.row, flaw.column, flaw.detail) for flaw in reading.flaws.shown]


def test_rows_are_read_by_their_headings_wherever_these_stand() -> None:
    rows, reading = read(
        (None, " Invoice", "PRODUCT", "points"), (), (None, 1, "A", 3), (None, None, None), ("", 0, "B")
    )
    assert rows == [
        (3, {"product": "A", "points": 3, "invoice": True}),
        (5, {"product": "B", "points": None, "invoice": False}),
    ]
    assert (reading.flaws.count, reading.rows) == (0, 2)


def test_the_headings_of_a_template_are_those_that_are_read() -> None:
    free = Sheet("free", SHEET.columns, SHEET.key)
    reading = Reading(free)
    assert list(reading.values([(1, free.headings), (2, ("A", 13, 1))])) == [
        (2, {"product": "A", "points": 13, "invoice": True})
    ]


def test_all_errors_are_found_at_once() -> None:
    assert flaws(
        HEADINGS, ("A", "x", 7), (None, 1, 1), ("B", 13, 1), ("C", 1, 1), ("C", 2, 0), ("D", 1, 1, "more")
    ) == [
        (2, "points", "must be a whole number from 0 to 1000000"),
        (2, "invoice", "must be 0 or 1"),
        (3, "product", "is needed"),
        (4, "points", "nobody wants 13"),
        (6, "product", "stands in row 5 already"),
        (7, None, "has something in place 4, where there is no heading"),
    ]


def test_wrong_headings_are_named_and_no_row_is_read() -> None:
    assert flaws((), ("product", "poinst", "Product", Unreadable("is a formula")), ("A", 1)) == [
        (2, "product", "this heading stands there twice"),
        (2, "poinst", "is no column of this list"),
        (2, "is a formula", "is no column of this list"),
        (2, "points", "this heading is missing"),
        (2, "invoice", "this heading is missing"),
    ]


def test_an_empty_file_lacks_its_headings() -> None:
    assert [flaw[1] for flaw in flaws()] == ["product", "points", "invoice"]


def test_only_so_many_errors_are_shown_and_the_others_counted() -> None:
    _, reading = read(HEADINGS, *[("", "x", 1)] * 300)
    assert [(flaw.row, flaw.column) for flaw in reading.flaws.shown][:3] == [
        (2, "product"),
        (2, "points"),
        (3, "product"),
    ]
    assert (len(reading.flaws.shown), reading.flaws.more) == (sheets.MOST_SHOWN, 600 - sheets.MOST_SHOWN)


def test_errors_found_later_are_shown_in_the_order_of_the_file() -> None:
    _, reading = read(HEADINGS, ("A", "x", 1))
    reading.flaws.add(Flaw(1, "product", "is unknown"))
    reading.flaws.add(Flaw(None, None, "is odd"))
    assert [flaw.row for flaw in reading.flaws.shown] == [None, 1, 2]


def test_a_file_has_only_so_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    assert flaws(HEADINGS, ("A",), ("B",), ("C",), ("D", "x")) == [(4, None, "a file may have at most 2 rows")]


def test_a_file_that_breaks_off_says_where() -> None:
    def broken() -> Iterator[tuple[int, Sequence[Cell]]]:
        yield 1, HEADINGS
        yield 2, ("A", "x", 1)
        raise Unfit("no quote ends this", 3)

    reading = Reading(SHEET)
    assert list(reading.values(broken())) == []
    assert [(flaw.row, flaw.detail) for flaw in reading.flaws.shown][1:] == [(3, "no quote ends this")]


CELLS = st.none() | st.text(max_size=5) | st.integers(-2, 20) | st.booleans() | st.just(Unreadable("is a formula"))


@given(st.lists(st.lists(CELLS, max_size=5), max_size=8), st.permutations(HEADINGS))
def test_a_row_is_read_or_named(lines: list[list[Cell]], headings: list[Cell]) -> None:
    rows, reading = read(headings, *lines)
    named = {flaw.row for flaw in reading.flaws.shown}
    assert len(rows) + len(named) == reading.rows
    assert named.isdisjoint(number for number, _ in rows)
    assert len({row["product"] for _, row in rows}) == len(rows)
