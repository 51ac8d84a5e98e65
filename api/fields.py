"""Field types of request bodies: those of the configuration, serial numbers and postcodes."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticKnownError

from configuration import fields
from configuration.fields import Body, Day, Email, EmailOrNothing, Flag, Line, Text, Whole, iso, printable
from domain.serials import normalise_postcode, normalise_serial

__all__ = [
    "Body",
    "Day",
    "Email",
    "EmailOrNothing",
    "Flag",
    "Line",
    "Postcode",
    "Required",
    "Serial",
    "Text",
    "Whole",
    "iso",
]


def _to_be_seen(text: str) -> str:
    if all(char.isspace() or not char.isprintable() for char in text):
        raise EMPTY
    return text


def _compares(text: str) -> str:
    if not normalise_postcode(text):
        raise EMPTY
    return text


EMPTY = PydanticKnownError("string_too_short", {"min_length": 1})
# What the configuration has stored is read through its own, which may not become stricter.
Required = Annotated[fields.Required, AfterValidator(_to_be_seen)]
Postcode = Annotated[Required, StringConstraints(max_length=20), AfterValidator(_compares)]
Serial = Annotated[str, StringConstraints(max_length=100), AfterValidator(printable), AfterValidator(normalise_serial)]
