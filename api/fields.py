"""Field types of request bodies: those of the configuration, and serial numbers."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from configuration.fields import Body, Day, Email, EmailOrNothing, Line, Required, Text, Whole, printable
from domain.serials import normalise_serial

__all__ = ["Body", "Day", "Email", "EmailOrNothing", "Line", "Required", "Serial", "Text", "Whole"]

Serial = Annotated[str, StringConstraints(max_length=100), AfterValidator(printable), AfterValidator(normalise_serial)]
