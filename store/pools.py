"""Numbers of the countries' pools (`domain.md` §4)."""

import secrets
from collections.abc import Iterator

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import CodeTaken, FieldError, NoFreeCode, NotFound
from domain.pools import Code, Pool
from store.tables.countries import Company
from store.tables.effects import PoolNumber

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BATCH = 1000


async def draw(session: AsyncSession, country: str, pool: Pool, request_id: str, company_id: int | None = None) -> str:
    """Spend the next free number, without owner or owned by the company, on the request. Raises NoFreeCode.

    Rivals step over each other's rows; only the last free ones are waited for, in case their taker gives up.
    """
    free = (
        select(PoolNumber)
        .where(
            PoolNumber.country == country,
            PoolNumber.pool == pool,
            PoolNumber.request_id.is_(None),
            PoolNumber.held_by.is_(None),
            or_(PoolNumber.owner_company_id.is_(None), PoolNumber.owner_company_id == company_id),
        )
        .order_by(PoolNumber.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(free.with_for_update(skip_locked=True))
    while found is None:
        if await session.scalar(free) is None:
            raise NoFreeCode(f"The pool '{pool}' of {country} has no free number left.", facts={"pool": pool})
        found = await session.scalar(free.with_for_update())
    found.request_id = request_id
    await session.flush()
    return found.number


async def code(session: AsyncSession, country: str, number: str) -> Code | None:
    """What the country's pool of warranty codes has under this number."""
    row = await _code(session, country, number)
    if row is None:
        return None
    return Code(row.number, row.owner_company_id, free=row.request_id is None and row.held_by is None)


async def bind(session: AsyncSession, country: str, number: str, request_id: str) -> None:
    """Make the request the holder of the code. Raises CodeTaken if somebody was faster."""
    bound = await session.scalar(
        update(PoolNumber)
        .where(
            PoolNumber.country == country,
            PoolNumber.pool == Pool.EXTENSION,
            PoolNumber.number == number,
            PoolNumber.held_by.is_(None),
            PoolNumber.request_id.is_(None),
        )
        .values(held_by=request_id)
        .returning(PoolNumber.id)
    )
    if bound is None:
        raise CodeTaken("This warranty code is in use.", fields=[FieldError("/warranty_code", "is in use")])


async def held(session: AsyncSession, request_id: str) -> PoolNumber | None:
    """The code that is bound to the request, or was consumed by it, locked."""
    return await session.scalar(select(PoolNumber).where(PoolNumber.held_by == request_id).with_for_update())


async def consume(session: AsyncSession, request_id: str) -> str | None:
    """Spend the code that is bound to the request, and answer its number; None if none is bound."""
    row = await held(session, request_id)
    if row is None:
        return None
    row.request_id = request_id
    await session.flush()
    return row.number


async def free(session: AsyncSession, request_id: str) -> str | None:
    """Return the bound code to its pool, unless it was consumed; its number, None if there was none."""
    return await session.scalar(
        update(PoolNumber)
        .where(PoolNumber.held_by == request_id, PoolNumber.request_id.is_(None))
        .values(held_by=None)
        .returning(PoolNumber.number)
    )


async def holder_of(session: AsyncSession, country: str, number: str) -> str | None:
    """The request to which an unconsumed code is bound. Raises NotFound for an unknown code."""
    row = await _code(session, country, number)
    if row is None:
        raise NotFound(f"There is no code {number} in {country}.")
    return row.held_by if row.request_id is None else None


async def _code(session: AsyncSession, country: str, number: str) -> PoolNumber | None:
    return await session.scalar(
        select(PoolNumber).where(
            PoolNumber.country == country, PoolNumber.pool == Pool.EXTENSION, PoolNumber.number == number
        )
    )


async def generate(
    session: AsyncSession, country: str, pool: Pool, count: int, prefix: str, owner_company_id: int | None = None
) -> None:
    """Add `count` new numbers `<prefix>-XXXXXXXX` to the pool. They are unique in the world, and not guessable."""
    for batch in _batches(count, prefix):
        await session.execute(
            insert(PoolNumber),
            [
                {"country": country, "pool": pool, "number": number, "owner_company_id": owner_company_id}
                for number in batch
            ],
        )


def _batches(count: int, prefix: str) -> Iterator[list[str]]:
    for start in range(0, count, BATCH):
        yield [
            f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(8))}" for _ in range(min(BATCH, count - start))
        ]


async def count(session: AsyncSession, country: str, pool: Pool) -> tuple[int, int]:
    """How many numbers the pool has in all, and how many of them are free."""
    free_ones = func.count().filter(PoolNumber.request_id.is_(None), PoolNumber.held_by.is_(None))
    counted = await session.execute(
        select(func.count(), free_ones).where(PoolNumber.country == country, PoolNumber.pool == pool)
    )
    total, free_count = counted.one()
    return total, free_count


async def codes_after(
    session: AsyncSession, country: str, after: int, limit: int
) -> list[tuple[PoolNumber, str | None]]:
    """Warranty codes made after the one with this id, each with its owner's name."""
    rows = await session.execute(
        select(PoolNumber, Company.name)
        .outerjoin(Company, Company.id == PoolNumber.owner_company_id)
        .where(PoolNumber.country == country, PoolNumber.pool == Pool.EXTENSION, PoolNumber.id > after)
        .order_by(PoolNumber.id)
        .limit(limit)
    )
    return [(row, name) for row, name in rows]


async def owner_name(session: AsyncSession, number: str) -> str | None:
    """The name of the company that owns the code."""
    return await session.scalar(
        select(Company.name)
        .join(PoolNumber, PoolNumber.owner_company_id == Company.id)
        .where(PoolNumber.number == number)
    )
