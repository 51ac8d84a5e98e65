"""Field types of what people send: parsed, trimmed and bounded at the edge."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    StrictBool,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from domain.errors import FieldError

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def printable(text: str) -> str:
    """The text, with no control characters but line breaks and tabs: nothing that a database, an email or a card cannot
    hold. Raises ValueError, as pydantic wants it."""
    if any(unicodedata.category(char) == "Cc" and char not in "\n\r\t" for char in text):
        raise ValueError("contains control characters")
    return text


def _one_line(text: str) -> str:
    if any(char in text for char in "\n\r\t\u2028\u2029"):
        raise ValueError("must be one line")
    return text


def iso(value: object) -> object:
    """The value; if it is a text, its day begins as 2026-11-01: pydantic would also read the seconds since 1970.

    Raises ValueError.
    """
    if isinstance(value, str) and not ISO_DATE.match(value):
        raise ValueError("must be a date as 2026-11-01")
    return value


def _iso_date(value: object) -> object:
    """Only `2026-11-01`: pydantic would also take numbers, instants, and seconds since 1970 as text."""
    if not isinstance(value, date) and not (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        raise ValueError("must be a date as 2026-11-01")
    return value


def _no_flag(value: object) -> object:
    """Only numbers: pydantic would also take `true` as 1. What a page sends is text, and parsed like any number."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004 - of these pydantic makes complaints
    return value


def _or_nothing(value: object, check: ValidatorFunctionWrapHandler) -> object:
    return "" if value == "" else check(value)


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(printable)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    AfterValidator(printable),
    AfterValidator(_one_line),
]
Required = Annotated[Line, StringConstraints(min_length=1)]
Whole = Annotated[int, BeforeValidator(_no_flag)]
Flag = StrictBool
Day = Annotated[date, BeforeValidator(_iso_date)]
Email = Annotated[EmailStr, StringConstraints(max_length=200)]
# Not a union: the pointers of its errors would name pydantic's own parts.
EmailOrNothing = Annotated[Email, WrapValidator(_or_nothing)]


class Body(BaseModel):
    """A body whose unknown fields are refused, so that a typing error never passes silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def pointed(failures: Sequence[Any], root: str = "") -> tuple[FieldError, ...]:
    """Pydantic's errors as JSON pointers below `root`; the value that was sent is not repeated."""
    return tuple(FieldError(root + _pointer(failure["loc"]), _sentence(failure)) for failure in failures)


def _pointer(loc: tuple[str | int, ...]) -> str:
    escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in loc)
    return "".join(f"/{part}" for part in escaped)


def _sentence(failure: Mapping[str, Any]) -> str:
    return str(failure["msg"]).removeprefix("Value error, ")


def refuse_twice(what: str, names: Iterable[str]) -> None:
    """Raise `ValueError` if one of the names stands there twice: for validators of lists."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} {name} stands here twice")
        seen.add(name)
