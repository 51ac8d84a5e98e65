"""Rows that only one of several callers may write: under a key of the caller's own."""

import psycopg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables.base import Base


async def added(session: AsyncSession, row: Base, *, unique: str) -> bool:
    """Write the row down; False if another transaction wrote one under the same key first. `unique` is the constraint
    that says so; what breaks another one is raised."""
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as failure:
        if isinstance(failure.orig, psycopg.Error) and failure.orig.diag.constraint_name == unique:
            return False
        raise
    return True
