"""Uploaded documents."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller, Owner
from store.tables.documents import Document
from store.tables.requests import Request, RequestDocument


async def document(session: AsyncSession, document_id: UUID) -> Document | None:
    """One document, whoever may see it."""
    return await session.get(Document, document_id)


def owner_of(row: Document) -> Owner:
    """Whose document it is."""
    return Owner(country=row.country, login=row.login, company_id=row.company_id)


async def attached_within_sight(session: AsyncSession, document_id: UUID, caller: Caller) -> bool:
    """Whether the document hangs on a request of the caller's company or login."""
    theirs = Request.login == caller.login
    if caller.company_id is not None:
        theirs = or_(theirs, Request.company_id == caller.company_id)
    found = await session.scalar(
        select(RequestDocument.id)
        .join(Request, Request.id == RequestDocument.request_id)
        .where(RequestDocument.document_id == document_id, theirs)
        .limit(1)
    )
    return found is not None
