"""Pools of numbers: made thousands at once, listed with owners and holders, never drawn twice (`domain.md` §4)."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select, update

from activities.booking import Booking
from activities.rendering.cards import CardFace
from activities.rendering.pool import CardPress
from api.app import create_app
from domain.messages import RequestOrder
from domain.pools import Pool
from domain.states import Kind
from store import intake
from store.snapshots import to_json
from store.tables.effects import Card, Email
from store.tables.requests import Intake, Request
from tests.api.refusals import pointers, refusal
from tests.domain.submissions import commissioning
from tests.kinds.walks import counted, extended, listed_codes
from tests.stack.countries import NewCountry, new_country
from tests.stack.footprint import quiet
from tests.stack.running import BASE_URL, Stack
from tests.stack.walks import REQUESTS, new_serial
from workers import worker
from workflows.client import Desk

THOUSANDS = 12_000
AT_ONCE = asyncio.Semaphore(25)
TRIES = 5  # each waits as long as the API waits for a decision


async def test_thousands_of_codes_are_made_at_once_and_are_unique(stack: Stack) -> None:
    country = await new_country(stack)
    path = f"/api/v1/countries/{country.code}/pools/extension/numbers"
    made = await stack.client_of(country.keyuser).post(path, json={"count": THOUSANDS, "prefix": "BULK"})
    assert made.status_code == 201
    assert made.json() == {"pool": "extension", "total": THOUSANDS, "free": THOUSANDS}
    numbers = [one["number"] for one in await listed_codes(stack, country)]
    assert len(numbers) == len(set(numbers)) == THOUSANDS
    assert all(re.fullmatch("BULK-[0-9A-HJKMNP-TV-Z]{8}", number) for number in numbers)


async def test_two_keyusers_may_make_codes_at_the_same_moment(stack: Stack) -> None:
    country = await new_country(stack)
    path = f"/api/v1/countries/{country.code}/pools/extension/numbers"
    client = stack.client_of(country.keyuser)
    both = await asyncio.gather(*(client.post(path, json={"count": 1000, "prefix": "SAME"}) for _ in range(2)))
    assert [one.status_code for one in both] == [201, 201]
    assert await counted(stack, country.code, Pool.EXTENSION) == (2000, 2000)


async def test_the_pools_of_a_country_are_counted(stack: Stack) -> None:
    country = await new_country(stack, numbers=7, codes=3)
    await extended(stack, country.partner, country=country.code)
    answer = await stack.client_of(country.keyuser).get(f"/api/v1/countries/{country.code}/pools")
    assert answer.json() == {
        "items": [{"pool": "card", "total": 7, "free": 7}, {"pool": "extension", "total": 3, "free": 3}]
    }


async def test_the_list_of_codes_goes_on_where_it_ended(stack: Stack) -> None:
    country = await new_country(stack, codes=5)
    client, path = stack.client_of(country.keyuser), f"/api/v1/countries/{country.code}/codes"
    first = (await client.get(f"{path}?limit=3")).json()
    rest = (await client.get(f"{path}?limit=3&after={first['next_after']}")).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_after"]) == (3, 2, None)
    assert not {one["number"] for one in first["items"]} & {one["number"] for one in rest["items"]}
    assert (await client.get(f"{path}?after={2**60}")).json() == {"items": [], "next_after": None}
    assert refusal(await client.get(f"{path}?after=-{10**20}")) == (422, "invalid")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"count": 0, "prefix": "A"}, "/count"),
        ({"count": True, "prefix": "A"}, "/count"),
        ({"count": 20_001, "prefix": "A"}, "/count"),
        ({"count": 1, "prefix": ""}, "/prefix"),
        ({"count": 1, "prefix": "a b"}, "/prefix"),
        ({"count": 1, "prefix": "ABCDEFGHIJK"}, "/prefix"),
        ({"count": 1, "prefix": "A", "owner": "Nobody"}, "/owner"),
        ({"count": 1, "prefix": "A", "owner": "Clima Tejo"}, "/owner"),
        ({"count": 1}, "/prefix"),
    ],
)
async def test_what_cannot_be_made_is_pointed_at(stack: Stack, body: dict[str, object], pointer: str) -> None:
    before = await counted(stack, "ES", Pool.EXTENSION)
    answer = await stack.client_of("keyuser.es").post("/api/v1/countries/ES/pools/extension/numbers", json=body)
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), [pointer])
    assert await counted(stack, "ES", Pool.EXTENSION) == before


async def test_card_numbers_have_no_owner(stack: Stack) -> None:
    answer = await stack.client_of("keyuser.es").post(
        "/api/v1/countries/ES/pools/card/numbers", json={"count": 1, "prefix": "A", "owner": "ABC"}
    )
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/owner"])


@pytest.mark.parametrize(
    ("login", "expected"),
    [("keyuser.pt", (404, "not_found")), ("partner.pro", (403, "forbidden")), ("admin", (403, "forbidden"))],
)
async def test_only_the_countrys_keyuser_sees_and_makes_numbers(
    stack: Stack, login: str, expected: tuple[int, str]
) -> None:
    client = stack.client_of(login)
    answers = [
        await client.get("/api/v1/countries/ES/pools"),
        await client.get("/api/v1/countries/ES/codes"),
        await client.post("/api/v1/countries/ES/pools/extension/numbers", json={"count": 1, "prefix": "A"}),
    ]
    assert [refusal(answer) for answer in answers] == [expected] * 3


async def recorded(stack: Stack, country: NewCountry, count: int) -> list[str]:
    """Requests as the booking records them, without workflows, which a decision opens. Nobody is told of them."""
    booking = Booking(stack.sessions, lambda: datetime.now(UTC), BASE_URL)
    ids = []
    for n in range(count):
        units = tuple(replace(one, serial=new_serial()) for one in commissioning().units)
        async with stack.sessions.begin() as session:
            ids.append(await intake.next_request_id(session, country.code, Kind.COMMISSIONING))
            session.add(
                Intake(
                    request_id=ids[-1],
                    caller=country.installer,
                    login=country.installer,
                    idempotency_key=f"storm {n}",
                    body_hash="",
                    kind=Kind.COMMISSIONING,
                    country=country.code,
                    body=to_json(commissioning(country=country.code, documents=(), units=units)),
                    submitted_at=datetime.now(UTC),
                )
            )
        assert (await booking.record_request(RequestOrder(ids[-1], Kind.COMMISSIONING))).booked
    async with stack.sessions.begin() as session:
        await session.execute(update(Email).where(Email.request_id.in_(ids)).values(status="dropped"))
    return ids


async def accepted(stack: Stack, country: NewCountry, request_id: str) -> httpx.Response:
    """Accept as the API asks clients to: while the desk is too busy to settle it, again with the same key."""
    client, path = stack.client_of(country.keyuser), f"{REQUESTS}/{request_id}/actions/accept"
    async with AT_ONCE:
        for _ in range(TRIES):
            answer = await client.post(path, json={"version": 1}, headers={"Idempotency-Key": "accept"})
            if answer.status_code != 503:
                return answer
            assert refusal(answer) == (503, "unavailable")
    raise AssertionError(f"{request_id} was not settled in {TRIES} tries")


class QuickPress(CardPress):
    """Prints numbers only: drawing a hundred and fifty cards takes half a minute, and is tested elsewhere."""

    async def press(self, face: CardFace) -> bytes:
        return f"%PDF-1.4 {face.number}".encode()


@asynccontextmanager
async def desk_of_its_own(stack: Stack) -> AsyncIterator[Stack]:
    """The same desk on another task queue, whose worker has a quick press."""
    app = create_app(stack.settings)
    app.state.parts = replace(stack.parts, desk=Desk(stack.temporal, "storm"))
    own = Stack(stack.settings, stack.sessions, stack.temporal, app, stack.folder)
    async with worker.serving(stack.temporal, stack.settings, stack.sessions, QuickPress(), task_queue="storm"):
        yield own


async def test_two_hundred_accepts_at_once_on_a_hundred_and_fifty_numbers(stack: Stack) -> None:
    country = await new_country(stack, numbers=150)
    requests = await recorded(stack, country, 200)
    async with desk_of_its_own(stack) as desk:
        answers = await asyncio.gather(*(accepted(desk, country, one) for one in requests))
        await held(stack, country, requests, answers)


async def held(stack: Stack, country: NewCountry, requests: list[str], answers: list[httpx.Response]) -> None:
    """Hold that every number went to one request, and that whoever got none can still be decided."""
    refused = {one for one, answer in zip(requests, answers, strict=True) if answer.status_code == 409}
    assert len(refused) == 50
    assert {answer.status_code for answer in answers} == {200, 409}
    assert {refusal(answer) for answer in answers if answer.status_code == 409} == {(409, "no_free_code")}
    async with stack.sessions() as session:
        rows = list(await session.scalars(select(Request).where(Request.id.in_(requests))))
        cards = list(await session.scalars(select(Card).where(Card.request_id.in_(requests))))
    assert {row.id for row in rows if row.state == "submitted"} == refused
    assert len({card.request_id for card in cards}) == len({card.number for card in cards}) == len(cards) == 150
    assert refused.isdisjoint(card.request_id for card in cards)
    assert await counted(stack, country.code, Pool.CARD) == (150, 0)
    await quiet(stack)
    async with stack.sessions() as session:
        printed = await session.scalars(select(Card.status).where(Card.request_id.in_(requests)))
        assert list(printed) == ["valid"] * 150
