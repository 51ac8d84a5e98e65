"""What the desk holds, counted: for dashboards and alarms. Numbers by kind, state and country, nothing of anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables.effects import Card, Email, PoolNumber
from store.tables.requests import Decision, Intake, Request

Rows = Sequence[tuple[Any, ...]]
LATE = timedelta(minutes=1)  # so old, an intake is not on its way any more


@dataclass(frozen=True)
class Figures:
    """Each a list of label values and a number; ages in seconds.

    `requests`: country, kind, state. `waiting`: country, kind, side; the longest current wait of that side.
    `overdue`: country, side. `decisions`: trigger, outcome. `emails`: status. `cards`: status. `free`: country, pool.
    """

    requests: Rows
    waiting: Rows
    overdue: Rows
    decisions: Rows
    emails: Rows
    cards: Rows
    free: Rows
    blocked: int
    unrecorded: int
    oldest_email: float


async def figures(session: AsyncSession, now: datetime) -> Figures:
    """Everything as it is at `now`."""
    r = Request
    wait: Any = func.max(func.extract("epoch", now - r.turn_since))
    return Figures(
        requests=await _rows(session, _counted(r.country, r.kind, r.state)),
        waiting=await _rows(
            session,
            select(r.country, r.kind, r.turn, wait).where(r.turn.is_not(None)).group_by(r.country, r.kind, r.turn),
        ),
        overdue=await _rows(session, _counted(r.country, r.turn).where(r.due_at < now, r.turn.is_not(None))),
        decisions=await _rows(session, _counted(Decision.trigger, func.coalesce(Decision.outcome, "pending"))),
        emails=await _rows(session, _counted(Email.status)),
        cards=await _rows(session, _counted(Card.status)),
        free=await _rows(
            session,
            _counted(PoolNumber.country, PoolNumber.pool).where(
                PoolNumber.request_id.is_(None), PoolNumber.held_by.is_(None)
            ),
        ),
        blocked=await _number(session, select(func.count()).where(r.card_blocked.is_not(None))),
        unrecorded=await _number(
            session, select(func.count()).where(Intake.outcome.is_(None), Intake.submitted_at < now - LATE)
        ),
        oldest_email=await _number(
            session,
            select(func.max(func.extract("epoch", now - Email.queued_at))).where(Email.status == "queued"),
        ),
    )


def _counted(*labels: Any) -> Select[Any]:
    return select(*labels, func.count()).group_by(*labels)


async def _rows(session: AsyncSession, query: Executable) -> Rows:
    return [tuple(row) for row in await session.execute(query)]


async def _number(session: AsyncSession, query: Select[Any]) -> Any:
    return await session.scalar(query) or 0
