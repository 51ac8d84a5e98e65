"""Forms made from the shape of a body: what its JSON schema says becomes fields, and their texts the body again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from api.pages.measures import LASTING, MEGABYTE, bytes_of, count_and_unit, iso_of
from configuration.documentation import TAKEN

LONG_TEXT = 1000
YES_NO = ("true", "false")
# Fields that people fill in otherwise than programs do, by their names.
FORMATS, SIZE = "media_types", "max_bytes"


@dataclass(frozen=True)
class Input:
    """One field. `kind` is text, area, number, day, choice, flag, ticks, lines, file, lasting, size, group or rows.

    `children` are the fields of a group or of each row; `choices` those of choice and ticks.
    """

    name: str
    label: str
    kind: str
    required: bool = False
    nullable: bool = False
    choices: tuple[str, ...] = ()
    children: tuple["Input", ...] = ()
    help: str = ""


def inputs_of(shape: type[BaseModel], *, but: frozenset[str] = frozenset()) -> tuple[Input, ...]:
    """The fields of a shape, in its order, without those that are named."""
    schema = shape.model_json_schema()
    return tuple(one for one in _members(schema, schema.get("$defs", {})) if one.name not in but)


def body_from(inputs: tuple[Input, ...], fields: Mapping[str, str], root: str = "") -> dict[str, Any]:
    """The body that the fields mean. Rows in which nothing is filled in are left out."""
    return {one.name: _value(one, fields, root + one.name) for one in inputs}


def fields_from(inputs: tuple[Input, ...], body: Mapping[str, Any], root: str = "") -> dict[str, str]:
    """The fields that mean the body (as `model_dump(mode="json")` gives it)."""
    fields: dict[str, str] = {}
    for one in inputs:
        fields |= _fields(one, body.get(one.name), root + one.name)
    return fields


def names_in(inputs: tuple[Input, ...]) -> Iterator[str]:
    """The names of all fields, also of those in groups and rows."""
    for one in inputs:
        yield one.name
        yield from names_in(one.children)


def rows_in(fields: Mapping[str, str], name: str) -> int:
    """How many rows of this name are filled in."""
    numbers = [
        int(rest[0])
        for field in fields
        if field.startswith(f"{name}/") and (rest := field.removeprefix(f"{name}/").split("/")) and rest[0].isdigit()
    ]
    return max(numbers, default=-1) + 1


def _members(schema: dict[str, Any], known: dict[str, Any]) -> list[Input]:
    needed = set(schema.get("required", ()))
    return [
        _input(name, member, known, required=name in needed) for name, member in schema.get("properties", {}).items()
    ]


def _input(name: str, member: dict[str, Any], known: dict[str, Any], *, required: bool) -> Input:
    found, nullable = _resolved(member, known)
    said = str(member.get("description", ""))
    label = name.replace("_", " ").capitalize()
    if (special := _special(name, found)) is not None:
        kind, choices = special
        return Input(name, label, kind, required, nullable, choices, help=said)
    match found:
        case {"enum": choices}:
            return Input(name, label, "choice", required, nullable, tuple(map(str, choices)), help=said)
        case {"type": "boolean"}:
            return Input(name, label, "flag", required, nullable, YES_NO, help=said)
        case {"type": "integer" | "number"}:
            return Input(name, label, "number", required, nullable, help=said)
        case {"type": "array", "items": items}:
            return _list(name, label, items, known, said)
        case {"type": "object", "properties": _}:
            return Input(name, label, "group", required, nullable, children=tuple(_members(found, known)), help=said)
        case {"format": "date"}:
            return Input(name, label, "day", required, nullable, help=said)
        case {"format": "uuid"}:
            return Input(name, label, "file", required, nullable, help=said)
        case {"maxLength": longest} if longest >= LONG_TEXT:
            return Input(name, label, "area", required, nullable, help=said)
        case _:
            return Input(name, label, "text", required, nullable, help=said)


def _special(name: str, found: dict[str, Any]) -> tuple[str, tuple[str, ...]] | None:
    """The kind and choices of what people fill in otherwise than programs do, and of what has one value only."""
    if "const" in found:
        return "choice", (str(found["const"]),)
    if name == SIZE and found.get("type") == "integer":
        return "size", ()
    if name == FORMATS and found.get("type") == "array":
        return "ticks", TAKEN
    return ("lasting", tuple(LASTING)) if found.get("format") == "duration" else None


def _list(name: str, label: str, items: dict[str, Any], known: dict[str, Any], said: str) -> Input:
    found, _ = _resolved(items, known)
    if "enum" in found:
        return Input(name, label, "ticks", choices=tuple(map(str, found["enum"])), help=said)
    if "properties" in found:
        return Input(name, label, "rows", children=tuple(_members(found, known)), help=said)
    return Input(name, label, "lines", help=said)


def _resolved(member: dict[str, Any], known: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The schema behind references and `null`, and whether null is one of the values."""
    nullable = False
    while True:
        if "$ref" in member:
            member = known[member["$ref"].rsplit("/", 1)[-1]]
        elif "anyOf" in member:
            branches = [one for one in member["anyOf"] if one.get("type") != "null"]
            nullable = nullable or len(branches) < len(member["anyOf"])
            member = branches[0]
        elif "allOf" in member:
            member = member["allOf"][0]
        else:
            return member, nullable


def _value(one: Input, fields: Mapping[str, str], at: str) -> Any:
    text = fields.get(at, "").strip()
    match one.kind:
        case "group":
            inner = body_from(one.children, fields, f"{at}/")
            return None if one.nullable and not _filled(one.children, fields, f"{at}/") else inner
        case "rows":
            numbers = range(rows_in(fields, at))
            filled = [n for n in numbers if _filled(one.children, fields, f"{at}/{n}/")]
            return [body_from(one.children, fields, f"{at}/{n}/") for n in filled]
        case "ticks":
            return [choice for choice in one.choices if f"{at}/{choice}" in fields]
        case "lines":
            return [line.strip() for line in fields.get(at, "").splitlines() if line.strip()]
        case "lasting" if (duration := iso_of(text, fields.get(f"{at}/unit", ""))) is not None:
            return duration
        case "size" if (size := bytes_of(text)) is not None:
            return size
        case "flag" if text in YES_NO:
            return text == "true"
        case _:
            return None if not text and (one.nullable or one.kind not in {"text", "area"}) else text


def _filled(children: tuple[Input, ...], fields: Mapping[str, str], root: str) -> bool:
    """Whether somebody wrote into any text of these; what is chosen from a list does not count beside texts."""
    texts = [one for one in children if one.kind in {"text", "area", "number", "day"}] or children
    return any(
        _filled(one.children, fields, f"{root}{one.name}/") if one.kind == "group" else fields.get(root + one.name, "")
        for one in texts
    )


def _fields(one: Input, value: Any, at: str) -> dict[str, str]:
    match one.kind:
        case "group":
            return fields_from(one.children, value or {}, f"{at}/")
        case "rows":
            found: dict[str, str] = {}
            for n, row in enumerate(value or ()):
                found |= fields_from(one.children, row, f"{at}/{n}/")
            return found
        case "ticks":
            return {f"{at}/{choice}": "on" for choice in value or ()}
        case "lines":
            return {at: "\n".join(str(line) for line in value or ())}
        case "flag":
            return {at: "" if value is None else str(value).lower()}
        case "lasting" if value is not None:
            count, unit = count_and_unit(value)
            return {at: str(count), f"{at}/unit": unit}
        case "size" if value is not None:
            return {at: f"{value / MEGABYTE:.6g}"}
        case _:
            return {at: "" if value is None else str(value)}
