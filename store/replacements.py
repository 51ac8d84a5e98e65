"""Which unit took whose place: at most one successor and one predecessor a serial, by the table's indexes."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.replacements import Outcome
from domain.requests import UnitReplacement
from store.snapshots import from_json, to_json
from store.tables.stock import Replacement


async def of_old(session: AsyncSession, country: str, serial: str) -> Replacement | None:
    """The replacement that took this unit away."""
    return await session.scalar(
        select(Replacement).where(
            Replacement.country == country, Replacement.old_serial == serial, Replacement.undone_at.is_(None)
        )
    )


async def of_new(session: AsyncSession, country: str, serial: str) -> Replacement | None:
    """The replacement that brought this unit."""
    return await session.scalar(
        select(Replacement).where(
            Replacement.country == country, Replacement.new_serial == serial, Replacement.undone_at.is_(None)
        )
    )


async def lineage(session: AsyncSession, country: str, serial: str) -> list[str]:
    """The unit and those in whose place it stands, the newest first."""
    serials = [serial]
    while (brought := await of_new(session, country, serials[-1])) is not None:
        serials.append(brought.old_serial)
    return serials


async def replaced_among(session: AsyncSession, country: str, serials: list[str]) -> dict[str, Replacement]:
    """Those of the serials that were replaced, each with what took it away."""
    rows = await session.scalars(
        select(Replacement).where(
            Replacement.country == country, Replacement.old_serial.in_(serials), Replacement.undone_at.is_(None)
        )
    )
    return {row.old_serial: row for row in rows}


async def book(
    session: AsyncSession, request_id: str, data: UnitReplacement, outcome: Outcome, at: datetime
) -> Replacement:
    """Write down that the new unit took the old one's place. The request may have been cancelled before: once."""
    row = Replacement(
        request_id=request_id,
        country=data.country,
        old_serial=data.old_serial,
        new_serial=data.new_unit.serial,
        replaced_on=data.replaced_on,
        outcome=to_json(outcome),
        booked_at=at,
    )
    session.add(row)
    await session.flush()
    return row


async def booked(session: AsyncSession, request_id: str) -> Replacement | None:
    """What the request brought about, undone or not; None before it was accepted. Locked."""
    return await session.get(Replacement, request_id, with_for_update=True)


def outcome_of(row: Replacement) -> Outcome:
    """The outcome as it was frozen."""
    return from_json(Outcome, row.outcome)
