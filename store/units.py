"""The units of requests, and who holds which outdoor serial (`domain.md` §5)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DuplicateSerial
from domain.requests import Unit
from domain.states import Kind
from store.tables.requests import DuplicatePermit, RequestUnit, SerialClaim
from store.waiting import stand_in_line

Place = tuple[str, str, str]  # country, kind, serial


async def write_units(
    session: AsyncSession, request_id: str, units: Sequence[Unit], outgoing: Sequence[Unit] = ()
) -> None:
    """Make these the units of the request: those that it brings, and those that it takes away."""
    await session.execute(delete(RequestUnit).where(RequestUnit.request_id == request_id))
    session.add_all(
        RequestUnit(
            request_id=request_id,
            position=n,
            role=unit.role,
            product=unit.product,
            serial=unit.serial,
            outgoing=n > len(units),
        )
        for n, unit in enumerate((*units, *outgoing), start=1)
    )


async def brought_by(session: AsyncSession, request_id: str) -> list[str]:
    """The serials of the units that the request brings."""
    return list(
        await session.scalars(
            select(RequestUnit.serial)
            .where(RequestUnit.request_id == request_id, RequestUnit.outgoing.is_(False))
            .order_by(RequestUnit.position)
        )
    )


async def claim(session: AsyncSession, request_id: str, country: str, kind: Kind, serials: Sequence[str]) -> None:
    """Make the request the holder of exactly these outdoor serials.

    A rival in the same moment waits for this transaction and then loses. A serial that is held takes an open
    permit, if there is one. Raises DuplicateSerial; nothing of the transaction may be kept then.
    """
    held = {serial for _, _, serial in await _held(session, request_id)}
    await _stand_in_line(session, ((country, kind, serial) for serial in held.union(serials)))
    await release(session, request_id, sorted(held - set(serials)))
    for serial in sorted(set(serials) - held):
        row = {"request_id": request_id, "serial": serial, "country": country, "kind": kind.value}
        took = await session.scalar(
            insert(SerialClaim)
            .values(**row)
            .on_conflict_do_nothing(
                index_elements=["country", "kind", "serial"], index_where=SerialClaim.permit_id.is_(None)
            )
            .returning(SerialClaim.serial)
        )
        if took is None:
            permit_id = await _take_permit(session, request_id, country, kind, serial)
            await session.execute(insert(SerialClaim).values(**row, permit_id=permit_id))


async def release(session: AsyncSession, request_id: str, serials: Sequence[str] | None = None) -> None:
    """Let go of the given serials, or of all.

    If others hold one of them by permit, the eldest of those becomes its holder: while anybody holds a serial,
    the next submission of it needs a permit.
    """
    leaving = [one for one in await _held(session, request_id) if serials is None or one[2] in serials]
    await _stand_in_line(session, leaving)
    gone = (
        await session.execute(
            delete(SerialClaim)
            .where(SerialClaim.request_id == request_id, SerialClaim.serial.in_([serial for _, _, serial in leaving]))
            .returning(SerialClaim.country, SerialClaim.kind, SerialClaim.serial, SerialClaim.permit_id)
        )
    ).all()
    for country, kind, serial, permit_id in sorted(gone, key=lambda row: row.serial):
        if permit_id is None:
            heir = (
                select(SerialClaim.permit_id)
                .where(SerialClaim.country == country, SerialClaim.kind == kind, SerialClaim.serial == serial)
                .order_by(SerialClaim.permit_id)
                .limit(1)
                .scalar_subquery()
            )
            await session.execute(update(SerialClaim).where(SerialClaim.permit_id == heir).values(permit_id=None))


async def holders(session: AsyncSession, country: str, kind: Kind, serials: Sequence[str]) -> dict[str, str]:
    """Which of the serials are held, by which request: the cheap look before a claim."""
    rows = await session.execute(
        select(SerialClaim.serial, SerialClaim.request_id).where(
            SerialClaim.country == country, SerialClaim.kind == kind, SerialClaim.serial.in_(serials)
        )
    )
    return {row.serial: row.request_id for row in rows}


async def open_permits(session: AsyncSession, country: str, kind: Kind, serials: Sequence[str]) -> frozenset[str]:
    """Those of the serials for which a permit waits to be used."""
    return frozenset(
        await session.scalars(
            select(DuplicatePermit.serial).where(
                DuplicatePermit.country == country,
                DuplicatePermit.kind == kind,
                DuplicatePermit.serial.in_(serials),
                DuplicatePermit.used_by.is_(None),
            )
        )
    )


def permit(country: str, kind: Kind, serial: str, comment: str, login: str, at: datetime) -> DuplicatePermit:
    """Leave for one more submission of `serial`."""
    return DuplicatePermit(
        country=country, kind=kind, serial=serial, comment=comment, login=login, created_at=at, used_by=None
    )


async def _held(session: AsyncSession, request_id: str) -> list[Place]:
    rows = await session.execute(
        select(SerialClaim.country, SerialClaim.kind, SerialClaim.serial).where(SerialClaim.request_id == request_id)
    )
    return [(country, kind, serial) for country, kind, serial in rows]


async def _stand_in_line(session: AsyncSession, places: Iterable[Place]) -> None:
    await stand_in_line(session, ("/".join(place) for place in places))


async def _take_permit(session: AsyncSession, request_id: str, country: str, kind: Kind, serial: str) -> int:
    found = await session.scalar(
        select(DuplicatePermit)
        .where(
            DuplicatePermit.country == country,
            DuplicatePermit.kind == kind,
            DuplicatePermit.serial == serial,
            DuplicatePermit.used_by.is_(None),
        )
        .order_by(DuplicatePermit.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found is None:
        raise DuplicateSerial(
            f"Another live request already names the outdoor unit {serial}.", facts={"serial": serial}
        )
    found.used_by = request_id
    await session.flush()
    return found.id
