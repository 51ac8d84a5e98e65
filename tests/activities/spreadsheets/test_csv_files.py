"""CSV as Excel in Spain and Portugal, other programs, and people write it."""

import pytest

from activities.spreadsheets import files
from domain.columns import Cell
from tests.activities.spreadsheets.test_files import SHEET, read

WANTED: list[list[Cell]] = [
    ["product", "points", "invoice", "role", "since"],
    ["Año", "11", "1", "indoor", "01/11/2026"],
]


def lines(content: bytes) -> list[list[Cell]]:
    files.judged(content)
    return [cells for _, cells in files.lines_of(content, SHEET)]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_and_encoding_are_found(delimiter: str, encoding: str, end: str) -> None:
    text = end.join(delimiter.join(str(cell) for cell in line) for line in WANTED) + end
    assert lines(text.encode(encoding)) == WANTED


def test_excels_own_line_names_the_delimiter_and_is_not_counted() -> None:
    assert lines(b"sep=#\r\nproduct#points\r\nA;B#3\r\n") == [["product", "points"], ["A;B", "3"]]


def test_texts_over_several_lines_are_one_row() -> None:
    content = b'product;points;invoice;role;since\r\n"A\r\nB";1;1;indoor;\r\nC;x;1;indoor;\r\n'
    _, reading = read(content)
    assert [(flaw.row, flaw.column) for flaw in reading.flaws.shown] == [(2, "product"), (3, "points")]


@pytest.mark.parametrize("end", [b'"A"B;1', b'"A;1', b"A" * 200_000])
def test_quotes_that_do_not_match_are_named(end: bytes) -> None:
    _, reading = read(b"product;points;invoice;role;since\r\nX;x;1;indoor;\r\n" + end)
    assert [flaw.row for flaw in reading.flaws.shown] == [2, 3]


def test_a_first_line_that_cannot_be_read_is_named() -> None:
    _, reading = read(b'"product;points')
    assert [flaw.row for flaw in reading.flaws.shown] == [1]


@pytest.mark.parametrize(
    ("written", "value"), [("'=1+1", "=1+1"), ("''=1", "'=1"), ("'s-Gravenhage", "'s-Gravenhage"), ("'", "'")]
)
def test_an_apostrophe_before_a_formula_is_taken_off(written: str, value: str) -> None:
    assert lines(f"product\n{written}\n".encode())[1] == [value]
