"""Spreadsheet files by content: which format it is, its lines, and a list as a file."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from activities.spreadsheets import csv_files, xlsx_files
from domain.columns import Cell
from domain.errors import FieldError, Invalid, TooLarge, UnsupportedType
from domain.sheets import Row, Sheet

MAX_BYTES = 10 * 1024 * 1024


class Format(StrEnum):
    """How a list travels."""

    XLSX = "xlsx"
    CSV = "csv"


MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def judged(content: bytes) -> Format:
    """The format that the content has, whatever its name. Raises Invalid (empty), TooLarge, UnsupportedType."""
    if not content:
        raise Invalid("The file is empty.", fields=[FieldError("/file", "is empty")])
    if len(content) > MAX_BYTES:
        raise TooLarge(f"Files have at most {MAX_BYTES} bytes.", facts={"max_bytes": MAX_BYTES})
    if content.startswith(ZIP):
        return Format.XLSX
    if content.startswith(OLD_EXCEL) or not csv_files.is_text(content):
        raise UnsupportedType(
            "Only XLSX without a password, and CSV, are taken.", facts={"allowed": list(MEDIA_TYPES.values())}
        )
    return Format.CSV


def lines_of(content: bytes, sheet: Sheet) -> Iterator[tuple[int, list[Cell]]]:
    """The lines of a file that `judged` took, counted from 1. Raises Unfit when a line cannot be read."""
    if content.startswith(ZIP):
        return xlsx_files.lines_of(content, sheet)
    return csv_files.lines_of(content, sheet)


def length_of(content: bytes) -> int:
    """About how many lines a file has: what progress is measured by."""
    if content.startswith(ZIP):
        return xlsx_files.length_of(content)
    return content.count(b"\n")


def written(form: Format, sheet: Sheet, rows: Iterable[Row]) -> bytes:
    """The list as a file, which reads as the same rows again. Without rows: a template to fill in."""
    return xlsx_files.written(sheet, rows) if form is Format.XLSX else csv_files.written(sheet, rows)
