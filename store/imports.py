"""Imports of files: written down, under way, ended."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.sheets import Flaw
from store.once import added
from store.tables.imports import Import

WAITING, RUNNING = "waiting", "running"


async def add(session: AsyncSession, coming: Import) -> bool:
    """Write the import down; False if the caller used its key in the same moment elsewhere."""
    return await added(session, coming, unique="uq_imports_login_idempotency_key")


async def find(session: AsyncSession, login: str, idempotency_key: str) -> Import | None:
    """The import that the account asked for with this key."""
    return await session.scalar(select(Import).where(Import.login == login, Import.idempotency_key == idempotency_key))


async def import_of(session: AsyncSession, import_id: int) -> Import:
    """One import that is there."""
    return await session.get_one(Import, import_id)


async def import_in(session: AsyncSession, country: str, import_id: int) -> Import | None:
    """The country's import of this id."""
    return await session.scalar(select(Import).where(Import.id == import_id, Import.country == country))


async def imports_of(session: AsyncSession, country: str, below: int | None, limit: int) -> Sequence[Import]:
    """The imports of a country, newest first; `below` is the id of the last one of the page before."""
    query = select(Import).where(Import.country == country)
    if below is not None:
        query = query.where(Import.id < below)
    return (await session.scalars(query.order_by(Import.id.desc()).limit(limit))).all()


async def progress(session: AsyncSession, import_id: int, *, read: int, total: int | None) -> None:
    """How far an import is that has not ended."""
    await session.execute(
        update(Import)
        .where(Import.id == import_id, Import.state.in_([WAITING, RUNNING]))
        .values(state=RUNNING, rows_read=read, rows_total=total)
    )


async def end(
    session: AsyncSession,
    import_id: int,
    state: str,
    at: datetime,
    *,
    rows: int = 0,
    flaws: Sequence[Flaw] = (),
    more: int = 0,
    result: dict[str, int] | None = None,
) -> bool:
    """End the import, in the transaction that brings its entries; False if it has ended before."""
    ended = await session.scalar(
        update(Import)
        .where(Import.id == import_id, Import.state.in_([WAITING, RUNNING]))
        .values(
            state=state,
            finished_at=at,
            rows_read=rows,
            rows_total=rows,
            flaws=[asdict(flaw) for flaw in flaws],
            flaws_more=more,
            result=result,
        )
        .returning(Import.id)
    )
    return ended is not None
