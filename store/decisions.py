"""Decisions under their idempotency keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import KeydeskError
from domain.messages import Booked
from domain.states import Trigger
from store.snapshots import from_json, to_json
from store.tables.requests import Decision


async def find(session: AsyncSession, request_id: str, key: str) -> Decision | None:
    """The decision that was made on the request under this key, as it stands now."""
    return await session.get(Decision, {"request_id": request_id, "idempotency_key": key}, populate_existing=True)


async def propose(
    session: AsyncSession,
    *,
    request_id: str,
    key: str,
    body_hash: str,
    login: str | None,
    trigger: Trigger,
    version: int | None,
    payload: dict[str, Any],
    at: datetime,
) -> Decision:
    """Write the decision down before the workflow hears of it. The first writer of a key wins; his is answered."""
    await session.execute(
        insert(Decision)
        .values(
            request_id=request_id,
            idempotency_key=key,
            body_hash=body_hash,
            login=login,
            trigger=trigger.value,
            version=version,
            payload=payload,
            created_at=at,
        )
        .on_conflict_do_nothing()
    )
    return await session.get_one(Decision, {"request_id": request_id, "idempotency_key": key}, populate_existing=True)


def book(row: Decision, booked: Booked) -> None:
    """The decision was carried out, in this transaction."""
    row.outcome = "booked"
    row.booked = to_json(booked)
    row.booked_version = booked.version


def booked_of(row: Decision) -> Booked | None:
    """What the decision did, None if it has done nothing (yet)."""
    return None if row.booked is None else from_json(Booked, row.booked)


async def refuse(session: AsyncSession, request_id: str, key: str, refusal: KeydeskError) -> None:
    """The decision was refused; the same key gets the same refusal from now on."""
    await session.execute(
        update(Decision)
        .where(Decision.request_id == request_id, Decision.idempotency_key == key, Decision.outcome.is_(None))
        .values(outcome="refused", refusal=refusal.as_facts())
    )


async def first_answer(session: AsyncSession, request_id: str, key: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Keep `answer` as what this key is told, unless it was told something before; then that.

    Raises LookupError without such a decision.
    """
    await session.execute(
        update(Decision)
        .where(Decision.request_id == request_id, Decision.idempotency_key == key, Decision.answer.is_(None))
        .values(answer=answer)
    )
    row = await find(session, request_id, key)
    if row is None or row.answer is None:
        raise LookupError(f"no decision of {request_id} under this key")
    return row.answer
