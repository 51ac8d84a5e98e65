"""Cells of spreadsheets as values: what people and spreadsheet programs make of them, and nothing guessed."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.columns import Cell, Column, Unreadable, choice, day, flag, text, whole

TEXT = text("product", "The reference.", longest=12)
POSTCODE = text("postcode", "The postcode.", empty=None, numbers=False)
CODE = text("code", "The code.", pattern="[A-Z0-9]+")
WHOLE = whole("points", "Points.", least=1, most=500)
FLAG = flag("invoice", "Whether it is needed.")
CHOICE = choice("role", "The role.", ("outdoor", "indoor"))
DAY = day("start", "The first day.")
EVERY = (TEXT, POSTCODE, CODE, WHOLE, FLAG, CHOICE, DAY)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (TEXT, "  CS-Z25TKEW\u00a0", "CS-Z25TKEW"),
        (TEXT, 4711, "4711"),
        (TEXT, 4711.0, "4711"),
        (TEXT, "=1+1", "=1+1"),
        (POSTCODE, " 08001", "08001"),
        (CODE, "AB1", "AB1"),
        (WHOLE, 11, 11),
        (WHOLE, 11.0, 11),
        (WHOLE, " 11 ", 11),
        (FLAG, 1, True),
        (FLAG, 0.0, False),
        (FLAG, "1", True),
        (FLAG, False, False),
        (CHOICE, "Outdoor ", "outdoor"),
        (DAY, date(2026, 11, 1), date(2026, 11, 1)),
        (DAY, "2026-11-01", date(2026, 11, 1)),
        (DAY, " 1/11/2026", date(2026, 11, 1)),
        (DAY, "01-11-2026", date(2026, 11, 1)),
    ],
)
def test_a_cell_is_read_as_people_mean_it(column: Column, cell: Cell, value: Any) -> None:
    assert column.value_of(cell) == value
    assert type(column.value_of(cell)) is type(value)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        (TEXT, "x" * 13, "has more than 12 characters"),
        (TEXT, "two\nlines", "must be one line, without control characters"),
        (TEXT, "bell\x07", "must be one line, without control characters"),
        (TEXT, "half\ud800", "must be one line, without control characters"),
        (TEXT, date(2026, 1, 1), "is a date here; format the column as text"),
        (TEXT, True, "is no text here; format the column as text"),
        (TEXT, 1.5, "is no text here; format the column as text"),
        (TEXT, float("inf"), "is no text here; format the column as text"),
        (TEXT, 1e15, "is a number that lost its last digits; format the column as text"),
        (POSTCODE, 8001, "may have lost digits; format the column as text and type it again"),
        (CODE, "a b", "has characters that are not allowed here"),
        (WHOLE, 0, "must be a whole number from 1 to 500"),
        (WHOLE, 501, "must be a whole number from 1 to 500"),
        (WHOLE, 1.5, "must be a whole number from 1 to 500"),
        (WHOLE, "1,5", "must be a whole number from 1 to 500"),
        (WHOLE, "1.000", "must be a whole number from 1 to 500"),
        (WHOLE, "١", "must be a whole number from 1 to 500"),
        (WHOLE, True, "must be a whole number from 1 to 500"),
        (FLAG, 2, "must be 0 or 1"),
        (FLAG, "yes", "must be 0 or 1"),
        (FLAG, 0.5, "must be 0 or 1"),
        (CHOICE, "both", "must be one of: outdoor, indoor"),
        (CHOICE, 7, "must be one of: outdoor, indoor"),
        (DAY, "2026-02-30", "must be a day as 2026-11-01 or 01/11/2026"),
        (DAY, "31/02/2026", "must be a day as 2026-11-01 or 01/11/2026"),
        (DAY, "tomorrow", "must be a day as 2026-11-01 or 01/11/2026"),
        (DAY, 46000, "must be a day as 2026-11-01 or 01/11/2026"),
        *((column, Unreadable("is a formula"), "is a formula") for column in EVERY),
    ],
)
def test_what_is_unclear_is_refused_with_a_reason(column: Column, cell: Cell, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        column.value_of(cell)


@pytest.mark.parametrize("cell", [None, "", "  \u00a0"])
def test_an_empty_cell_is_the_columns_empty_value_or_refused(cell: Cell) -> None:
    assert [column.value_of(cell) for column in EVERY] == ["", None, "", None, None, None, None]
    assert flag("x", "", empty=False).value_of(cell) is False
    with pytest.raises(ValueError, match="is needed"):
        text("x", "", required=True).value_of(cell)


@given(st.sampled_from(EVERY), st.none() | st.text() | st.integers() | st.floats() | st.booleans() | st.dates())
def test_any_cell_is_read_or_refused_and_what_was_read_reads_as_itself(column: Column, cell: Cell) -> None:
    try:
        value = column.value_of(cell)
    except ValueError:
        return
    assert column.value_of(value) == value


def test_an_unreadable_cell_says_why() -> None:
    assert str(Unreadable("is a formula")) == "is a formula"
