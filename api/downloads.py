"""Files that a country offers to its partners, by product range: official templates, general information."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from api.configuring import REFUSALS, ConfigurerOf, author_of
from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from configuration import changing, reading
from configuration.downloads import DownloadShape
from configuration.registry import DOWNLOADS
from domain import errors
from domain.access import Role
from domain.errors import Forbidden, NotFound
from store.tables.configuration import Download

router = APIRouter(prefix="/countries/{country}/downloads", tags=["configuration"])


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


@router.post("", status_code=201, responses=documented(*REFUSALS, errors.AlreadyExists))
async def offer(country: str, body: DownloadShape, caller: ConfigurerOf, parts: PartsOf) -> DownloadView:
    """Offer an uploaded document for a range."""
    async with parts.sessions.begin() as session:
        entry = await changing.create(session, DOWNLOADS, country, body, author_of(caller, parts))
        return _view((await reading.find(session, DOWNLOADS, country, entry.key)).row)


@router.delete("/{download_id}", status_code=204, responses=documented(*REFUSALS))
async def withdraw(country: str, download_id: int, caller: ConfigurerOf, parts: PartsOf) -> None:
    """Offer it no longer."""
    async with parts.sessions.begin() as session:
        row = await session.get(Download, download_id) if 0 < download_id < 2**31 else None
        if row is None or row.country != country:
            raise NotFound("There is no such download.")
        stored = await reading.find(session, DOWNLOADS, country, f"{row.product_range}/{row.title}")
        version = stored.entry.version
        await changing.delete(session, DOWNLOADS, country, stored.entry.key, version, author_of(caller, parts))


def _view(row: Download) -> DownloadView:
    return DownloadView(id=row.id, title=row.title, href=f"/api/v1/documents/{row.document_id}")
