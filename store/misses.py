"""Public look-ups that found nothing: counted in the database, so that all API processes share the limit."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables.requests import LookupMiss

WINDOW = timedelta(minutes=1)
LIMIT = 10


async def stand_in_line(session: AsyncSession, address: str) -> None:
    """Calls from one address go one by one, so that many at once are not counted as none."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(address, 0))))


async def exhausted_for(session: AsyncSession, address: str, now: datetime) -> timedelta | None:
    """How long this address has to wait, None while it has misses left. `address` is a keyed hash."""
    recent = (
        await session.scalars(
            select(LookupMiss.at)
            .where(LookupMiss.address == address, LookupMiss.at > now - WINDOW)
            .order_by(LookupMiss.at.desc())
            .limit(LIMIT)
        )
    ).all()
    return recent[-1] + WINDOW - now if len(recent) == LIMIT else None


async def note(session: AsyncSession, address: str, now: datetime) -> None:
    """Count a miss, and forget those that no longer count."""
    session.add(LookupMiss(address=address, at=now))
    await session.execute(delete(LookupMiss).where(LookupMiss.at <= now - WINDOW))
