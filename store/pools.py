"""Numbers of the countries' pools (`domain.md` §4)."""

import secrets
from collections.abc import Iterator

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import NoFreeCode
from store.tables.effects import PoolNumber

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BATCH = 1000


async def draw(session: AsyncSession, country: str, pool: str, request_id: str) -> str:
    """Spend the next free number on the request. Raises NoFreeCode if there is none.

    Rivals step over each other's rows; only the last free ones are waited for, in case their taker gives up.
    """
    free = (
        select(PoolNumber)
        .where(
            PoolNumber.country == country,
            PoolNumber.pool == pool,
            PoolNumber.request_id.is_(None),
            PoolNumber.owner_company_id.is_(None),
        )
        .order_by(PoolNumber.id)
        .limit(1)
    )
    found = await session.scalar(free.with_for_update(skip_locked=True))
    while found is None:
        if await session.scalar(free) is None:
            raise NoFreeCode(f"The pool '{pool}' of {country} has no free number left.", facts={"pool": pool})
        found = await session.scalar(free.with_for_update())
    found.request_id = request_id
    await session.flush()
    return found.number


async def generate(session: AsyncSession, country: str, pool: str, count: int, prefix: str) -> None:
    """Add `count` new numbers `<prefix>-XXXXXXXX` to the pool. They are unique in the world, and not guessable."""
    for batch in _batches(count, prefix):
        await session.execute(
            insert(PoolNumber), [{"country": country, "pool": pool, "number": number} for number in batch]
        )


async def free_numbers(session: AsyncSession, country: str, pool: str) -> int:
    """How many numbers the pool still has."""
    return (
        await session.scalar(
            select(func.count()).where(
                PoolNumber.country == country, PoolNumber.pool == pool, PoolNumber.request_id.is_(None)
            )
        )
        or 0
    )


def _batches(count: int, prefix: str) -> Iterator[list[str]]:
    for start in range(0, count, BATCH):
        yield [
            f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(8))}" for _ in range(min(BATCH, count - start))
        ]
