"""What a country's configuration says about one request."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Owner, Role
from domain.requests import UnitRole, WarrantyRequest
from domain.states import Kind
from domain.submission import Catalogue, Product, Requirement, Upload, WholesalerCell
from domain.warranties import Goods
from store.tables import configuration as tables
from store.tables.countries import Account, Country
from store.tables.documents import Document


async def catalogue_for(
    session: AsyncSession, kind: Kind, request: WarrantyRequest, owner: Owner, *, today: date, as_of: date
) -> Catalogue:
    """Everything that bears on `request`; `uploads` holds only documents of the owner's company or country desk."""
    country = await session.get_one(Country, request.country)
    cell = await cell_of(session, request)
    line_ups = await session.scalars(
        select(tables.LineUp.code).where(
            tables.LineUp.country == request.country, tables.LineUp.code == request.line_up
        )
    )
    wholesalers = await session.scalars(
        select(tables.Wholesaler.code).where(
            tables.Wholesaler.country == request.country, tables.Wholesaler.code == request.wholesaler
        )
    )
    return Catalogue(
        today=today,
        as_of=as_of,
        line_ups=frozenset(line_ups),
        products=await products_of(session, request.country, (unit.product for unit in request.units)),
        wholesalers=frozenset(wholesalers),
        cell=cell,
        requirements=await requirements_of(session, request.country, kind, request.line_up),
        uploads=await uploads(session, (one.document_id for one in request.documents), owner),
        serial_pattern=country.serial_pattern,
        registration_limit=country.registration_limit,
    )


async def cell_of(session: AsyncSession, request: WarrantyRequest) -> WholesalerCell | None:
    """The matrix cell of the request's wholesaler and line-up, None if not configured."""
    row = await session.get(
        tables.WholesalerCell,
        {"country": request.country, "wholesaler": request.wholesaler, "line_up": request.line_up},
    )
    return None if row is None else WholesalerCell(row.distributes, row.gives_warranty)


async def products_of(session: AsyncSession, country: str, references: Iterable[str]) -> dict[str, Product]:
    """The named products of a country, by reference; unknown ones are absent."""
    rows = await session.scalars(
        select(tables.Product).where(tables.Product.country == country, tables.Product.reference.in_(set(references)))
    )
    return {
        row.reference: Product(
            role=UnitRole(row.role),
            goods=Goods(
                reference=row.reference,
                brand=row.brand,
                type=row.type,
                family=row.family,
                line_up=row.line_up,
            ),
        )
        for row in rows
    }


async def requirements_of(session: AsyncSession, country: str, kind: Kind, line_up: str) -> tuple[Requirement, ...]:
    """The documents that a country asks for, in the order of its form."""
    rows = await session.scalars(
        select(tables.Documentation)
        .where(
            tables.Documentation.country == country,
            tables.Documentation.kind == kind,
            tables.Documentation.line_up == line_up,
        )
        .order_by(tables.Documentation.position, tables.Documentation.requirement)
    )
    return tuple(
        Requirement(
            code=row.requirement,
            required=row.required,
            media_types=tuple(row.media_types),
            max_bytes=row.max_bytes,
        )
        for row in rows
    )


async def uploads(session: AsyncSession, document_ids: Iterable[str], owner: Owner) -> dict[str, Upload]:
    """Those of the documents that the owner may attach."""
    ids = {UUID(one) for one in document_ids}
    rows = await session.scalars(
        select(Document).where(Document.id.in_(ids), Document.erased_at.is_(None), _attachable(owner))
    )
    return {str(row.id): Upload(media_type=row.media_type, size=row.size) for row in rows}


def _attachable(owner: Owner) -> ColumnElement[bool]:
    """Documents of the requester's side, and those that a keyuser of the country uploaded for it.

    An end user attaches what a visitor uploaded: who knows its id may use it, once.
    """
    of_keyusers = Document.login.in_(
        select(Account.login).where(Account.role == Role.KEYUSER, Account.country == owner.country)
    )
    if owner.login is None:
        return or_(Document.login.is_(None), of_keyusers)
    theirs: list[ColumnElement[bool]] = [Document.login == owner.login, of_keyusers]
    if owner.company_id is not None:
        theirs.append(Document.company_id == owner.company_id)
    return and_(Document.country == owner.country, or_(*theirs))
