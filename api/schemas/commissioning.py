"""The body of a commissioning request, as sent and as shown."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from api.fields import Body, Day, EmailOrNothing, Line, Required, Serial, Text
from domain import requests
from domain.policies import SalesMethod
from domain.requests import Attachment, UnitRole

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


class EndUserBody(Body):
    """The owner of the installation."""

    name: Required
    address: Required
    postcode: Annotated[Required, StringConstraints(max_length=20)]
    city: Required
    email: EmailOrNothing = ""
    phone: Annotated[Line, StringConstraints(max_length=50)] = ""


class UnitBody(Body):
    """One serialised product. The serial is taken with spaces, dashes and in any case."""

    role: UnitRole
    product: Required
    serial: Serial


class AttachmentBody(Body):
    """An uploaded document and the requirement that it answers."""

    requirement: Required
    document_id: UUID

    def parsed(self) -> Attachment:
        """As the domain has it."""
        return Attachment(self.requirement, str(self.document_id))


class CommissioningBody(Body):
    """What an installer sends after commissioning units."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    country: Required
    wholesaler: Required
    line_up: Required
    commissioned_on: Day
    sales_method: SalesMethod = SalesMethod.DIRECT_SALE
    end_user: EndUserBody
    units: Annotated[tuple[UnitBody, ...], Field(max_length=MAX_UNITS)]
    documents: Annotated[tuple[AttachmentBody, ...], Field(max_length=MAX_DOCUMENTS)] = ()
    remarks: Text = ""

    def parsed(self) -> requests.Commissioning:
        """As the domain has it: serials normalised."""
        return requests.Commissioning(
            country=self.country,
            wholesaler=self.wholesaler,
            line_up=self.line_up,
            commissioned_on=self.commissioned_on,
            end_user=requests.EndUser(**self.end_user.model_dump()),
            units=tuple(requests.Unit(**unit.model_dump()) for unit in self.units),
            documents=tuple(one.parsed() for one in self.documents),
            sales_method=self.sales_method,
            remarks=self.remarks,
        )

    @classmethod
    def shown(cls, data: requests.Commissioning) -> dict[str, Any]:
        """The body that would give `data`: what clients read, and what a merge patch is applied to."""
        return {
            "country": data.country,
            "wholesaler": data.wholesaler,
            "line_up": data.line_up,
            "commissioned_on": data.commissioned_on.isoformat(),
            "sales_method": data.sales_method.value,
            "end_user": {
                "name": data.end_user.name,
                "email": data.end_user.email,
                "phone": data.end_user.phone,
                "address": data.end_user.address,
                "postcode": data.end_user.postcode,
                "city": data.end_user.city,
            },
            "units": [{"role": u.role.value, "product": u.product, "serial": u.serial} for u in data.units],
            "documents": [{"requirement": one.requirement, "document_id": one.document_id} for one in data.documents],
            "remarks": data.remarks,
        }
