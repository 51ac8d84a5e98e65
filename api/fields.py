"""Field types of request bodies: those of the configuration, serial numbers and postcodes."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticKnownError

from configuration.fields import Body, Day, Email, EmailOrNothing, Flag, Line, Required, Text, Whole, iso, printable
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


def _compares(text: str) -> str:
    if not normalise_postcode(text):
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return text


Postcode = Annotated[Required, StringConstraints(max_length=20), AfterValidator(_compares)]
Serial = Annotated[str, StringConstraints(max_length=100), AfterValidator(printable), AfterValidator(normalise_serial)]
