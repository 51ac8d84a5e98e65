"""What each kind of request carries, already parsed and normalised (`domain.md` §2)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from domain.policies import SalesMethod


class UnitRole(StrEnum):
    """Which side of the wall a unit hangs on."""

    OUTDOOR = "outdoor"
    INDOOR = "indoor"


@dataclass(frozen=True)
class EndUser:
    """The owner of the installation. Personal data: stays in the database."""

    name: str
    address: str
    postcode: str
    city: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Unit:
    """One serialised product. `serial` is normalised."""

    role: UnitRole
    product: str
    serial: str


@dataclass(frozen=True)
class Attachment:
    """An uploaded document that answers one requirement of the country."""

    requirement: str
    document_id: str


@dataclass(frozen=True)
class Commissioning:
    """What an installer asks for after commissioning units."""

    country: str
    wholesaler: str
    line_up: str
    commissioned_on: date
    end_user: EndUser
    units: tuple[Unit, ...]
    documents: tuple[Attachment, ...] = ()
    sales_method: SalesMethod = SalesMethod.DIRECT_SALE
    remarks: str = ""

    @property
    def outdoor_serials(self) -> tuple[str, ...]:
        """Serials of the outdoor units, sorted: the order in which they are claimed, so that rivals never deadlock."""
        return tuple(sorted({unit.serial for unit in self.units if unit.role is UnitRole.OUTDOOR}))

    def with_documents(self, documents: tuple[Attachment, ...]) -> "Commissioning":
        """The same request with other documents."""
        return replace(self, documents=documents)
