"""Forms: the name of a field is the JSON pointer of its place in the body, so that refusals find their fields."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from api.pages import sentences
from api.pages.visits import Visit
from configuration.fields import pointed
from domain.errors import FieldError, Invalid, KeydeskError

MOST_FIELDS, MOST_TEXT = 1000, 200_000
BESIDE = frozenset({"role", "was", "documents"})  # fields of a row that say nothing without the others
Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class Complaint:
    """One bad field, as the page shows it: the id of its element, its label, what is wrong."""

    id: str
    label: str
    detail: str


@dataclass(frozen=True)
class Problems:
    """What was refused: a sentence, and the fields by name. Falsy when nothing was."""

    summary: str = ""
    status: int = 200
    fields: tuple[Complaint, ...] = ()
    by_name: Mapping[str, str] | None = None

    def __bool__(self) -> bool:
        return bool(self.summary)

    def at(self, name: str) -> str:
        """What is wrong with the field of this name, empty if nothing is."""
        return (self.by_name or {}).get(name, "")


def problems(visit: Visit, refusal: KeydeskError, status: int, root: str = "") -> Problems:
    """A refusal in the visitor's language; `root` is where the form's fields stand in the body."""
    language = visit.language
    named = [
        (one.pointer.removeprefix(root).strip("/"), sentences.said(one.detail, language)) for one in refusal.fields
    ]
    return Problems(
        sentences.told(refusal.code, refusal.detail, language),
        status,
        tuple(
            Complaint(name.replace("/", "-") or "main", sentences.label_of(name, language), detail)
            for name, detail in named
        ),
        dict(named),
    )


async def fields_of(request: Request) -> dict[str, str]:
    """The text fields of a form, with line ends as other clients send them. Raises Invalid for far too much."""
    form = await request.form()
    fields = {name: value.replace("\r\n", "\n") for name, value in form.items() if isinstance(value, str)}
    if len(form) > MOST_FIELDS or sum(len(name) + len(value) for name, value in fields.items()) > MOST_TEXT:
        raise Invalid("This form has too much in it.")
    if any("\0" in name for name in form) or any("\0" in value for value in fields.values()):
        raise Invalid("This form has characters that nobody can type.")
    return fields


async def files_of(request: Request) -> list[tuple[str, UploadFile]]:
    """The files that were chosen, each with the name of its field."""
    items = (await request.form()).multi_items()
    return [(name, file) for name, file in items if isinstance(file, UploadFile) and file.filename]


def nested(fields: Mapping[str, str], *, but: Iterable[str] = ()) -> dict[str, Any]:
    """`{"units/0/serial": "A"}` as the body that it means; rows are taken in their order, empty ones are left out."""
    left_out = {"csrf", "do", "key", "version", *but}
    body: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for name, value in fields.items():
        first, *rest = name.split("/")
        if name in left_out or first in left_out:
            continue
        if not rest:
            body[first] = value.strip()
        elif len(rest) > 1 and rest[0].isdigit() and len(rest[0]) < 4:
            _put(rows.setdefault(first, {}).setdefault(int(rest[0]), {}), rest[1:], value.strip())
        else:
            inner = body.setdefault(first, {})
            if isinstance(inner, dict):
                inner["/".join(rest)] = value.strip()
    for name, numbered in rows.items():
        body[name] = [row for _, row in sorted(numbered.items()) if _counts(row)]
    return body


def _put(row: dict[str, Any], way: Sequence[str], value: str) -> None:
    """`info/site` into the row; what stands in its own way is left out."""
    *folders, last = way
    place: Any = row
    for folder in folders:
        place = place.setdefault(folder, {})
        if not isinstance(place, dict):
            return
    place[last] = value


def _counts(row: Mapping[str, Any]) -> bool:
    """Whether a row is filled in, and was not to be taken away."""
    return not row.get("remove") and any(_says(row[name]) for name in row.keys() - BESIDE)


def _says(value: Any) -> bool:
    """Whether somebody wrote anything here."""
    return any(_says(one) for one in value.values()) if isinstance(value, dict) else bool(value)


def flat(body: Mapping[str, Any], root: str = "") -> dict[str, str]:
    """The fields of a form that mean this body."""
    fields: dict[str, str] = {}
    for name, value in body.items():
        if isinstance(value, Mapping):
            fields |= flat(value, f"{root}{name}/")
        elif isinstance(value, list | tuple):
            for number, row in enumerate(value):
                fields |= flat(row, f"{root}{name}/{number}/") if isinstance(row, Mapping) else {}
        else:
            fields[root + name] = "" if value is None else str(value)
    return fields


def refilled(body: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, str]:
    """The form's fields with what was typed: its rows close up as those of the body did that was refused, and what was
    not ticked is not ticked."""
    changes = nested(typed)
    kept = {name: value for name, value in body.items() if not isinstance(changes.get(name, value), list | bool)}
    loose = {name: value for name, value in typed.items() if not any(part.isdigit() for part in name.split("/"))}
    return flat(kept) | loose | flat(changes)


def parsed(shape: type[Shape], body: Mapping[str, Any]) -> Shape:
    """The body, checked by the same type as over the API. Raises Invalid with every bad field."""
    try:
        return shape.model_validate(body)
    except ValidationError as failure:
        fields: tuple[FieldError, ...] = pointed(failure.errors())
        raise Invalid("Some fields need another look.", fields=fields) from None
