"""Submissions on their way in: one per key, ids in a row."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DuplicateSerial
from domain.states import Kind
from store import intake
from store.engine import Sessions
from store.tables.requests import Intake
from tests.store.rows import NOW, race


def coming(request_id: str, **changed: Any) -> Intake:
    facts: dict[str, Any] = {
        "request_id": request_id,
        "caller": "installer.abc",
        "login": "installer.abc",
        "idempotency_key": "key",
        "body_hash": "hash",
        "kind": "commissioning",
        "country": "ES",
        "body": {"end_user": {"name": "Lucía"}},
        "submitted_at": NOW,
    }
    return Intake(**(facts | changed))


async def test_a_submission_is_found_by_caller_and_key(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await intake.add(session, coming("R1"))
    async with sessions() as session:
        found = await intake.find(session, "installer.abc", "key")
        assert found is not None
        assert (found.request_id, found.outcome) == ("R1", None)
        assert await intake.find(session, "installer.abc", "other") is None
        assert await intake.find(session, "installer.ac1", "key") is None


async def test_two_callers_may_use_the_same_key(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await intake.add(session, coming("R1"))
        assert await intake.add(session, coming("R2", caller="installer.ac1", login="installer.ac1"))


async def test_a_key_used_twice_leaves_the_transaction_usable(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await intake.add(session, coming("R1"))
        assert not await intake.add(session, coming("R2", body_hash="other"))
        assert await intake.add(session, coming("R3", idempotency_key="other"))
    async with sessions() as session:
        assert await intake.locked(session, "R2") is None
        assert await intake.locked(session, "R3") is not None


async def test_only_the_key_tells_of_a_rival(sessions: Sessions) -> None:
    async with sessions() as session:
        with pytest.raises(IntegrityError, match="fk_intakes_country"):
            await intake.add(session, coming("R1", country="XX"))


async def test_of_ten_with_one_key_one_comes_in(sessions: Sessions) -> None:
    async def add(session: AsyncSession, name: str) -> bool:
        return await intake.add(session, coming(name))

    outcomes = await race(sessions, [f"R{n}" for n in range(10)], add)
    assert sorted(outcomes, key=str) == [False] * 9 + [True]


async def test_ids_are_given_out_once_and_in_a_row(sessions: Sessions) -> None:
    async def number(session: AsyncSession, _: str) -> str:
        return await intake.next_request_id(session, "ES", Kind.COMMISSIONING)

    ids = await race(sessions, [str(n) for n in range(20)], number)
    assert sorted(map(str, ids)) == [f"ES-COM-{n:06}" for n in range(1, 21)]


async def test_countries_and_kinds_count_apart(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        ids = [
            await intake.next_request_id(session, country, kind)
            for country, kind in (
                ("ES", Kind.COMMISSIONING),
                ("PT", Kind.COMMISSIONING),
                ("ES", Kind.WARRANTY_EXTENSION),
                ("ES", Kind.COMMISSIONING),
            )
        ]
    assert ids == ["ES-COM-000001", "PT-COM-000001", "ES-EXT-000001", "ES-COM-000002"]


async def test_a_refused_submission_keeps_its_refusal_and_forgets_its_body(sessions: Sessions) -> None:
    refusal = DuplicateSerial("taken", facts={"serial": "A1000"})
    async with sessions.begin() as session:
        await intake.add(session, coming("R1"))
        await intake.refuse(session, "R1", refusal)
        await intake.refuse(session, "R1", DuplicateSerial("too late to say something else"))
        await intake.refuse(session, "unknown", refusal)
    async with sessions() as session:
        found = await intake.find(session, "installer.abc", "key")
        assert found is not None
        assert (found.outcome, found.refusal, found.body) == ("refused", refusal.as_facts(), {})


async def test_what_is_recorded_is_not_refused_any_more(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await intake.add(session, coming("R1", outcome="recorded"))
        await intake.refuse(session, "R1", DuplicateSerial("too late"))
    async with sessions() as session:
        found = await intake.find(session, "installer.abc", "key")
        assert found is not None
        assert (found.outcome, found.refusal) == ("recorded", None)
        assert found.body
