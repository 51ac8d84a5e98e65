"""Files of a list: what was exported imports unchanged, is harmless, and is judged by its content."""

import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from activities.spreadsheets import csv_files, files
from activities.spreadsheets.files import Format
from domain.columns import choice, day, flag, text, whole
from domain.errors import Invalid, TooLarge, UnsupportedType
from domain.sheets import Reading, Row, Sheet

SHEET = Sheet(
    "products",
    (
        text("product", "The reference.", required=True),
        whole("points", "Default points.", least=-5),
        flag("invoice", "Whether it is needed."),
        choice("role", "The role.", ("outdoor", "indoor")),
        day("since", "The first day."),
    ),
    key=("product",),
)
DANGEROUS = ("=1+1", "+34 600", "-1", "@SUM(A1)", "'=1+1", "''-", "＝1+1")
TEXTS = st.text(min_size=1, max_size=30) | st.sampled_from(DANGEROUS).flatmap(
    lambda start: st.text(max_size=5).map(lambda end: start + end)
)


def readable(value: str) -> bool:
    try:
        return SHEET.columns[0].value_of(value) == value and "\ufffe" not in value and "\uffff" not in value
    except ValueError:
        return False


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "product": TEXTS.filter(readable),
            "points": st.none() | st.integers(-5, 1_000_000),
            "invoice": st.none() | st.booleans(),
            "role": st.none() | st.sampled_from(["outdoor", "indoor"]),
            "since": st.none() | st.dates(min_value=date(1900, 3, 1)),
        }
    ),
    max_size=5,
    unique_by=lambda row: row["product"],
)


def read(content: bytes) -> tuple[list[Row], Reading]:
    files.judged(content)
    reading = Reading(SHEET)
    return [row for _, row in reading.values(files.lines_of(content, SHEET))], reading


@pytest.mark.parametrize("form", Format)
@settings(max_examples=25, deadline=None)
@given(rows=ROWS)
def test_what_was_exported_imports_unchanged(form: Format, rows: list[Row]) -> None:
    content = files.written(form, SHEET, rows)
    assert files.judged(content) is form
    found, reading = read(content)
    assert reading.flaws.shown == ()
    assert found == rows


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_no_cell_of_a_csv_begins_as_a_formula(rows: list[Row]) -> None:
    text_of = csv_files.written(SHEET, rows).decode("utf-8-sig")
    for record in csv_files.records(text_of, ";"):
        assert not record[0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_no_cell_of_an_xlsx_is_a_formula() -> None:
    rows = [{"product": one, "points": None, "invoice": None, "role": None, "since": None} for one in DANGEROUS]
    page = load_workbook(io.BytesIO(files.written(Format.XLSX, SHEET, rows)))["products"]
    assert [(cell.data_type, cell.value, cell.number_format) for cell in page["A"][1:]] == [
        ("s", one, "@") for one in DANGEROUS
    ]


def test_the_template_has_headings_lists_to_choose_from_and_an_explanation() -> None:
    book = load_workbook(io.BytesIO(files.written(Format.XLSX, SHEET, [])))
    page, explained = book["products"], book["columns"]
    assert [[cell.value for cell in line] for line in page] == [list(SHEET.headings)]
    assert page.freeze_panes == "A2"
    assert {str(one.sqref): one.formula1 for one in page.data_validations.dataValidation} == {
        "C2:C50001": '"0,1"',
        "D2:D50001": '"outdoor,indoor"',
    }
    assert [[cell.value for cell in line] for line in explained][1:3] == [
        ["product", "yes", "The reference."],
        ["points", "no", "Default points. A whole number from -5 to 1000000."],
    ]
    assert page.column_dimensions["A"].number_format == "@"


def test_a_choice_with_a_comma_or_a_long_list_is_explained_only() -> None:
    long = Sheet("x", (choice("a", "A.", ("b,c", "d")), choice("e", "E.", ("f" * 200, "g" * 200))), ("a",))
    book = load_workbook(io.BytesIO(files.written(Format.XLSX, long, [])))
    assert book["x"].data_validations.dataValidation == []
    assert book["columns"]["C2"].value == "A. One of: b,c, d."


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", Invalid),
        (b"PK\x03\x04" + bytes(files.MAX_BYTES), TooLarge),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a workbook with a password", UnsupportedType),
        (b"\x89PNG\r\n\x1a\n\x00\x00", UnsupportedType),
        (b"\xff\xfea", UnsupportedType),
    ],
)
def test_what_is_no_list_is_not_taken(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        files.judged(content)
