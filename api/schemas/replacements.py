"""The body of a unit replacement, and what it brings about as shown."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.fields import Body, Day, Flag, Line, Required, Serial
from api.schemas.bodies import AttachmentBody, RequestBody
from api.schemas.warranties import MAX_DOCUMENTS
from domain import requests
from domain.policies import SalesMethod

EXAMPLE: dict[str, Any] = {
    "country": "ES",
    "old_serial": "44810001A",
    "new_unit": {"product": "CU-2Z50TBE", "serial": "4481-0900 c"},
    "replaced_on": "2026-11-20",
    "coverage_reason": "factory-defect",
    "sales_method": "direct_sale",
    "old_unit_returned": True,
    "documents": [{"requirement": "invoice", "document_id": "8a0c3a0e-3f5b-4f52-8a4e-0b6f6f1f9b11"}],
}


class NewUnitBody(Body):
    """The unit that was put in. The serial is taken with spaces, dashes and in any case."""

    product: Required
    serial: Serial


class UnitReplacementBody(RequestBody):
    """What a PRO Partner sends after swapping a unit. The coverage reason is for units under warranty only."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})
    carried = requests.UnitReplacement

    old_serial: Serial
    new_unit: NewUnitBody
    replaced_on: Day
    coverage_reason: Line | None = None
    sales_method: SalesMethod = SalesMethod.DIRECT_SALE
    old_unit_returned: Flag = False
    documents: Annotated[tuple[AttachmentBody, ...], Field(max_length=MAX_DOCUMENTS)] = ()

    def parsed(self) -> requests.UnitReplacement:
        """As the domain has it: serials normalised, no reason as an empty one."""
        return requests.UnitReplacement(
            country=self.country,
            old_serial=self.old_serial,
            new_unit=requests.NewUnit(self.new_unit.product, self.new_unit.serial),
            replaced_on=self.replaced_on,
            coverage_reason=self.coverage_reason or "",
            sales_method=self.sales_method,
            old_unit_returned=self.old_unit_returned,
            documents=tuple(one.parsed() for one in self.documents),
        )


class NewTierView(BaseModel):
    """One tier of the new unit. `used_days` and `remaining_days` are those of a tier that was carried over."""

    tier: str
    start: date
    end: date
    days: int
    used_days: int | None
    remaining_days: int | None


class MoveView(BaseModel):
    """One unit goes from one warehouse place to another, or to the end user (`installed`)."""

    model_config = ConfigDict(populate_by_name=True)

    serial: str
    source: str = Field(alias="from")
    target: str = Field(alias="to")


class ReplacementView(BaseModel):
    """What the replacement brings about: a preview for keyusers while it is pending, then what was booked.

    `old_request` brought the old unit's warranty; it is shown to those who may read it.
    """

    charge: str
    reason: str | None
    policy: str | None
    tiers: list[NewTierView]
    moves: list[MoveView]
    old_request: str | None
