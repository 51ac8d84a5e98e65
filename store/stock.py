"""Where units are, and what the ERP reads: stock movements and charges. Both lists are append-only."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.inventory import NOT_RETURNED, StockMove
from domain.replacements import Outcome
from domain.requests import UnitReplacement
from store.tables.stock import Charge, StockMovement, UnitPlace

REPLACEMENT = "replacement"
CANCELLATION = "cancellation"


async def put(session: AsyncSession, country: str, serial: str, place: str, since: date, request_id: str) -> None:
    """The unit is there now, and nowhere else."""
    there = {"place": place, "since": since, "request_id": request_id}
    await session.execute(
        insert(UnitPlace)
        .values(country=country, serial=serial, **there)
        .on_conflict_do_update(index_elements=["country", "serial"], set_=there)
    )


async def book(
    session: AsyncSession,
    request_id: str,
    data: UnitReplacement,
    outcome: Outcome,
    *,
    old_product: str,
    inventory: str,
    at: datetime,
) -> None:
    """Record the moves and the charge of a replacement. An old unit that stays away is nowhere that we know."""
    products = {data.old_serial: old_product, data.new_unit.serial: data.new_unit.product}
    moves = outcome.moves
    if data.old_serial not in {move.serial for move in moves}:
        await put(session, data.country, data.old_serial, NOT_RETURNED, data.replaced_on, request_id)
    for move in moves:
        await _move(session, request_id, data, move, REPLACEMENT, products[move.serial], inventory, at)
    session.add(
        Charge(
            country=data.country,
            request_id=request_id,
            cause=REPLACEMENT,
            charge=outcome.charge,
            reason=outcome.reason,
            sales_method=data.sales_method,
            product=data.new_unit.product,
            old_serial=data.old_serial,
            new_serial=data.new_unit.serial,
            charged_on=data.replaced_on,
            booked_at=at,
        )
    )
    await session.flush()


async def unbook(session: AsyncSession, request_id: str, data: UnitReplacement, installed: str, at: datetime) -> None:
    """Record that a replacement is undone: each move back, and a line that reverses its charge.

    The old unit is `installed` again; a new one that was never moved is nowhere.
    """
    movements = await session.scalars(
        select(StockMovement)
        .where(StockMovement.request_id == request_id, StockMovement.cause == REPLACEMENT)
        .order_by(StockMovement.id.desc())
    )
    for done in movements.all():
        back = StockMove(done.serial, done.source, done.target).undone()
        await _move(session, request_id, data, back, CANCELLATION, done.product, done.inventory, at)
    await put(session, data.country, data.old_serial, installed, data.replaced_on, request_id)
    charged = await session.scalar(select(Charge).where(Charge.request_id == request_id, Charge.cause == REPLACEMENT))
    if charged is not None:
        session.add(
            Charge(
                country=charged.country,
                request_id=request_id,
                cause=CANCELLATION,
                charge=charged.charge,
                reason=charged.reason,
                sales_method=charged.sales_method,
                product=charged.product,
                old_serial=charged.old_serial,
                new_serial=charged.new_serial,
                charged_on=charged.charged_on,
                booked_at=at,
                reverses=charged.id,
            )
        )
    await session.flush()


async def rename(session: AsyncSession, country: str, before: str, after: str) -> None:
    """A serial was corrected: the unit is where it was, under its right number. That is no movement."""
    await session.execute(
        update(UnitPlace).where(UnitPlace.country == country, UnitPlace.serial == before).values(serial=after)
    )


async def place_of(session: AsyncSession, country: str, serial: str) -> UnitPlace | None:
    """Where the unit is, if a replacement ever touched it."""
    return await session.get(UnitPlace, {"country": country, "serial": serial}, populate_existing=True)


async def movements(
    session: AsyncSession, country: str, *, after: int, limit: int, serial: str | None = None
) -> Sequence[StockMovement]:
    """Movements in the order in which they were booked, after the one with this id."""
    query = select(StockMovement).where(StockMovement.country == country, StockMovement.id > after)
    if serial is not None:
        query = query.where(StockMovement.serial == serial)
    return (await session.scalars(query.order_by(StockMovement.id).limit(limit))).all()


async def charges(
    session: AsyncSession, country: str, *, after: int, limit: int, request_id: str | None = None
) -> Sequence[Charge]:
    """Charges in the order in which they were booked, after the one with this id."""
    query = select(Charge).where(Charge.country == country, Charge.id > after)
    if request_id is not None:
        query = query.where(Charge.request_id == request_id)
    return (await session.scalars(query.order_by(Charge.id).limit(limit))).all()


async def _move(
    session: AsyncSession,
    request_id: str,
    data: UnitReplacement,
    move: StockMove,
    cause: str,
    product: str,
    inventory: str,
    at: datetime,
) -> None:
    session.add(
        StockMovement(
            country=data.country,
            request_id=request_id,
            cause=cause,
            serial=move.serial,
            product=product,
            source=move.source,
            target=move.target,
            inventory=inventory,
            moved_on=data.replaced_on,
            booked_at=at,
        )
    )
    await session.flush()
    await put(session, data.country, move.serial, move.target, data.replaced_on, request_id)
