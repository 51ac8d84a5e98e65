"""Rows that others hang on, and how several transactions meet."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.states import Kind, State
from store.engine import Sessions
from store.snapshots import to_json
from store.tables.requests import Request
from tests.domain.submissions import commissioning

T = TypeVar("T")
NOW = datetime(2026, 11, 4, 10, 30, tzinfo=UTC)
COM = Kind.COMMISSIONING


def request_row(request_id: str, **changed: Any) -> Request:
    """A submitted request of installer.abc in ES, unless `changed`."""
    facts: dict[str, Any] = {
        "id": request_id,
        "country": "ES",
        "kind": COM.value,
        "state": State.SUBMITTED.value,
        "version": 0,
        "login": "installer.abc",
        "data": to_json(commissioning(documents=())),
        "submitted_at": NOW,
    }
    return Request(**(facts | changed))


async def file_requests(sessions: Sessions, *request_ids: str) -> None:
    """Requests of these ids, that nothing hangs on so far."""
    async with sessions.begin() as session:
        session.add_all(request_row(one) for one in request_ids)


async def race(
    sessions: Sessions, names: Sequence[str], what: Callable[[AsyncSession, str], Awaitable[T]]
) -> list[T | BaseException]:
    """Do `what` for every name, each in a transaction of its own, all begun before the first goes on."""
    start = asyncio.Barrier(len(names))

    async def one(name: str) -> T:
        async with sessions.begin() as session:
            await session.execute(text("SELECT 1"))
            await start.wait()
            return await what(session, name)

    return await asyncio.gather(*(one(name) for name in names), return_exceptions=True)


async def ends_or_waits(sessions: Sessions, task: asyncio.Task[Any]) -> None:
    """Until `task` is done, or PostgreSQL says that somebody in this database waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with sessions() as session:
        while not task.done() and not await session.scalar(waiting):
            await session.rollback()  # what a transaction has seen of the others, it goes on seeing
            await asyncio.sleep(0.005)
