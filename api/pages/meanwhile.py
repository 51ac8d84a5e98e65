"""What others did to a request while somebody had its form open, and how the form goes on from there."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.forms import flat, nested
from api.pages.lines import line_fields
from api.schemas.requests import HistoryEntry

ROWS = ("units", "lines")


def since(history: Sequence[HistoryEntry], typed: Mapping[str, str]) -> list[HistoryEntry]:
    """The entries of the journal that the form does not know yet, oldest first."""
    seen = typed.get("version", "")
    return [one for one in history if seen.isdigit() and one.version > int(seen)]


def merged(typed: Mapping[str, str], entries: Sequence[HistoryEntry]) -> dict[str, str]:
    """The form's fields: what somebody typed stays, and what they left alone becomes what others made of it."""
    fields = dict(typed)
    for entry in entries:
        for name, change in entry.changes.items():
            if isinstance(change, Mapping) and {"from", "to"} <= change.keys():
                _take(fields, name, change["from"], change["to"])
    return fields


def _take(fields: dict[str, str], name: str, old: Any, new: Any) -> None:
    match old, new:
        case list(), list() if name in ROWS:
            if nested(_rows(fields, name)) == nested(_fields(name, old)):
                for one in _rows(fields, name):
                    del fields[one]
                fields |= _fields(name, new)
        case list(), list() if name == "documents":
            fields |= {f"attached/{one['document_id']}/{one['requirement']}": "on" for one in new if one not in old}
        case bool(), bool():
            if (fields.get(name) == "on") is old:
                fields[name] = "on" if new else ""
        case _ if fields.get(name) == _text(old):
            fields[name] = _text(new)


def _rows(fields: Mapping[str, str], name: str) -> dict[str, str]:
    """The fields of the rows of this name."""
    return {one: value for one, value in fields.items() if one.startswith(f"{name}/")}


def _fields(name: str, rows: list[Any]) -> dict[str, str]:
    """The fields that mean these rows."""
    return flat({name: rows}) | (line_fields(rows) if name == "lines" else {})


def _text(value: Any) -> str:
    return "" if value is None else str(value)
