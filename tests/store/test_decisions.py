"""Decisions under their idempotency keys: the first writer of a key wins, and his answer stays."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import MoveRefused, StaleVersion
from domain.messages import Booked
from domain.states import State, Trigger
from store import decisions
from store.engine import Sessions
from store.tables.requests import Decision
from tests.store.rows import NOW, file_requests, race


async def propose(session: AsyncSession, key: str = "key", **changed: Any) -> Decision:
    facts: dict[str, Any] = {
        "request_id": "R1",
        "body_hash": "hash",
        "login": "keyuser.es",
        "trigger": Trigger.ACCEPT,
        "version": 1,
        "payload": {"comment": ""},
        "at": NOW,
    }
    return await decisions.propose(session, key=key, **(facts | changed))


async def found(sessions: Sessions, key: str = "key") -> Decision:
    async with sessions() as session:
        row = await decisions.find(session, "R1", key)
        assert row is not None
        return row


async def test_the_first_writer_of_a_key_wins(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions.begin() as session:
        first = await propose(session, body_hash="first", trigger=Trigger.ACCEPT)
        second = await propose(session, body_hash="second", trigger=Trigger.DENY)
        assert (second.body_hash, second.trigger) == (first.body_hash, first.trigger) == ("first", "accept")
        assert (await propose(session, key="other", body_hash="second")).body_hash == "second"


async def test_ten_at_once_hear_of_the_same_decision(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")

    async def one(session: AsyncSession, name: str) -> str:
        return (await propose(session, body_hash=name)).body_hash

    heard = await race(sessions, [f"body {n}" for n in range(10)], one)
    assert set(heard) == {(await found(sessions)).body_hash}


async def test_what_was_booked_is_told_again(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    booked = Booked(State.ACCEPTED, 2, card=True, emails=(7, 8))
    async with sessions.begin() as session:
        row = await propose(session)
        assert decisions.booked_of(row) is None
        decisions.book(row, booked)
    row = await found(sessions)
    assert decisions.booked_of(row) == booked
    assert (row.outcome, row.booked_version, row.refusal) == ("booked", 2, None)


async def test_no_version_is_booked_twice(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions() as session:
        decisions.book(await propose(session, key="one"), Booked(State.ACCEPTED, 2))
        decisions.book(await propose(session, key="two"), Booked(State.ACCEPTED, 2))
        with pytest.raises(IntegrityError, match="booked_version"):
            await session.flush()


async def test_a_refusal_is_kept_and_not_replaced(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    refusal = MoveRefused("no", facts={"state": "denied"})
    async with sessions.begin() as session:
        await propose(session)
        await decisions.refuse(session, "R1", "key", refusal)
        await decisions.refuse(session, "R1", "key", StaleVersion("later"))
        await decisions.refuse(session, "R1", "unknown", refusal)
    row = await found(sessions)
    assert (row.outcome, row.refusal) == ("refused", refusal.as_facts())


async def test_what_is_booked_is_not_refused_any_more(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions.begin() as session:
        decisions.book(await propose(session), Booked(State.ACCEPTED, 2))
        await session.flush()
        await decisions.refuse(session, "R1", "key", StaleVersion("late"))
    assert (await found(sessions)).outcome == "booked"


async def test_the_first_answer_stays(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions.begin() as session:
        await propose(session)
        assert await decisions.first_answer(session, "R1", "key", {"n": 1}) == {"n": 1}
    async with sessions.begin() as session:
        assert await decisions.first_answer(session, "R1", "key", {"n": 2}) == {"n": 1}
        with pytest.raises(LookupError):
            await decisions.first_answer(session, "R1", "unknown", {"n": 3})


async def test_all_who_answer_at_once_tell_the_same(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions.begin() as session:
        await propose(session)

    async def answer(session: AsyncSession, name: str) -> str:
        told = await decisions.first_answer(session, "R1", "key", {"by": name})
        return str(told["by"])

    assert len(set(await race(sessions, [f"process {n}" for n in range(8)], answer))) == 1
