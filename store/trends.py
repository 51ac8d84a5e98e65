"""What the dashboard shows: volumes, ages, outcomes, times to decision, within the caller's sight. Read only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller
from domain.states import Side, Trigger
from store.requests import within_sight
from store.tables.requests import JournalEntry, Request, RequestDocument

DECISIONS = (Trigger.ACCEPT, Trigger.DENY, Trigger.FLAG_WRONG_DATA, Trigger.PROCESS)
WEEKS = timedelta(weeks=12)


@dataclass(frozen=True)
class Trends:
    """`volume`: requests by the Monday of their week; `ages`: days that each waiting request has waited, and how many;
    `outcomes`: decisions by action; `denied`: documents by requirement; `hours`: median to the first decision."""

    volume: list[tuple[datetime, int]]
    ages: list[tuple[int, int]]
    outcomes: list[tuple[str, int]]
    denied: list[tuple[str, int]]
    hours: list[tuple[str, float]]


async def trends(session: AsyncSession, caller: Caller, zone: str, now: datetime) -> Trends:
    """The last twelve weeks."""
    seen, since = within_sight(caller), now - WEEKS
    week = func.date_trunc("week", func.timezone(zone, Request.submitted_at)).label("week")
    volume = await session.execute(
        select(week, func.count()).where(seen, Request.submitted_at >= since).group_by(week).order_by(week)
    )
    waited = func.floor(func.extract("epoch", now - Request.turn_since) / 86400).label("waited")
    ages = await session.execute(
        select(waited, func.count()).where(seen, Request.turn == Side.KEYUSER).group_by(waited).order_by(waited)
    )
    decided = JournalEntry.action.in_(DECISIONS)
    within = JournalEntry.request_id.in_(select(Request.id).where(seen))
    outcomes = await session.execute(
        select(JournalEntry.action, func.count())
        .where(decided, within, JournalEntry.at >= since)
        .group_by(JournalEntry.action)
        .order_by(func.count().desc())
    )
    denied = await session.execute(
        select(RequestDocument.requirement, func.count())
        .join(Request, Request.id == RequestDocument.request_id)
        .where(seen, RequestDocument.verdict == "denied", Request.submitted_at >= since)
        .group_by(RequestDocument.requirement)
        .order_by(func.count().desc())
        .limit(10)
    )
    first = (
        select(JournalEntry.request_id, func.min(JournalEntry.at).label("at"))
        .where(decided, JournalEntry.at >= since)
        .group_by(JournalEntry.request_id)
        .subquery()
    )
    took = func.extract("epoch", first.c.at - Request.submitted_at) / 3600
    hours = await session.execute(
        select(Request.kind, func.percentile_cont(0.5).within_group(took))
        .join(first, first.c.request_id == Request.id)
        .where(seen)
        .group_by(Request.kind)
        .order_by(Request.kind)
    )
    return Trends(
        volume=[(day, count) for day, count in volume],
        ages=[(int(days), count) for days, count in ages],
        outcomes=[(action, count) for action, count in outcomes],
        denied=[(requirement, count) for requirement, count in denied],
        hours=[(kind, float(median)) for kind, median in hours],
    )
