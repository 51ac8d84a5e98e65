"""Dataclasses of the domain as JSON documents in the database, and back."""

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(of: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", of))


def to_json(value: object) -> dict[str, Any]:
    """The JSON form of a dataclass: dates as ISO strings, tuples as lists."""
    return cast("dict[str, Any]", _adapter(cast("Hashable", type(value))).dump_python(value, mode="json"))


def from_json(of: type[T], document: dict[str, Any]) -> T:
    """The dataclass that `to_json` wrote. Unknown fields of a newer release are ignored."""
    return cast("T", _adapter(cast("Hashable", of)).validate_python(document))
