"""Uploaded documents."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Exists, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller, Owner
from domain.errors import FieldError, Invalid
from domain.states import Kind
from store.tables.configuration import Documentation, Download
from store.tables.documents import Document
from store.tables.requests import Request, RequestDocument


@dataclass(frozen=True)
class Named:
    """A document of a request, by what it answers and what its file is called."""

    requirement: str
    document_id: str
    filename: str


async def document(session: AsyncSession, document_id: UUID) -> Document | None:
    """One document, whoever may see it."""
    return await session.get(Document, document_id)


def owner_of(row: Document) -> Owner:
    """Whose document it is."""
    return Owner(country=row.country or "", login=row.login, company_id=row.company_id)


async def offered_in(session: AsyncSession, document_id: UUID, country: str | None) -> bool:
    """Whether the document is one of the country's downloads, or a form to fill in for one of its requests."""
    download = exists().where(Download.document_id == document_id, Download.country == country)
    return bool(await session.scalar(select(or_(download, _template(document_id, country)))))


async def template_of_end_users(session: AsyncSession, document_id: UUID, country: str) -> Document | None:
    """The document, if it is a form to fill in for end-user warranties of the country."""
    wanted = _template(document_id, country).where(Documentation.kind == Kind.END_USER_WARRANTY)
    return await session.scalar(select(Document).where(Document.id == document_id, wanted))


def _template(document_id: UUID, country: str | None) -> Exists:
    return exists().where(Documentation.template_id == document_id, Documentation.country == country)


async def attached_within_sight(session: AsyncSession, document_id: UUID, caller: Caller) -> bool:
    """Whether the document hangs on a request of the caller's company or login."""
    theirs = Request.login == caller.login
    if caller.company_id is not None:
        theirs = or_(theirs, Request.company_id == caller.company_id)
    if caller.kinds is not None:
        theirs = and_(theirs, Request.kind.in_(caller.kinds))
    found = await session.scalar(
        select(RequestDocument.id)
        .join(Request, Request.id == RequestDocument.request_id)
        .where(RequestDocument.document_id == document_id, theirs)
        .limit(1)
    )
    return found is not None


async def named(session: AsyncSession, request_id: str) -> list[Named]:
    """What counts now on a request, each document once though it may serve several lines."""
    rows = await session.execute(
        select(RequestDocument.requirement, RequestDocument.document_id, Document.filename)
        .join(Document, Document.id == RequestDocument.document_id)
        .where(RequestDocument.request_id == request_id, RequestDocument.replaced.is_(False))
        .order_by(RequestDocument.id)
    )
    found = [Named(requirement, str(document_id), filename) for requirement, document_id, filename in rows]
    return list(dict.fromkeys(found))


async def use_up(session: AsyncSession, row: Request, at: datetime) -> None:
    """Make a visitor's documents those of this request: each is usable once. Raises Invalid for one that is gone."""
    attached = select(RequestDocument.document_id).where(RequestDocument.request_id == row.id).distinct()
    wanted = len((await session.scalars(attached)).all())
    used = await session.scalars(
        update(Document)
        .where(Document.id.in_(attached), Document.used_by.is_(None), Document.usable_until > at)
        .values(used_by=row.id, country=row.country)
        .returning(Document.id)
    )
    if len(used.all()) < wanted:
        raise Invalid("A document was used before; upload it again.", fields=[FieldError("/documents", "used before")])
