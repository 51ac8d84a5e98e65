"""What each kind of request carries, already parsed and normalised (`domain.md` §2)."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from domain.policies import SalesMethod, Tag
from domain.pools import Pool
from domain.states import Kind


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
class Carried:
    """What a request of any kind carries. A kind is a subclass that names itself and says what is its own."""

    kind: ClassVar[Kind]

    country: str

    @property
    def documents(self) -> tuple[Attachment, ...]:
        """Everything that is attached, wherever it hangs."""
        return ()

    @property
    def claimed_serials(self) -> tuple[str, ...]:
        """Serials that only one live request of the kind may name, sorted: rivals that claim them never deadlock."""
        return ()

    def with_documents(self, documents: tuple[Attachment, ...]) -> Self:
        """The same request with what is attached to it as a whole; a kind without such documents stays as it is."""
        return self


@dataclass(frozen=True)
class WarrantyRequest(Carried):
    """What every request for a warranty carries.

    `pool` is where its number comes from; `asks_wholesaler`: the matrix has a say; `chosen_by` is the tag of the
    policies from which the keyuser chooses one, None where the engine selects.
    """

    pool: ClassVar[Pool] = Pool.CARD
    asks_wholesaler: ClassVar[bool] = False
    chosen_by: ClassVar[Tag | None] = None

    line_up: str
    commissioned_on: date
    end_user: EndUser
    units: tuple[Unit, ...]
    documents: tuple[Attachment, ...] = ()
    wholesaler: str = ""
    sales_method: SalesMethod = SalesMethod.DIRECT_SALE
    remarks: str = ""

    @property
    def outdoor_serials(self) -> tuple[str, ...]:
        """Serials of the outdoor units, sorted."""
        return tuple(sorted({unit.serial for unit in self.units if unit.role is UnitRole.OUTDOOR}))

    @property
    def claimed_serials(self) -> tuple[str, ...]:
        """Those of the outdoor units (`domain.md` §5)."""
        return self.outdoor_serials

    def with_documents(self, documents: tuple[Attachment, ...]) -> Self:
        """The same request with other documents."""
        return replace(self, documents=documents)


@dataclass(frozen=True)
class Commissioning(WarrantyRequest):
    """What an installer asks for after commissioning units (`domain.md` §2.1)."""

    kind = Kind.COMMISSIONING
    asks_wholesaler = True


@dataclass(frozen=True)
class WarrantyExtension(WarrantyRequest):
    """What a PRO Partner asks for; in a country of mode b with a warranty code (`domain.md` §2.1, §4)."""

    kind = Kind.WARRANTY_EXTENSION
    pool = Pool.EXTENSION

    warranty_code: str = ""


@dataclass(frozen=True)
class EndUserWarranty(WarrantyRequest):
    """What an end user asks for on the landing page; `partner` is a PRO Partner's name (`domain.md` §2.2)."""

    kind = Kind.END_USER_WARRANTY
    chosen_by = Tag.END_USER

    partner: str = ""


@dataclass(frozen=True)
class ExtraYears(WarrantyRequest):
    """More years on top of the end-user warranty `base`, whose units and end user it repeats (`domain.md` §2.3)."""

    kind = Kind.EXTRA_YEARS
    chosen_by = Tag.EXTRA_END_USER

    partner: str = ""
    base: str = ""


@dataclass(frozen=True)
class NewUnit:
    """The unit that takes the place of another; it has the role of that one. `serial` is normalised."""

    product: str
    serial: str


@dataclass(frozen=True)
class UnitReplacement(Carried):
    """What a PRO Partner asks for after swapping a unit (`domain.md` §2.5). Serials are normalised."""

    kind = Kind.UNIT_REPLACEMENT
    pool: ClassVar[Pool] = Pool.CARD

    old_serial: str
    new_unit: NewUnit
    replaced_on: date
    coverage_reason: str = ""
    sales_method: SalesMethod = SalesMethod.DIRECT_SALE
    old_unit_returned: bool = False
    documents: tuple[Attachment, ...] = ()

    @property
    def claimed_serials(self) -> tuple[str, ...]:
        """That of the old unit: it is replaced once."""
        return (self.old_serial,)

    def with_documents(self, documents: tuple[Attachment, ...]) -> Self:
        """The same request with other documents."""
        return replace(self, documents=documents)


@dataclass(frozen=True)
class Line:
    """So many pieces of a product, with what the campaign asks to know about them and the documents for them."""

    product: str
    quantity: int
    info: dict[str, str] = field(default_factory=dict)
    documents: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Points(Carried):
    """What a participant asks of a campaign (`domain.md` §2.4). Its documents hang on lines; one may serve several."""

    kind = Kind.POINTS

    campaign: str
    lines: tuple[Line, ...]
    coupon: str = ""

    @property
    def documents(self) -> tuple[Attachment, ...]:
        """Those of all lines, each once."""
        return tuple(dict.fromkeys(one for line in self.lines for one in line.documents))


CARRIED: dict[Kind, type[Carried]] = {
    one.kind: one for one in (Commissioning, WarrantyExtension, EndUserWarranty, ExtraYears, Points, UnitReplacement)
}
