"""What the rules of several resources ask about the rest of a country's configuration, and about its requests."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables.configuration import LineUp
from store.tables.requests import Request

MOST_NAMED = 10


async def line_ups(session: AsyncSession, country: str) -> frozenset[str]:
    """The codes of the country's line-ups."""
    return frozenset(await session.scalars(select(LineUp.code).where(LineUp.country == country)))


async def requests_where(session: AsyncSession, country: str, condition: ColumnElement[bool]) -> list[str]:
    """The newest requests of the country that the condition holds for, as sentences name them."""
    ids = await session.scalars(
        select(Request.id)
        .where(Request.country == country, condition)
        .order_by(Request.submitted_at.desc(), Request.id.desc())
        .limit(MOST_NAMED)
    )
    return [f"request {one}" for one in ids]
