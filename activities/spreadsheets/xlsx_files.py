"""XLSX, read row by row and written row by row. A file that would unfold to more than a list can be is not read."""

import contextlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import IO, Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as WrittenCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from domain.columns import Cell, Column, Unreadable
from domain.sheets import MOST_ROWS, Row, Sheet, Unfit

MOST_PARTS = 1_000
MOST_UNPACKED = 64 * 1024 * 1024
# Tags of all parts together: what bounds the memory that XML takes, whatever its size.
MOST_TAGS = 6_000_000
LAST_ROW = 1_048_576
CHUNK = 256 * 1024
MERGED = b"mergeCell ref="
ROW = b"<row "
SHEETS = "xl/worksheets/"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA, ERROR = "f", "e"
TEXT_FORMAT = "@"
MOMENT_FORMAT = "yyyy-mm-dd hh:mm"
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
LONGEST_LIST = 255


def lines_of(content: bytes, sheet: Sheet) -> Iterator[tuple[int, list[Cell]]]:
    """The lines of the sheet with the list's name, else of the first one, counted from 1. Raises Unfit."""
    try:
        _weigh(content)
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            named = [one for one in book.worksheets if one.title == sheet.name]
            lines = (named or book.worksheets)[0].iter_rows(max_row=LAST_ROW, max_col=2 * len(sheet.columns) + 20)
            for number, cells in enumerate(lines, start=1):
                yield number, [_read(cell) for cell in cells]
        finally:
            book.close()
    except Unfit:
        raise
    except Exception as broken:  # whatever the library stumbles over, the file is to blame
        raise Unfit(
            "the file is no XLSX workbook, or it is damaged or has a password: save it anew as XLSX"
        ) from broken


def length_of(content: bytes) -> int:
    """How many rows the longest sheet seems to have, 0 for a file that cannot be read."""
    longest = 0
    with contextlib.suppress(Exception), zipfile.ZipFile(io.BytesIO(content)) as archive:  # `lines_of` will say it
        for part in archive.infolist():
            if part.filename.startswith(SHEETS) and part.file_size <= MOST_UNPACKED:
                with archive.open(part) as opened:
                    longest = max(longest, sum(chunk.count(ROW) for chunk in _chunks(opened)))
    return longest


def _weigh(content: bytes) -> None:
    """Refuse what would not fit, before anything of it is in memory: the sizes that a ZIP names are those it gives."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Unfit("the file unfolds to more than a list can be")
        tags = 0
        for part in parts:
            with archive.open(part) as opened:
                tags = _weighed(opened, tags, is_sheet=part.filename.startswith(SHEETS))


def _weighed(part: IO[bytes], tags: int, *, is_sheet: bool) -> int:
    tail = b""
    for chunk in _chunks(part):
        tags += chunk.count(b"<")
        if tags > MOST_TAGS:
            raise Unfit("the file unfolds to more than a list can be")
        if is_sheet and MERGED in tail + chunk:
            raise Unfit("the file has merged cells, of which only one holds the value: split them")
        tail = chunk[-len(MERGED) :]
    return tags


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    while chunk := part.read(CHUNK):
        yield chunk


def _read(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == FORMULA:
        return Unreadable("is a formula; paste its value")
    if cell.data_type == ERROR:
        return Unreadable("is an error of the spreadsheet")
    if isinstance(value, datetime):
        return Unreadable("has a time of day") if value.time() != time() else value.date()
    if value is None or isinstance(value, str | bool | int | float | date):
        return value
    return Unreadable("is a time of day or a duration")


def written(sheet: Sheet, rows: Iterable[Row]) -> bytes:
    """The list as XLSX, with a second sheet that explains the columns. Without rows: the template to fill in."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.name)
    page.freeze_panes = "A2"
    for place, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(place)
        page.column_dimensions[letter].width = max(12, len(column.name) + 4)
        if column.is_text:
            page.column_dimensions[letter].number_format = TEXT_FORMAT
        _offer_choices(page, letter, column)
    page.append([_bold(page, heading) for heading in sheet.headings])
    for row in rows:
        page.append([_cell(page, row[column.name]) for column in sheet.columns])
    _explain(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def report(name: str, headings: Sequence[str], rows: Iterable[Sequence[str | datetime | None]]) -> bytes:
    """A list to look at, which nobody reads in again: moments are moments, without a zone, and can be sorted by."""
    book = Workbook(write_only=True)
    page = book.create_sheet(NOT_IN_TITLES.sub(" ", name)[:31])
    page.freeze_panes = "A2"
    for place, heading in enumerate(headings, start=1):
        page.column_dimensions[get_column_letter(place)].width = max(18, len(heading) + 4)
    page.append([_bold(page, heading) for heading in headings])
    last = 1
    for row in rows:
        page.append([_cell(page, value) for value in row])
        last += 1
    page.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{last}"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _offer_choices(page: Any, letter: str, column: Column) -> None:
    """A list to choose from, as long as a spreadsheet takes it; other words are refused when the file is read."""
    listed = ",".join(column.choices)
    if listed and len(listed) <= LONGEST_LIST and listed.count(",") == len(column.choices) - 1:
        offer = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=True)
        offer.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
        page.data_validations.append(offer)


def _explain(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet("columns")
    for letter, width in (("A", 28), ("B", 10), ("C", 90)):
        page.column_dimensions[letter].width = width
    page.append([_bold(page, heading) for heading in ("column", "needed", "what it holds")])
    for column in sheet.columns:
        told = f"{column.explained} One of: {', '.join(column.choices)}." if column.choices else column.explained
        page.append([_cell(page, one) for one in (column.name, "yes" if column.required else "no", told)])


def _bold(page: Any, heading: str) -> WrittenCell:
    cell = _cell(page, heading)
    cell.font = Font(bold=True)
    return cell


def _cell(page: Any, value: Any) -> WrittenCell:
    """A cell. Text is written as text, whatever it begins with: no spreadsheet takes it for a formula."""
    if not isinstance(value, str):
        plain: WrittenCell = WriteOnlyCell(page, int(value) if isinstance(value, bool) else value)
        if isinstance(value, datetime):
            plain.number_format = MOMENT_FORMAT
        return plain
    cell: WrittenCell = WriteOnlyCell(page, NOT_IN_XML.sub("\ufffd", value))
    cell.data_type = "s"
    cell.number_format = TEXT_FORMAT
    return cell
