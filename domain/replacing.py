"""What a unit replacement must fulfil before the desk takes it (`domain.md` §2.5).

As in `domain.submission`: what is wrong for anybody, and what only a requester is held to.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from domain.errors import (
    AlreadyReplaced,
    DuplicateSerial,
    FieldError,
    Invalid,
    KeydeskError,
    ReasonNotAllowed,
    ReasonRequired,
    RegistrationLate,
)
from domain.replacements import OldUnit, Swap, reason_of
from domain.requests import Attachment, UnitReplacement, UnitRole
from domain.serials import is_serial
from domain.submission import Product, Requirement, Upload, document_errors, missing_documents


@dataclass(frozen=True)
class Installed:
    """A unit that an accepted request brought, and what is known of it beside its warranties.

    `postcode` and `city` are those of the installation.
    """

    unit: OldUnit
    role: UnitRole
    product: str
    line_up: str | None
    postcode: str
    city: str


@dataclass(frozen=True)
class Known:
    """What the country knows that bears on one replacement. `old` is None for a unit that it does not know.

    `replaced`: the old unit was replaced already. `new_is_known`: a live request names the new serial.
    `filed_on` is the day of the first submission, `limit` how long after the replacement that may be. `attached`
    hangs on the request already.
    """

    today: date
    filed_on: date
    limit: timedelta
    old: Installed | None
    replaced: bool
    new_is_known: bool
    product: Product | None
    requirements: tuple[Requirement, ...]
    uploads: Mapping[str, Upload]
    serial_pattern: str | None = None
    attached: AbstractSet[Attachment] = frozenset()


def swap_of(data: UnitReplacement) -> Swap:
    """The facts from which the outcome follows."""
    return Swap(
        new_serial=data.new_unit.serial,
        replaced_on=data.replaced_on,
        reason=data.coverage_reason,
        sales_method=data.sales_method,
        old_unit_returned=data.old_unit_returned,
    )


def field_errors(data: UnitReplacement, known: Known) -> tuple[FieldError, ...]:
    """Unknown references, serials out of format, a day that cannot be: wrong whoever writes it."""
    return (
        *_old_errors(data, known),
        *_new_errors(data, known),
        *document_errors(data.documents, known.requirements, known.uploads, known.attached),
    )


def concerns(data: UnitReplacement, known: Known) -> tuple[KeydeskError, ...]:
    """What a requester is refused for and a keyuser is warned of: serials, deadline, reason, missing documents."""
    return (
        *_serial_concerns(data, known),
        *_deadline_concerns(data, known),
        *_reason_concerns(data, known),
        *missing_documents(data.documents, known.requirements),
    )


def check(data: UnitReplacement, known: Known) -> None:
    """Hold a requester to everything. Raises Invalid with every bad field, else the first concern."""
    check_fields(data, known)
    for concern in concerns(data, known):
        raise concern


def check_fields(data: UnitReplacement, known: Known) -> None:
    """Hold a keyuser's correction to shape and references only. Raises Invalid with every bad field."""
    if errors := field_errors(data, known):
        raise Invalid("The request has fields that cannot be right; see errors.", fields=errors)


def _old_errors(data: UnitReplacement, known: Known) -> Iterator[FieldError]:
    if known.old is None:
        yield FieldError("/old_serial", "no installed unit of this country carries this serial number")
    if data.replaced_on > known.today:
        yield FieldError("/replaced_on", f"{data.replaced_on} is in the future")
    elif known.old is not None and data.replaced_on < known.old.unit.since:
        yield FieldError("/replaced_on", "the old unit was not installed yet on that day")


def _new_errors(data: UnitReplacement, known: Known) -> Iterator[FieldError]:
    reference, product = data.new_unit.product, known.product
    if product is None:
        yield FieldError("/new_unit/product", f"{reference} is not a product of this country")
    elif known.old is not None and product.role is not known.old.role:
        yield FieldError("/new_unit/product", f"{reference} is an {product.role} unit, the old one is not")
    elif known.old is not None and product.goods.line_up != known.old.line_up:
        yield FieldError("/new_unit/product", f"{reference} does not belong to the old unit's line-up")
    if not is_serial(data.new_unit.serial, known.serial_pattern):
        yield FieldError("/new_unit/serial", "not a serial number: 4 to 30 letters and digits are expected")
    elif data.new_unit.serial == data.old_serial:
        yield FieldError("/new_unit/serial", "the new unit carries the serial number of the old one")


def _serial_concerns(data: UnitReplacement, known: Known) -> Iterator[KeydeskError]:
    if known.replaced:
        yield AlreadyReplaced(f"The unit {data.old_serial} was replaced already.", facts={"serial": data.old_serial})
    if known.new_is_known:
        serial = data.new_unit.serial
        yield DuplicateSerial(f"The unit {serial} is known to the country already.", facts={"serial": serial})


def _deadline_concerns(data: UnitReplacement, known: Known) -> Iterator[KeydeskError]:
    day = (known.filed_on - data.replaced_on).days
    if day > known.limit.days:
        yield RegistrationLate(
            f"Filed on day {day} after the replacement, the limit is {known.limit.days}.",
            facts={"day": day, "limit": known.limit.days},
        )


def _reason_concerns(data: UnitReplacement, known: Known) -> Iterator[KeydeskError]:
    if known.old is None:
        return
    try:
        reason_of(swap_of(data), known.old.unit)
    except (ReasonRequired, ReasonNotAllowed) as concern:
        yield concern
