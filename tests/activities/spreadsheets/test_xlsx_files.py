"""XLSX as spreadsheet programs write it, and as attackers do: bounded before it is in memory."""

import io
import tracemalloc
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.xml.constants import SHARED_STRINGS

from activities.spreadsheets import files, xlsx_files
from activities.spreadsheets.files import Format
from tests.activities.spreadsheets.test_files import SHEET, read

HEADINGS = list(SHEET.headings)
PAGE = "xl/worksheets/sheet1.xml"


def book(*lines: list[Any], title: str = "products", merged: str = "", before: str = "") -> bytes:
    made = Workbook()
    page = made.active
    assert page is not None
    page.title = title
    for line in lines:
        page.append(line)
    if merged:
        page.merge_cells(merged)
    if before:
        made.create_sheet(before, 0)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def changed(content: bytes, part: str, new: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            if name != part:
                archive.writestr(name, old.read(name))
        archive.writestr(part, new)
    return buffer.getvalue()


def page_of(rows: str) -> bytes:
    """A workbook whose sheet has these rows, as XML."""
    xml = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    return changed(book(HEADINGS), PAGE, xml.encode())


def said(content: bytes) -> list[tuple[int | None, str | None, str]]:
    _, reading = read(content)
    return [(flaw.row, flaw.column, flaw.detail) for flaw in reading.flaws.shown]


def test_what_a_spreadsheet_made_of_the_cells_is_understood() -> None:
    rows, reading = read(
        book(
            HEADINGS,
            [4711, "11", True, "indoor", datetime.fromisoformat("2026-11-01")],
            [],
            ["=A2", 1, "1", None, date(2026, 1, 2)],
        )
    )
    assert rows == [{"product": "4711", "points": 11, "invoice": True, "role": "indoor", "since": date(2026, 11, 1)}]
    assert [(flaw.row, flaw.column, flaw.detail) for flaw in reading.flaws.shown] == [
        (4, "product", "is a formula; paste its value")
    ]


def test_times_and_errors_are_named() -> None:
    assert said(
        book(
            HEADINGS,
            ["#N/A", 1, 1, "indoor", datetime.fromisoformat("2026-01-01T12:00")],
            ["B", 1, 1, "indoor", time(8)],
        )
    ) == [
        (2, "product", "is an error of the spreadsheet"),
        (2, "since", "has a time of day"),
        (3, "since", "is a time of day or a duration"),
    ]


def test_texts_of_the_shared_table_are_found() -> None:
    """As Excel stores them; openpyxl, which makes the other files here, writes each text into its cell."""
    texts = "".join(f"<si><t>{text}</t></si>" for text in (*HEADINGS, "CS-Z25TKEW", "_x005F_x0041_"))
    cells = "".join(f'<c r="{letter}1" t="s"><v>{n}</v></c>' for n, letter in enumerate("ABCDE"))
    rows = f'<row r="1">{cells}</row>' + "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{n + 3}</v></c></row>' for n in (2, 3)
    )
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    content = changed(page_of(rows), "xl/sharedStrings.xml", f"<sst {main}>{texts}</sst>".encode())
    named = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED_STRINGS}"/></Types>'
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        types = archive.read("[Content_Types].xml").decode().replace("</Types>", named)
    content = changed(content, "[Content_Types].xml", types.encode())
    rows_read, reading = read(content)
    assert [row["product"] for row in rows_read] == ["CS-Z25TKEW", "_x0041_"]
    assert reading.flaws.count == 0


@pytest.mark.parametrize("title", ["products", "Hoja1"])
def test_the_sheet_with_the_lists_name_is_read_else_the_first(title: str) -> None:
    rows, _ = read(book(HEADINGS, ["A"], title=title, before="notes" if title == "products" else ""))
    assert [row["product"] for row in rows] == ["A"]


def test_merged_cells_are_refused() -> None:
    assert "merged cells" in said(book(HEADINGS, ["A", 1], ["", 2], merged="A2:A3"))[0][2]


def test_a_cell_far_away_costs_nothing_and_is_named() -> None:
    tracemalloc.start()
    found = said(page_of('<row r="1"><c r="A1" t="inlineStr"><is><t>product</t></is></c></row><row r="900000000"/>'))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [flaw[1] for flaw in found] == ["points", "invoice", "role", "since"]
    assert peak < 20_000_000


def bomb(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(PAGE, "w") as part:
        for _ in range(size // 1_000_000):
            part.write(b" " * 1_000_000)
    return buffer.getvalue()


def refused_early(content: bytes) -> None:
    tracemalloc.start()
    found = said(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[0][2] == "the file unfolds to more than a list can be"
    assert peak < 5_000_000


def test_what_unfolds_to_too_much_is_not_read() -> None:
    refused_early(bomb(80_000_000))


@pytest.mark.parametrize("part", [PAGE, "xl/styles.xml"])
def test_what_unfolds_to_too_many_tags_is_not_read(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_files, "MOST_TAGS", 300_000)
    refused_early(changed(book(HEADINGS), part, b"<a/>" * 300_001))


def test_entities_are_not_expanded() -> None:
    xml = b'<!DOCTYPE a [<!ENTITY b "x">]><worksheet>&b;</worksheet>'
    assert "damaged" in said(changed(book(HEADINGS), PAGE, xml))[0][2]


def test_other_archives_and_damaged_ones_are_named() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert "no XLSX" in said(buffer.getvalue())[0][2]
    assert "damaged" in said(book(HEADINGS)[:-40])[0][2]


GOOD = files.written(Format.XLSX, SHEET, [])


@settings(max_examples=40, deadline=None)
@given(st.integers(4, len(GOOD) - 1), st.binary(min_size=1, max_size=4))
def test_whatever_the_bytes_there_is_an_answer(place: int, noise: bytes) -> None:
    _, reading = read(GOOD[:place] + noise + GOOD[place + len(noise) :])
    assert reading.rows == 0
