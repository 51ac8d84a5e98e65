"""Who holds an outdoor serial: one live request, and one more for each permit (`domain.md` §5)."""

import asyncio
import random

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DuplicateSerial
from domain.states import Kind
from store import units
from store.engine import Sessions
from store.tables.requests import DuplicatePermit, SerialClaim
from tests.store.rows import COM, NOW, ends_or_waits, file_requests, race

Claims = dict[str, list[tuple[str, int | None]]]


async def claim(sessions: Sessions, request_id: str, *serials: str, country: str = "ES", kind: Kind = COM) -> None:
    async with sessions.begin() as session:
        await units.claim(session, request_id, country, kind, serials)


async def release(sessions: Sessions, request_id: str) -> None:
    async with sessions.begin() as session:
        await units.release(session, request_id)


async def permit(sessions: Sessions, serial: str) -> int:
    async with sessions.begin() as session:
        row = units.permit("ES", COM, serial, "the old unit was stolen", "keyuser.es", NOW)
        session.add(row)
        await session.flush()
        return row.id


async def claims(sessions: Sessions) -> Claims:
    """By serial: who holds it, and by which permit."""
    found: Claims = {}
    async with sessions() as session:
        for row in await session.scalars(select(SerialClaim).order_by(SerialClaim.request_id)):
            found.setdefault(row.serial, []).append((row.request_id, row.permit_id))
    return found


async def test_of_twenty_rivals_one_gets_the_serial(sessions: Sessions) -> None:
    names = [f"R{n:02}" for n in range(20)]
    await file_requests(sessions, *names)

    async def take(session: AsyncSession, name: str) -> str:
        await units.claim(session, name, "ES", COM, ["A1000"])
        return name

    outcomes = await race(sessions, names, take)
    winners = [one for one in outcomes if isinstance(one, str)]
    assert len(winners) == 1
    assert sum(isinstance(one, DuplicateSerial) for one in outcomes) == 19
    assert await claims(sessions) == {"A1000": [(winners[0], None)]}


async def test_a_refusal_names_the_serial(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2")
    await claim(sessions, "R1", "A1000")
    with pytest.raises(DuplicateSerial, match="outdoor unit A1000") as refused:
        await claim(sessions, "R2", "B2000", "A1000")
    assert refused.value.facts == {"serial": "A1000"}
    assert await claims(sessions) == {"A1000": [("R1", None)]}


async def test_other_kinds_and_other_countries_do_not_block(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2", "R3")
    await claim(sessions, "R1", "A1000")
    await claim(sessions, "R2", "A1000", kind=Kind.WARRANTY_EXTENSION)
    await claim(sessions, "R3", "A1000", country="PT")
    assert len((await claims(sessions))["A1000"]) == 3


async def test_an_edit_keeps_adds_and_lets_go(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2")
    await claim(sessions, "R1", "A1000", "B2000")
    await claim(sessions, "R1", "B2000", "C3000")
    await claim(sessions, "R1", "B2000", "C3000")
    assert await claims(sessions) == {"B2000": [("R1", None)], "C3000": [("R1", None)]}
    await claim(sessions, "R2", "A1000")


async def test_a_cancelled_request_frees_its_serials(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2")
    await claim(sessions, "R1", "A1000", "B2000")
    await release(sessions, "R1")
    await claim(sessions, "R2", "A1000", "B2000")
    assert await claims(sessions) == {"A1000": [("R2", None)], "B2000": [("R2", None)]}


async def test_overlapping_sets_named_in_any_order_never_deadlock(sessions: Sessions) -> None:
    chance = random.Random(2)
    serials = [f"S{n:03}" for n in range(6)]
    names = [f"R{n:02}" for n in range(20)]
    await file_requests(sessions, *names)
    for _ in range(4):
        wanted = {name: chance.sample(serials, k=chance.randint(2, 5)) for name in names}

        async def take(session: AsyncSession, name: str, wanted: dict[str, list[str]] = wanted) -> None:
            await units.claim(session, name, "ES", COM, wanted[name])

        outcomes = await race(sessions, names, take)
        assert {type(one) for one in outcomes} <= {type(None), DuplicateSerial}, outcomes
        held = await claims(sessions)
        assert all(len(holders) == 1 for holders in held.values())
        for name, refused in zip(names, outcomes, strict=True):
            assert refused or {serial for serial in held if held[serial][0][0] == name} == set(wanted[name])


async def test_two_requests_that_swap_their_serials_do_not_deadlock(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2")
    await claim(sessions, "R1", "A1000")
    await claim(sessions, "R2", "B2000")
    wanted = {"R1": ["B2000"], "R2": ["A1000"]}

    async def swap(session: AsyncSession, name: str) -> None:
        await units.claim(session, name, "ES", COM, wanted[name])

    for _ in range(5):
        outcomes = await race(sessions, ["R1", "R2"], swap)
        assert {type(one) for one in outcomes} == {DuplicateSerial}, outcomes


async def test_a_permit_lets_exactly_one_more_in(sessions: Sessions) -> None:
    names = [f"R{n}" for n in range(8)]
    await file_requests(sessions, "R", *names)
    await claim(sessions, "R", "A1000")
    number = await permit(sessions, "A1000")

    async def take(session: AsyncSession, name: str) -> str:
        await units.claim(session, name, "ES", COM, ["A1000"])
        return name

    winners = [one for one in await race(sessions, names, take) if isinstance(one, str)]
    assert len(winners) == 1
    assert await claims(sessions) == {"A1000": [("R", None), (winners[0], number)]}
    async with sessions() as session:
        assert (await session.get_one(DuplicatePermit, number)).used_by == winners[0]


async def test_a_permit_that_is_not_needed_stays_open(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2")
    await permit(sessions, "A1000")
    await claim(sessions, "R1", "A1000")
    async with sessions() as session:
        assert await units.open_permits(session, "ES", COM, ["A1000", "B2000"]) == {"A1000"}
    await claim(sessions, "R2", "A1000")
    async with sessions() as session:
        assert await units.open_permits(session, "ES", COM, ["A1000", "B2000"]) == frozenset()
        assert await units.holders(session, "PT", COM, ["A1000"]) == {}
        assert (await units.holders(session, "ES", COM, ["A1000"])).keys() == {"A1000"}


async def test_a_refused_submission_gives_its_permit_back(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2", "R3")
    await claim(sessions, "R1", "A1000", "B2000")
    await permit(sessions, "A1000")
    with pytest.raises(DuplicateSerial, match="B2000"):
        await claim(sessions, "R2", "A1000", "B2000")
    await claim(sessions, "R3", "A1000")


async def test_the_eldest_permitted_holder_inherits(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2", "R3", "R4")
    await claim(sessions, "R1", "A1000")
    eldest, younger = await permit(sessions, "A1000"), await permit(sessions, "A1000")
    await claim(sessions, "R3", "A1000")
    await claim(sessions, "R2", "A1000")
    assert await claims(sessions) == {"A1000": [("R1", None), ("R2", younger), ("R3", eldest)]}
    await release(sessions, "R1")
    assert await claims(sessions) == {"A1000": [("R2", younger), ("R3", None)]}
    with pytest.raises(DuplicateSerial):
        await claim(sessions, "R4", "A1000")
    await release(sessions, "R2")
    assert await claims(sessions) == {"A1000": [("R3", None)]}


async def test_whoever_takes_a_permit_while_the_holder_leaves_is_the_holder_then(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2", "R3")
    await claim(sessions, "R1", "A1000")
    await permit(sessions, "A1000")
    async with sessions.begin() as session:
        await units.claim(session, "R2", "ES", COM, ["A1000"])
        leaving = asyncio.create_task(release(sessions, "R1"))
        await ends_or_waits(sessions, leaving)
    await leaving
    with pytest.raises(DuplicateSerial):
        await claim(sessions, "R3", "A1000")


async def test_two_that_leave_at_once_leave_a_holder(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2", "R3", "R4")
    await claim(sessions, "R1", "A1000")
    await permit(sessions, "A1000")
    await permit(sessions, "A1000")
    await claim(sessions, "R2", "A1000")
    await claim(sessions, "R3", "A1000")
    async with sessions.begin() as session:
        await units.release(session, "R2")
        leaving = asyncio.create_task(release(sessions, "R1"))
        await ends_or_waits(sessions, leaving)
    await leaving
    assert await claims(sessions) == {"A1000": [("R3", None)]}
    with pytest.raises(DuplicateSerial):
        await claim(sessions, "R4", "A1000")
