"""Entries that are deleted softly: their rows stay, with `deleted_at`, for what was decided by them."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import Base


async def revived(session: AsyncSession, table: type[Base], **key: Any) -> Any:
    """The row of this key, in sight again if it was deleted, else a new one."""
    row: Any = await session.get(table, key)
    if row is None:
        return table(**key)
    row.deleted_at = None
    return row


def erased(row: Any) -> None:
    """Put the row out of sight."""
    row.deleted_at = func.now()
