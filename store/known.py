"""Which serials a country knows, and which may never be named again (`domain.md` §2.5).

Whoever names a serial stands in line for it, so that two that name one at the same moment see each other.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.clocks import ENDS_WITH_DENIAL
from domain.errors import AlreadyReplaced, DuplicateSerial
from domain.requests import Carried, UnitReplacement, WarrantyRequest
from domain.states import Kind, State
from store import replacements
from store.tables.requests import Request, RequestUnit
from store.waiting import stand_in_line

ENDED = or_(
    Request.state == State.CANCELLED, and_(Request.state == State.DENIED, Request.kind.in_(sorted(ENDS_WITH_DENIAL)))
)


async def refuse_taken(session: AsyncSession, data: Carried, request_id: str | None = None) -> None:
    """Hold serials that the request does not name yet to the rules that span kinds.

    A replaced unit is never named again; a unit that a replacement brings was unknown before, and no other request
    names it while that one is open, nor commissions it afterwards. Raises AlreadyReplaced, DuplicateSerial.
    """
    named = await _named(session, request_id)
    match data:
        case UnitReplacement():
            await stand_for(session, data.country, {data.old_serial, data.new_unit.serial} - named)
            if data.old_serial not in named:
                await refuse_replaced(session, data.country, [data.old_serial])
            if data.new_unit.serial not in named:
                await _refuse_known(session, data.country, data.new_unit.serial, request_id)
        case WarrantyRequest():
            fresh = sorted({unit.serial for unit in data.units} - named)
            await stand_for(session, data.country, fresh)
            await refuse_replaced(session, data.country, fresh)
            await _refuse_arriving(session, data, fresh)
        case _:
            return


async def stand_for(session: AsyncSession, country: str, serials: Iterable[str]) -> None:
    """Wait for whoever is just naming or granting something to one of the serials, and keep others waiting."""
    await stand_in_line(session, (f"{country}/unit/{serial}" for serial in serials))


async def refuse_replaced(session: AsyncSession, country: str, serials: Sequence[str]) -> None:
    """Raises AlreadyReplaced for a unit that another one has taken the place of."""
    for serial in await replacements.replaced_among(session, country, list(serials)):
        raise AlreadyReplaced(f"The unit {serial} was replaced already.", facts={"serial": serial})


async def is_known(session: AsyncSession, country: str, serial: str, request_id: str | None = None) -> bool:
    """Whether a live request (other than this one) names the serial, or a replacement took it away."""
    query = _live(country, [serial])
    if request_id is not None:
        query = query.where(Request.id != request_id)
    return await session.scalar(query.limit(1)) is not None


async def named_by(session: AsyncSession, country: str, serial: str, request_id: str) -> list[str]:
    """The live requests other than this one that name the serial."""
    found = await session.scalars(
        select(Request.id)
        .join(RequestUnit, RequestUnit.request_id == Request.id)
        .where(Request.country == country, RequestUnit.serial == serial, ~ENDED, Request.id != request_id)
        .distinct()
        .order_by(Request.id)
    )
    return list(found)


async def _refuse_known(session: AsyncSession, country: str, serial: str, request_id: str | None) -> None:
    if await is_known(session, country, serial, request_id):
        raise DuplicateSerial(f"The unit {serial} is known to the country already.", facts={"serial": serial})


async def _refuse_arriving(session: AsyncSession, data: WarrantyRequest, serials: Sequence[str]) -> None:
    arriving = _live(data.country, serials).where(
        Request.kind == Kind.UNIT_REPLACEMENT, RequestUnit.outgoing.is_(False)
    )
    if data.kind is not Kind.COMMISSIONING:
        arriving = arriving.where(Request.state != State.PROCESSED)
    serial = await session.scalar(arriving.limit(1))
    if serial is not None:
        raise DuplicateSerial(f"The unit {serial} comes with a unit replacement.", facts={"serial": serial})


def _live(country: str, serials: Sequence[str]) -> Select[str]:
    return (
        select(RequestUnit.serial)
        .join(Request, Request.id == RequestUnit.request_id)
        .where(Request.country == country, RequestUnit.serial.in_(serials), ~ENDED)
    )


async def _named(session: AsyncSession, request_id: str | None) -> set[str]:
    return set(await session.scalars(select(RequestUnit.serial).where(RequestUnit.request_id == request_id)))
