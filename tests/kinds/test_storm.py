"""Two hundred accepts at once on a pool of a hundred and fifty numbers (`domain.md` §4): part of `make endure`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import httpx
from sqlalchemy import select, update

from activities.booking import Booking
from activities.rendering.face import CardFace
from activities.rendering.pool import CardPress
from api.app import create_app
from domain.messages import RequestOrder
from domain.pools import Pool
from domain.states import Kind
from store import intake
from store.snapshots import to_json
from store.tables.effects import Card, Email
from store.tables.requests import Intake, Request
from tests.api.refusals import refusal
from tests.domain.submissions import commissioning
from tests.kinds.walks import counted
from tests.stack.countries import NewCountry, new_country
from tests.stack.days import COMMISSIONED
from tests.stack.footprint import quiet
from tests.stack.running import BASE_URL, Stack
from tests.stack.walks import REQUESTS, new_serial
from workers import worker
from workflows.client import Desk

AT_ONCE = asyncio.Semaphore(25)
TRIES = 5  # each waits as long as the API waits for a decision


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
                    body=to_json(
                        commissioning(country=country.code, commissioned_on=COMMISSIONED, documents=(), units=units)
                    ),
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
