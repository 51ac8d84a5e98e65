"""Submissions on their way in."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import KeydeskError
from domain.states import INFIX, Kind, request_id
from store.once import added
from store.tables.countries import Counter
from store.tables.requests import Intake


async def find(session: AsyncSession, caller: str, idempotency_key: str) -> Intake | None:
    """The submission that the caller made with this key."""
    return await session.scalar(
        select(Intake).where(Intake.caller == caller, Intake.idempotency_key == idempotency_key)
    )


async def locked(session: AsyncSession, request_id_: str) -> Intake | None:
    """The intake of a request, locked until the transaction ends."""
    return await session.get(Intake, request_id_, with_for_update=True)


async def next_request_id(session: AsyncSession, country: str, kind: Kind) -> str:
    """The next id in a row for this country and kind. Refused submissions leave gaps, ids never repeat."""
    number = await session.execute(
        insert(Counter)
        .values(country=country, name=INFIX[kind], value=1)
        .on_conflict_do_update(index_elements=["country", "name"], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    )
    return request_id(country, kind, number.scalar_one())


async def add(session: AsyncSession, coming: Intake) -> bool:
    """Write the submission down; False if the caller used its key in the same moment elsewhere."""
    return await added(session, coming, unique="uq_intakes_caller_idempotency_key")


async def refuse(session: AsyncSession, request_id_: str, refusal: KeydeskError) -> None:
    """The submission was refused: the same key gets the same refusal, and its body is forgotten."""
    coming = await locked(session, request_id_)
    if coming is not None and coming.outcome is None:
        coming.outcome, coming.refusal, coming.body = "refused", refusal.as_facts(), {}
