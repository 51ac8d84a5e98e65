"""What a request must fulfil before the desk takes it (`domain.md` §2.1, §3, §6).

Two lists: what makes a body wrong for anybody, and what only a requester is held to. A keyuser's corrections
are trusted: for them the second list becomes warnings.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from domain.errors import (
    DocumentMissing,
    FieldError,
    Invalid,
    KeydeskError,
    RegistrationLate,
    WholesalerNotConfigured,
    WholesalerNotDistributing,
)
from domain.requests import Attachment, UnitRole, WarrantyRequest
from domain.serials import is_serial
from domain.warranties import Goods


@dataclass(frozen=True)
class Product:
    """A product of the country's list: its role, and what policies match it by."""

    role: UnitRole
    goods: Goods


@dataclass(frozen=True)
class WholesalerCell:
    """What one wholesaler does with one line-up."""

    distributes: bool
    gives_warranty: bool


@dataclass(frozen=True)
class Requirement:
    """A document that the country asks for: media types it takes and its greatest size in bytes."""

    code: str
    required: bool
    media_types: tuple[str, ...]
    max_bytes: int


@dataclass(frozen=True)
class Upload:
    """A stored document that the requester may attach: its media type and size in bytes."""

    media_type: str
    size: int


@dataclass(frozen=True)
class Catalogue:
    """What the country knows that bears on one request. `uploads` holds only what the requester may attach.

    `attached` hangs on the request already: it was taken, whatever the country has come to ask for since.
    """

    today: date
    as_of: date
    line_ups: frozenset[str]
    products: Mapping[str, Product]
    wholesalers: frozenset[str]
    cell: WholesalerCell | None
    requirements: tuple[Requirement, ...]
    uploads: Mapping[str, Upload]
    serial_pattern: str | None = None
    registration_limit: timedelta | None = None
    attached: AbstractSet[Attachment] = frozenset()


def field_errors(request: WarrantyRequest, catalogue: Catalogue) -> tuple[FieldError, ...]:
    """Unknown references, serials out of format or repeated, a date in the future: wrong whoever writes it."""
    return (
        *_reference_errors(request, catalogue),
        *_unit_errors(request, catalogue),
        *document_errors(request.documents, catalogue.requirements, catalogue.uploads, catalogue.attached),
    )


def concerns(request: WarrantyRequest, catalogue: Catalogue) -> tuple[KeydeskError, ...]:
    """What a requester is refused for and a keyuser is warned of: matrix, deadline, missing documents."""
    return (
        *_wholesaler_concerns(request, catalogue),
        *_deadline_concerns(request, catalogue),
        *missing_documents(request.documents, catalogue.requirements),
    )


def check(request: WarrantyRequest, catalogue: Catalogue) -> None:
    """Hold a requester to everything. Raises Invalid with every bad field, else the first concern."""
    check_fields(request, catalogue)
    for concern in concerns(request, catalogue):
        raise concern


def check_fields(request: WarrantyRequest, catalogue: Catalogue) -> None:
    """Hold a keyuser's correction to shape and references only. Raises Invalid with every bad field."""
    if errors := field_errors(request, catalogue):
        raise Invalid("The request has fields that cannot be right; see errors.", fields=errors)


def _reference_errors(request: WarrantyRequest, catalogue: Catalogue) -> Iterator[FieldError]:
    if (request.wholesaler or request.asks_wholesaler) and request.wholesaler not in catalogue.wholesalers:
        yield FieldError("/wholesaler", f"{request.wholesaler} is not on the country's wholesaler list")
    if request.line_up not in catalogue.line_ups:
        yield FieldError("/line_up", f"{request.line_up} is not a line-up of this country")
    if request.commissioned_on > catalogue.today:
        yield FieldError("/commissioned_on", f"{request.commissioned_on} is in the future")


def _unit_errors(request: WarrantyRequest, catalogue: Catalogue) -> Iterator[FieldError]:
    if not request.outdoor_serials:
        yield FieldError("/units", "at least one outdoor unit is needed")
    seen: set[str] = set()
    for index, unit in enumerate(request.units):
        product = catalogue.products.get(unit.product)
        if product is None:
            yield FieldError(f"/units/{index}/product", f"{unit.product} is not a product of this country")
        elif product.goods.line_up != request.line_up:
            yield FieldError(f"/units/{index}/product", f"{unit.product} does not belong to {request.line_up}")
        elif product.role is not unit.role:
            yield FieldError(f"/units/{index}/role", f"{unit.product} is an {product.role} unit")
        if not is_serial(unit.serial, catalogue.serial_pattern):
            yield FieldError(f"/units/{index}/serial", "not a serial number: 4 to 30 letters and digits are expected")
        elif unit.serial in seen:
            yield FieldError(f"/units/{index}/serial", "this serial number is named twice")
        seen.add(unit.serial)


def document_errors(
    documents: Sequence[Attachment],
    asked: Sequence[Requirement],
    uploads: Mapping[str, Upload],
    attached: AbstractSet[Attachment],
) -> Iterator[FieldError]:
    """Documents that nobody asked for, that the requester may not attach, or that do not fit.

    What is `attached` already was held to that when it came: nobody has to give it up to correct something else.
    """
    requirements = {requirement.code: requirement for requirement in asked}
    for index, attachment in enumerate(documents):
        pointer = f"/documents/{index}"
        if attachment in documents[:index]:
            yield FieldError(f"{pointer}/document_id", "this document is attached twice")
        elif attachment not in attached:
            upload = uploads.get(attachment.document_id)
            yield from _misfits(pointer, attachment, requirements.get(attachment.requirement), upload)


def _misfits(
    pointer: str, attachment: Attachment, requirement: Requirement | None, upload: Upload | None
) -> Iterator[FieldError]:
    if requirement is None:
        yield FieldError(f"{pointer}/requirement", f"{attachment.requirement} is not asked for here")
    if upload is None:
        yield FieldError(f"{pointer}/document_id", "no such document")
    elif requirement is not None and upload.media_type not in requirement.media_types:
        yield FieldError(f"{pointer}/document_id", f"{upload.media_type} is not taken for {requirement.code}")
    elif requirement is not None and upload.size > requirement.max_bytes:
        yield FieldError(f"{pointer}/document_id", f"larger than {requirement.max_bytes} bytes")


def _wholesaler_concerns(request: WarrantyRequest, catalogue: Catalogue) -> Iterator[KeydeskError]:
    if not request.asks_wholesaler:
        return
    if catalogue.cell is None:
        yield WholesalerNotConfigured(
            f"Nobody has said yet whether {request.wholesaler} distributes {request.line_up}.",
            facts={"wholesaler": request.wholesaler, "line_up": request.line_up},
        )
    elif not catalogue.cell.distributes:
        yield WholesalerNotDistributing(
            f"{request.wholesaler} does not distribute {request.line_up}.",
            facts={"wholesaler": request.wholesaler, "line_up": request.line_up},
        )


def _deadline_concerns(request: WarrantyRequest, catalogue: Catalogue) -> Iterator[KeydeskError]:
    limit = catalogue.registration_limit
    if limit is not None and catalogue.as_of > request.commissioned_on + limit:
        day = (catalogue.as_of - request.commissioned_on).days
        yield RegistrationLate(
            f"Registered on day {day} after commissioning, the limit is {limit.days}.",
            facts={"day": day, "limit": limit.days},
        )


def missing_documents(documents: Sequence[Attachment], asked: Sequence[Requirement]) -> Iterator[KeydeskError]:
    """The refusal of a request without everything that the country requires."""
    attached = {attachment.requirement for attachment in documents}
    missing = [one.code for one in asked if one.required and one.code not in attached]
    if missing:
        yield DocumentMissing(
            f"These documents are required and missing: {', '.join(missing)}.",
            fields=[FieldError("/documents", f"{code} is missing") for code in missing],
            facts={"missing": missing},
        )
