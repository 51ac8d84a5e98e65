"""CSV as spreadsheets of Spain and Portugal write it: mostly semicolons, and sometimes the Windows code page.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read without.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date

from domain.columns import Cell
from domain.sheets import Row, Sheet, Unfit, same_heading

DELIMITERS = ";,\t|"
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
DELIMITER_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# With apostrophes before them, or text that has one already would read differently from how it was written.
DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def lines_of(content: bytes, sheet: Sheet) -> Iterator[tuple[int, list[Cell]]]:
    """The records of the file, counted from 1 as a spreadsheet counts them. Raises Unfit."""
    text = _decoded(content)
    if named := DELIMITER_LINE.match(text):
        text, delimiter = text[named.end() :], named[1]
    else:
        delimiter = _delimiter(text, sheet)
    number = 0
    try:
        for number, record in enumerate(records(text, delimiter), start=1):
            yield number, [_disarmed(cell) for cell in record]
    except csv.Error:
        raise Unfit("the quotes of this row do not match, or it has a text without end", number + 1) from None


def is_text(content: bytes) -> bool:
    """Whether these bytes are text in an encoding that is read here."""
    try:
        _decoded(content)
    except Unfit:
        return False
    return True


def written(sheet: Sheet, rows: Iterable[Row]) -> bytes:
    """The list as CSV: UTF-8 with its mark and semicolons, as Excel opens it with a double click."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=DELIMITERS[0], lineterminator="\r\n")
    writer.writerow(sheet.headings)
    writer.writerows([_armless(row[name]) for name in sheet.headings] for row in rows)
    return BYTE_ORDER_MARKS[0][0] + buffer.getvalue().encode()


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), None)
    for one in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = content.decode(one)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unfit("this is no text; save it as CSV UTF-8 or as XLSX")


def _delimiter(text: str, sheet: Sheet) -> str:
    """The character under which most headings of the list stand in the first line."""
    known = {same_heading(heading) for heading in sheet.headings}

    def found(delimiter: str) -> int:
        try:
            return len(known.intersection(map(same_heading, next(records(text, delimiter), []))))
        except csv.Error:
            return 0

    return max(DELIMITERS, key=found)


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """The cells of each record as they stand in the file. Raises csv.Error."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _armless(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return f"'{value}" if DANGEROUS.match(value) else value


def _disarmed(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and DANGEROUS.match(cell) else cell
