"""The bodies of requests for a warranty, as sent and as shown."""

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from api.fields import Body, Day, Email, EmailOrNothing, Line, Postcode, Required, Serial, Text
from api.schemas.bodies import AttachmentBody, RequestBody
from domain import requests
from domain.policies import SalesMethod
from domain.requests import UnitRole, WarrantyRequest

MAX_UNITS = 60
MAX_DOCUMENTS = 40

EXAMPLE: dict[str, Any] = {
    "country": "ES",
    "wholesaler": "DEF",
    "line_up": "residential",
    "commissioned_on": "2026-11-01",
    "sales_method": "direct_sale",
    "end_user": {
        "name": "Lucía Pérez",
        "email": "lucia@example.org",
        "phone": "",
        "address": "Calle Mayor 1",
        "postcode": "28013",
        "city": "Madrid",
    },
    "units": [
        {"role": "outdoor", "product": "CU-2Z50TBE", "serial": "4481-0001 a"},
        {"role": "indoor", "product": "CS-Z25TKEW", "serial": "55100001"},
    ],
    "documents": [
        {"requirement": "commissioning-sheet", "document_id": "0d5f3a52-5d0e-4b5c-9d43-3f2f3f6d1a10"},
        {"requirement": "invoice", "document_id": "8a0c3a0e-3f5b-4f52-8a4e-0b6f6f1f9b11"},
    ],
    "remarks": "",
}


EXTENSION_EXAMPLE: dict[str, Any] = {
    **{name: value for name, value in EXAMPLE.items() if name != "wholesaler"},
    "documents": [EXAMPLE["documents"][1]],
    "warranty_code": "",
}
END_USER_EXAMPLE: dict[str, Any] = {
    **{name: value for name, value in EXTENSION_EXAMPLE.items() if name != "warranty_code"},
    "partner": "Clima Sol",
}


class EndUserBody(Body):
    """The owner of the installation."""

    name: Required
    address: Required
    postcode: Postcode
    city: Required
    email: EmailOrNothing = ""
    phone: Annotated[Line, StringConstraints(max_length=50)] = ""


class UnitBody(Body):
    """One serialised product. The serial is taken with spaces, dashes and in any case."""

    role: UnitRole
    product: Required
    serial: Serial


class EndUserWithEmailBody(EndUserBody):
    """The owner of the installation, to whom the card is mailed."""

    email: Email


class WarrantyBody(RequestBody):
    """What every request for a warranty has. A kind adds its own fields."""

    carried: ClassVar[type[WarrantyRequest]]

    line_up: Required
    commissioned_on: Day
    sales_method: SalesMethod = SalesMethod.DIRECT_SALE
    end_user: EndUserBody
    units: Annotated[tuple[UnitBody, ...], Field(max_length=MAX_UNITS)]
    documents: Annotated[tuple[AttachmentBody, ...], Field(max_length=MAX_DOCUMENTS)] = ()
    wholesaler: Line = ""
    remarks: Text = ""

    def parsed(self) -> WarrantyRequest:
        """As the domain has it: serials normalised."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        return self.carried(
            **{
                **own,
                "end_user": requests.EndUser(**self.end_user.model_dump()),
                "units": tuple(requests.Unit(**unit.model_dump()) for unit in self.units),
                "documents": tuple(one.parsed() for one in self.documents),
            }
        )


class CommissioningBody(WarrantyBody):
    """What an installer sends after commissioning units."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})
    carried = requests.Commissioning

    wholesaler: Required


class WarrantyExtensionBody(WarrantyBody):
    """What a PRO Partner sends; with a warranty code where the country asks for one (mode b)."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXTENSION_EXAMPLE]})
    carried = requests.WarrantyExtension

    warranty_code: Annotated[Line, AfterValidator(str.upper)] = ""


class EndUserWarrantyBody(WarrantyBody):
    """What an end user sends from the landing page; `partner` is the name of a PRO Partner."""

    model_config = ConfigDict(json_schema_extra={"examples": [END_USER_EXAMPLE]})
    carried = requests.EndUserWarranty

    end_user: EndUserWithEmailBody
    partner: Required


class ExtraYearsBody(WarrantyBody):
    """Extra years as keyusers see and save them: the warranty that they rest on is `base`."""

    carried = requests.ExtraYears

    end_user: EndUserWithEmailBody
    partner: Required
    base: Required
