"""Drafts of requests: what is typed and uploaded before it is sent in."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables.pages import Draft

KEPT = timedelta(days=90)
KEPT_FOR_VISITORS = timedelta(hours=24)


async def begin(
    session: AsyncSession,
    *,
    login: str | None,
    country: str,
    kind: str,
    now: datetime,
    request_id: str | None = None,
    fields: dict[str, Any] | None = None,
) -> Draft:
    """A new draft; those that nobody came back to are forgotten."""
    visitors = Draft.login.is_(None) & (Draft.updated_at < now - KEPT_FOR_VISITORS)
    await session.execute(delete(Draft).where(or_(visitors, Draft.updated_at < now - KEPT)))
    row = Draft(
        id=uuid4(),
        login=login,
        country=country,
        kind=kind,
        request_id=request_id,
        fields=fields or {},
        documents=[],
        updated_at=now,
    )
    session.add(row)
    return row


async def draft(session: AsyncSession, draft_id: str, login: str | None) -> Draft | None:
    """The draft, locked, if it is this account's, or a visitor's for a visitor."""
    try:
        found = await session.get(Draft, UUID(draft_id), with_for_update=True)
    except ValueError:
        return None
    return found if found is not None and found.login == login else None


async def open_drafts(session: AsyncSession, login: str) -> list[Draft]:
    """The account's drafts that were not sent in, the latest first."""
    return list(
        await session.scalars(
            select(Draft).where(Draft.login == login, Draft.filed_as.is_(None)).order_by(Draft.updated_at.desc())
        )
    )


async def of_request(session: AsyncSession, request_id: str, login: str) -> Draft | None:
    """The account's open draft for sending this request in again."""
    return await session.scalar(
        select(Draft)
        .where(Draft.request_id == request_id, Draft.login == login, Draft.filed_as.is_(None))
        .order_by(Draft.updated_at.desc())
        .limit(1)
    )
