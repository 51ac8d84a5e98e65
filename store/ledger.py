"""The ledger of points: written once, never changed; a balance is the sum of its entries (`domain.md` §2.4)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.points import Entry
from store.tables.loyalty import LedgerEntry
from store.tables.requests import Request


def book(session: AsyncSession, row: Request, entries: Sequence[Entry], at: datetime) -> None:
    """Book the entries for the requester, in the transaction of the decision that causes them.

    The database refuses a second entry for the same request, line and cause.
    """
    session.add_all(
        LedgerEntry(request_id=row.id, line=one.line, cause=one.cause, login=row.login, points=one.points, at=at)
        for one in entries
    )


async def entries_of(session: AsyncSession, request_ids: Sequence[str]) -> dict[tuple[str, int], tuple[Entry, ...]]:
    """By request and line, in the order in which they were booked."""
    rows = await session.scalars(
        select(LedgerEntry).where(LedgerEntry.request_id.in_(request_ids)).order_by(LedgerEntry.id)
    )
    found: dict[tuple[str, int], tuple[Entry, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.request_id, row.line] += (Entry(row.line, row.cause, row.points),)
    return found


async def balance(session: AsyncSession, login: str) -> int:
    """The points of an account; negative if more was taken back than it has left."""
    return int(await session.scalar(select(func.sum(LedgerEntry.points)).where(LedgerEntry.login == login)) or 0)


async def statement(session: AsyncSession, login: str) -> list[LedgerEntry]:
    """Every entry of an account, oldest first."""
    return list(await session.scalars(select(LedgerEntry).where(LedgerEntry.login == login).order_by(LedgerEntry.id)))
