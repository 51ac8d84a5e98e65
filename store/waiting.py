"""Lines in which transactions stand for something that has no row of its own."""

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession


async def stand_in_line(session: AsyncSession, names: Iterable[str]) -> None:
    """Wait until nobody else is changing what these names stand for, and keep others waiting until the commit.

    Rows alone do not do: what is not committed yet would be overlooked, and two that swap their serials would wait
    for each other. Locks are taken in one order, so that rivals never deadlock.
    """
    keys = sorted({int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True) for name in names})
    key = func.unnest(cast(keys, ARRAY(BigInteger))).column_valued("key")
    await session.execute(select(func.pg_advisory_xact_lock(key)))
