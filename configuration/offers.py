"""Files that keyusers offer: templates and downloads."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Role
from store.tables.countries import Account
from store.tables.documents import Document

NOT_OFFERED = "not a document that a keyuser of this country uploaded"


@dataclass(frozen=True)
class Offerable:
    """The ranges of a country, and the documents that can be offered there."""

    line_ups: frozenset[str]
    documents: frozenset[UUID]


async def uploads(session: AsyncSession, country: str) -> frozenset[UUID]:
    """What the country's keyusers uploaded."""
    return frozenset(
        await session.scalars(
            select(Document.id)
            .join(Account, Account.login == Document.login)
            .where(Account.role == Role.KEYUSER, Account.country == country)
        )
    )
