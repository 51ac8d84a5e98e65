"""Warranties granted: snapshots that configuration never changes."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.warranties import Assignment
from store import tables
from store.snapshots import from_json, to_json


def freeze(session: AsyncSession, request_id: str, version: int, assignment: Assignment) -> None:
    """Keep the assignment as granted with version `version` of the request."""
    session.add(
        tables.effects.Assignment(
            request_id=request_id, version=version, policy=assignment.policy, snapshot=to_json(assignment)
        )
    )


async def latest(session: AsyncSession, request_id: str) -> Assignment | None:
    """What the request was granted last, None if nothing was decided yet."""
    snapshot = await session.scalar(
        select(tables.effects.Assignment.snapshot)
        .where(tables.effects.Assignment.request_id == request_id)
        .order_by(tables.effects.Assignment.version.desc())
        .limit(1)
    )
    return None if snapshot is None else from_json(Assignment, snapshot)
