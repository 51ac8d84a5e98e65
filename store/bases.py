"""Extra years and the warranty that they rest on."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DuplicateSerial
from domain.states import State
from store.tables.requests import Request
from store.waiting import stand_in_line

GONE = (State.CANCELLED, State.DENIED)


async def resting_on(session: AsyncSession, request_id: str) -> list[Request]:
    """The live requests for extra years on this warranty, locked."""
    return list(
        await session.scalars(
            select(Request)
            .where(Request.base_id == request_id, Request.state.not_in(GONE))
            .order_by(Request.id)
            .with_for_update()
        )
    )


async def base_of(session: AsyncSession, row: Request) -> Request | None:
    """The warranty that extra years rest on, locked against a change while they are decided."""
    if row.base_id is None:
        return None
    return await session.get(Request, row.base_id, with_for_update={"read": True}, populate_existing=True)


async def is_extended(session: AsyncSession, request_id: str) -> bool:
    """Whether a live request for extra years rests on this warranty."""
    found = await session.scalar(
        select(Request.id).where(Request.base_id == request_id, Request.state.not_in(GONE)).limit(1)
    )
    return found is not None


async def refuse_extended(session: AsyncSession, base_id: str) -> None:
    """Raises DuplicateSerial if a live request for extra years rests on the warranty (`domain.md` §2.3).

    Claims of serials do not say so alone: corrections change serials, and a permit lets one be named twice.
    """
    if await is_extended(session, base_id):
        raise DuplicateSerial("Extra years on this warranty were asked for already.")


async def rest(session: AsyncSession, row: Request, base_id: str) -> None:
    """Rest the new request for extra years on the warranty; who wants the same waits. Raises DuplicateSerial."""
    await stand_in_line(session, (f"extra-years/{base_id}",))
    await refuse_extended(session, base_id)
    row.base_id = base_id
    await session.flush()
