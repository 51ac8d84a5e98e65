"""Files that a country offers to its partners, by product range: official templates, general information."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select

from api.configuring import REFUSALS, ConfigurerOf
from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from api.fields import Body, Required
from domain import errors
from domain.access import Role
from domain.errors import FieldError, Forbidden, Invalid, NotFound
from store import accounts
from store.tables.configuration import Download, LineUp
from store.tables.documents import Document

router = APIRouter(prefix="/countries/{country}/downloads", tags=["configuration"])


class DownloadBody(Body):
    """A document that a keyuser uploaded, under a title, for a range."""

    product_range: Required
    title: Required
    document_id: UUID
    position: Annotated[int, Field(ge=1, le=1000)] = 1


class DownloadView(BaseModel):
    """One file; `href` gives it to accounts of the country."""

    id: int
    title: str
    href: str


class Range(BaseModel):
    """The files of one range."""

    product_range: str
    items: list[DownloadView]


class Downloads(BaseModel):
    """Ranges with their files; a range without files does not appear."""

    items: list[Range]


@router.get("", responses=documented(errors.NotAuthenticated, errors.Forbidden, errors.NotFound))
async def read_downloads(country: str, caller: CallerOf, parts: PartsOf) -> Downloads:
    """What the country offers, by range."""
    if caller.role is Role.ADMIN:
        raise Forbidden("Your role does not read downloads.")
    if caller.country not in {None, country}:
        raise NotFound(f"There is no country {country} for this account.")
    async with parts.sessions() as session:
        rows = await session.scalars(
            select(Download)
            .where(Download.country == country)
            .order_by(Download.product_range, Download.position, Download.id)
        )
        ranges: dict[str, list[DownloadView]] = {}
        for row in rows:
            ranges.setdefault(row.product_range, []).append(_view(row))
    return Downloads(items=[Range(product_range=name, items=items) for name, items in ranges.items()])


@router.post("", status_code=201, responses=documented(*REFUSALS))
async def offer(country: str, body: DownloadBody, _: ConfigurerOf, parts: PartsOf) -> DownloadView:
    """Offer an uploaded document for a range."""
    async with parts.sessions.begin() as session:
        wrong = []
        if await session.get(LineUp, {"country": country, "code": body.product_range}) is None:
            wrong.append(FieldError("/product_range", "not a range of this country"))
        document = await session.get(Document, body.document_id)
        uploader = await accounts.account_of(session, document.login) if document and document.login else None
        if uploader is None or uploader.role != Role.KEYUSER or uploader.country != country:
            wrong.append(FieldError("/document_id", "not a document that a keyuser of this country uploaded"))
        if wrong:
            raise Invalid("This cannot be offered.", fields=wrong)
        row = Download(
            country=country,
            product_range=body.product_range,
            title=body.title,
            document_id=body.document_id,
            position=body.position,
        )
        session.add(row)
        await session.flush()
        return _view(row)


@router.delete("/{download_id}", status_code=204, responses=documented(*REFUSALS))
async def withdraw(country: str, download_id: int, _: ConfigurerOf, parts: PartsOf) -> None:
    """Offer it no longer."""
    async with parts.sessions.begin() as session:
        row = await session.get(Download, download_id) if download_id < 2**31 else None
        if row is None or row.country != country:
            raise NotFound("There is no such download.")
        await session.delete(row)


def _view(row: Download) -> DownloadView:
    return DownloadView(id=row.id, title=row.title, href=f"/api/v1/documents/{row.document_id}")
