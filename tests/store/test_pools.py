"""Numbers of a pool: each is spent once, and on one request (`domain.md` §4)."""

import asyncio
import re
from collections.abc import Sequence

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import NoFreeCode
from domain.pools import Pool
from store import pools
from store.engine import Sessions
from store.tables.countries import Company
from store.tables.effects import PoolNumber
from tests.store.rows import ends_or_waits, file_requests, race


async def fill(sessions: Sessions, *numbers: str, owner: int | None = None, pool: str = "card") -> None:
    """Let the Spanish pool have only these."""
    async with sessions.begin() as session:
        await session.execute(delete(PoolNumber).where(PoolNumber.country == "ES", PoolNumber.pool == pool))
        session.add_all(
            PoolNumber(country="ES", pool=pool, number=number, owner_company_id=owner) for number in numbers
        )


async def draw(session: AsyncSession, request_id: str) -> str:
    return await pools.draw(session, "ES", Pool.CARD, request_id)


def drawn(outcomes: Sequence[str | BaseException]) -> list[str]:
    return [one for one in outcomes if isinstance(one, str)]


async def test_forty_at_once_share_thirty_numbers(sessions: Sessions) -> None:
    names, numbers = [f"R{n:02}" for n in range(40)], [f"ES-{n:04}" for n in range(30)]
    await file_requests(sessions, *names)
    await fill(sessions, *numbers)
    outcomes = await race(sessions, names, draw)
    assert sorted(drawn(outcomes)) == numbers
    assert sum(isinstance(one, NoFreeCode) for one in outcomes) == 10
    told = {name: one for name, one in zip(names, outcomes, strict=True) if isinstance(one, str)}
    async with sessions() as session:
        rows = await session.scalars(select(PoolNumber).where(PoolNumber.request_id.is_not(None)))
        assert {row.request_id: row.number for row in rows} == told
        assert await pools.count(session, "ES", Pool.CARD) == (30, 0)


@pytest.mark.parametrize("gives_up", [True, False], ids=["gives up", "keeps it"])
async def test_the_last_number_is_waited_for(sessions: Sessions, gives_up: bool) -> None:
    await file_requests(sessions, "R1", "R2")
    await fill(sessions, "ES-LAST")

    async def second() -> str:
        async with sessions.begin() as session:
            return await draw(session, "R2")

    async with sessions() as session:
        assert await draw(session, "R1") == "ES-LAST"
        waiting = asyncio.create_task(second())
        await ends_or_waits(sessions, waiting)
        assert not waiting.done()
        await (session.rollback() if gives_up else session.commit())
    if gives_up:
        assert await waiting == "ES-LAST"
    else:
        with pytest.raises(NoFreeCode):
            await waiting


async def test_an_empty_pool_says_so(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    await fill(sessions)
    async with sessions() as session:
        with pytest.raises(NoFreeCode, match=r"^The pool 'card' of ES has no free number left\.$") as refused:
            await draw(session, "R1")
    assert refused.value.facts == {"pool": "card"}


async def test_pools_and_countries_are_apart(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    await fill(sessions)
    async with sessions.begin() as session:
        before = await pools.count(session, "ES", Pool.EXTENSION)
        assert before == await pools.count(session, "PT", Pool.CARD) == (1000, 1000)
        assert (await pools.draw(session, "ES", Pool.EXTENSION, "R1")).startswith("ESX-")
        assert await pools.count(session, "ES", Pool.EXTENSION) == (1000, 999)


async def test_a_number_that_a_company_owns_is_not_drawn(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions() as session:
        owner = await session.scalar(select(Company.id).where(Company.name == "ABC"))
    await fill(sessions, "ES-OWNED", owner=owner)
    async with sessions() as session:
        with pytest.raises(NoFreeCode):
            await draw(session, "R1")


async def test_numbers_are_drawn_in_the_order_of_their_generation(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2")
    await fill(sessions, "ES-B", "ES-A")
    async with sessions.begin() as session:
        assert [await draw(session, name) for name in ("R1", "R2")] == ["ES-B", "ES-A"]


async def test_no_request_gets_two_numbers(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions() as session:
        await draw(session, "R1")
        with pytest.raises(IntegrityError):
            await draw(session, "R1")


async def test_generated_numbers_are_unique_and_of_the_documented_shape(sessions: Sessions) -> None:
    await fill(sessions)
    async with sessions.begin() as session:
        await pools.generate(session, "ES", Pool.CARD, 2500, "ES")
        await pools.generate(session, "ES", Pool.CARD, 0, "ES")
    async with sessions() as session:
        numbers = list(
            await session.scalars(
                select(PoolNumber.number).where(PoolNumber.country == "ES", PoolNumber.pool == "card")
            )
        )
        assert await pools.count(session, "ES", Pool.CARD) == (2500, 2500)
    assert len(set(numbers)) == 2500
    assert all(re.fullmatch("ES-[0-9A-HJKMNP-TV-Z]{8}", number) for number in numbers)
