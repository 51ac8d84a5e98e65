"""Warranty cards: promised with the decision, valid once printed, never two valid under one number."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.pools import Pool
from store import cards, pools
from store.engine import Sessions
from store.tables.effects import Card
from tests.store.rows import NOW, file_requests


async def numbered(sessions: Sessions, request_id: str) -> str:
    """A request with a number of its own."""
    await file_requests(sessions, request_id)
    async with sessions.begin() as session:
        return await pools.draw(session, "ES", Pool.CARD, request_id)


async def promise(session: AsyncSession, request_id: str, number: str, *, request_version: int = 2) -> int:
    version = await cards.next_version(session, request_id)
    await cards.promise(
        session,
        request_id=request_id,
        request_version=request_version,
        version=version,
        number=number,
        token=f"{request_id}-{version}",
        face={"number": number},
    )
    return version


async def print_it(session: AsyncSession, request_id: str) -> None:
    card = await cards.promised(session, request_id)
    assert card is not None
    await cards.issue(session, card, sha256="abc", libraries={"xhtml2pdf": "1"}, at=NOW)
    await session.flush()


async def statuses(sessions: Sessions, request_id: str) -> list[tuple[int, str]]:
    async with sessions() as session:
        rows = await session.execute(
            select(Card.version, Card.status).where(Card.request_id == request_id).order_by(Card.version)
        )
        return [(version, status) for version, status in rows]


async def test_a_promised_card_is_seen_by_nobody_until_it_is_printed(sessions: Sessions) -> None:
    number = await numbered(sessions, "R1")
    async with sessions.begin() as session:
        assert await cards.latest(session, "R1") is None
        assert await promise(session, "R1", number) == 1
        assert await cards.cards_of(session, "R1") == []
        assert await cards.card_of_token(session, "R1-1") is None
        latest = await cards.latest(session, "R1")
        assert latest is not None
        assert (latest.status, latest.face) == ("pending", {"number": number})
        await print_it(session, "R1")
    async with sessions() as session:
        [card] = await cards.cards_of(session, "R1")
        assert (card.status, card.sha256, card.issued_at, card.libraries) == ("valid", "abc", NOW, {"xhtml2pdf": "1"})
        by_token = await cards.card_of_token(session, "R1-1")
        assert by_token is not None
        assert by_token.number == number
        assert await cards.promised(session, "R1") is None
        assert await cards.card_of_token(session, "") is None


async def test_the_next_version_supersedes_the_one_before(sessions: Sessions) -> None:
    number = await numbered(sessions, "R1")
    async with sessions.begin() as session:
        await promise(session, "R1", number)
        await print_it(session, "R1")
        assert await promise(session, "R1", number, request_version=4) == 2
    assert await statuses(sessions, "R1") == [(1, "valid"), (2, "pending")], "the old one is valid until the new one is"
    async with sessions.begin() as session:
        await print_it(session, "R1")
        assert await cards.next_version(session, "R1") == 3
        first = await cards.card_version(session, "R1", 1)
        assert first is not None
        assert first.sha256 == "abc", "the old one is kept"
        assert await cards.card_version(session, "R1", 3) is None
    assert await statuses(sessions, "R1") == [(1, "superseded"), (2, "valid")]


async def test_a_card_that_is_overtaken_before_it_is_printed_is_not_printed(sessions: Sessions) -> None:
    number = await numbered(sessions, "R1")
    async with sessions.begin() as session:
        await promise(session, "R1", number)
        await cards.abandon(session, "R1")
        await promise(session, "R1", number, request_version=3)
        owed = await cards.promised(session, "R1")
        assert owed is not None
        assert owed.version == 2
        await print_it(session, "R1")
    assert await statuses(sessions, "R1") == [(1, "withdrawn"), (2, "valid")]


async def test_abandoning_leaves_what_is_printed(sessions: Sessions) -> None:
    number = await numbered(sessions, "R1")
    async with sessions.begin() as session:
        await promise(session, "R1", number)
        await print_it(session, "R1")
        await cards.abandon(session, "R1")
    assert await statuses(sessions, "R1") == [(1, "valid")]


async def test_a_cancelled_request_has_no_valid_card_printed_or_promised(sessions: Sessions) -> None:
    one, other = await numbered(sessions, "R1"), await numbered(sessions, "R2")
    async with sessions.begin() as session:
        for request_version in (2, 4):
            await promise(session, "R1", one, request_version=request_version)
            await print_it(session, "R1")
        await promise(session, "R1", one, request_version=6)
        await promise(session, "R2", other)
        await cards.withdraw(session, "R1")
        assert await cards.promised(session, "R1") is None
    assert await statuses(sessions, "R1") == [(1, "superseded"), (2, "withdrawn"), (3, "withdrawn")]
    assert await statuses(sessions, "R2") == [(1, "pending")], "another request's card stays"


async def test_two_valid_cards_never_share_a_number(sessions: Sessions) -> None:
    number = await numbered(sessions, "R1")
    await file_requests(sessions, "R2")
    async with sessions() as session:
        await promise(session, "R1", number)
        await print_it(session, "R1")
        await cards.promise(
            session, request_id="R2", request_version=2, version=2, number=number, token="other", face={}
        )
        with pytest.raises(IntegrityError, match="uq_cards_valid"):
            await print_it(session, "R2")


async def test_a_card_has_a_number_of_the_pool(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    with pytest.raises(IntegrityError, match="fk_cards_number"):
        async with sessions.begin() as session:
            await promise(session, "R1", "ES-INVENTED")


def test_tokens_cannot_be_guessed() -> None:
    tokens = {cards.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 22, "128 bits"


async def test_cards_are_found_by_index_however_many_there_are(sessions: Sessions) -> None:
    query = select(Card).where(cards.shown_by(["ES-COM-000001"]))
    written = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    async with sessions() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(await session.scalars(text(f"EXPLAIN {written}")))
    assert "ix_cards_caused_by" in plan
    assert "Seq Scan on cards" not in plan
