"""Whatever is submitted, denied, resubmitted, cancelled, released and accepted: a code has one holder (§4).

Straight at the bookings and the database, without Temporal: the state tables here are those of the product.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from temporalio.exceptions import ApplicationError

from activities.booking import Booking
from activities.refusals import refusal_in
from domain.messages import BookMove, BookSystemMove, RequestOrder
from domain.pools import ExtensionMode, Pool
from domain.requests import WarrantyExtension
from domain.states import Kind, Side, State, Trigger
from statemachines.machine import RequestMachine
from statemachines.registry import maker
from store import decisions, intake, pools, requests
from store.engine import Sessions, connect
from store.engine import sessions as sessions_on
from store.snapshots import to_json
from store.tables.countries import Country
from store.tables.effects import Card, PoolNumber
from store.tables.requests import Intake, Request
from tests.domain.submissions import OUTDOOR, commissioning
from tests.stack.running import BASE_URL

EXT = Kind.WARRANTY_EXTENSION
CODES = ("ESX-A", "ESX-B", "ESX-C")
LOGINS = {Side.KEYUSER: "keyuser.es", Side.REQUESTER: "partner.pro"}
NAMES = [Trigger.DENY, Trigger.FLAG_WRONG_DATA, Trigger.RESUBMIT, Trigger.WITHDRAW, Trigger.CANCEL, Trigger.ACCEPT]
_keys = count(1)

SUBMIT = st.tuples(st.just("submit"), st.sampled_from([*CODES, ""]))
DECIDE = st.tuples(st.sampled_from(NAMES), st.integers(0, 3))
RELEASE = st.tuples(st.just("release"), st.sampled_from(CODES))
MODE = st.tuples(st.just("mode"), st.sampled_from(ExtensionMode))
STEPS = st.lists(st.one_of(SUBMIT, DECIDE, DECIDE, RELEASE, MODE), min_size=4, max_size=20)
ROUNDS = st.lists(st.lists(st.one_of(SUBMIT, DECIDE, RELEASE), min_size=1, max_size=4), min_size=2, max_size=6)


class Desk:
    """The bookings of one country, with three warranty codes, and everything that was ever filed there."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.booking = Booking(sessions, lambda: datetime.now(UTC), BASE_URL, demo=True)
        self.filed: list[str] = []
        self.consumed: dict[str, str] = {}

    async def clear(self) -> None:
        """Every code is free, and no request is left."""
        async with self.sessions.begin() as session:
            tables = "requests, intakes, decisions, journal, emails, cards, assignments, serial_claims, request_units"
            await session.execute(text("ALTER TABLE ledger DISABLE TRIGGER USER"))  # it is emptied with the others
            await session.execute(text(f"TRUNCATE {tables}, request_documents, pool_numbers CASCADE"))
            await session.execute(text("ALTER TABLE ledger ENABLE TRIGGER USER"))
            session.add_all(PoolNumber(country="ES", pool=Pool.EXTENSION, number=number) for number in CODES)

    async def step(self, what: tuple[Any, Any]) -> None:
        """One step; one that is refused changes nothing."""
        name, which = what
        match name:
            case "submit":
                await self.submit(which)
            case "release":
                await self.release(which)
            case "mode":
                async with self.sessions.begin() as session:
                    await session.execute(update(Country).where(Country.code == "ES").values(extension_mode=which))
            case _ if self.filed:
                await self.decide(name, self.filed[which % len(self.filed)])

    async def submit(self, code: str) -> None:
        serial = f"S{next(_keys):08d}"
        units = (type(OUTDOOR)(OUTDOOR.role, OUTDOOR.product, serial),)
        plain = commissioning(units=units, documents=())
        own = {field.name: getattr(plain, field.name) for field in fields(plain)}
        data = WarrantyExtension(**own, warranty_code=code)
        async with self.sessions.begin() as session:
            request_id = await intake.next_request_id(session, "ES", EXT)
            session.add(
                Intake(
                    request_id=request_id,
                    caller="partner.pro",
                    login="partner.pro",
                    idempotency_key=request_id,
                    body_hash="",
                    kind=EXT,
                    country="ES",
                    body=to_json(data),
                    submitted_at=datetime.now(UTC),
                )
            )
        recorded = await self.booking.record_request(RequestOrder(request_id, EXT))
        if recorded.booked is not None:
            self.filed.append(request_id)

    async def decide(self, trigger: Trigger, request_id: str) -> None:
        async with self.sessions.begin() as session:
            row = await session.get_one(Request, request_id)
            state = State(row.state)
            payload: dict[str, Any] = {"comment": "Because."}
            if trigger is Trigger.RESUBMIT:
                payload["data"] = to_json(await requests.carried(session, row))
            key, side = f"K{next(_keys)}", maker(EXT, trigger)
            await decisions.propose(
                session,
                request_id=request_id,
                key=key,
                body_hash="",
                login=LOGINS[side],
                trigger=trigger,
                version=None,
                payload=payload,
                at=datetime.now(UTC),
            )
        machine = RequestMachine(EXT, state)
        if trigger not in machine.offers():
            return
        try:
            target = machine.targets(trigger)[0]
            booked = await self.booking.book_move(BookMove(request_id, key, trigger, state, target, by=side))
        except ApplicationError as failure:
            if refusal_in(failure) is None:
                raise
            return
        if booked.state is State.ACCEPTED:
            await self.booking.book_system_move(
                BookSystemMove(request_id, Trigger.FINISH, State.ACCEPTED, State.PROCESSED)
            )

    async def release(self, code: str) -> None:
        """As `api.numbers` does it: behind the lock of a request that has ended."""
        async with self.sessions.begin() as session:
            holder = await pools.holder_of(session, "ES", code)
            row = await requests.locked(session, holder) if holder else None
            if row is not None and row.state == State.CANCELLED:
                await pools.free(session, row.id)

    async def hold(self) -> None:
        """The law of §4, read from the rows."""
        async with self.sessions() as session:
            codes = list(await session.scalars(select(PoolNumber)))
            rows = {row.id: row for row in await session.scalars(select(Request))}
            cards = list(await session.scalars(select(Card)))
        holders = [one.held_by for one in codes if one.held_by]
        assert len(holders) == len(set(holders)), "a request holds one code"
        spenders = [one.request_id for one in codes if one.request_id]
        assert len(spenders) == len(set(spenders)), "a request has one number"
        assert all(one.held_by in {None, one.request_id} for one in codes if one.request_id), "a code has one holder"
        on_cards: dict[str, set[str]] = {}
        for card in cards:
            on_cards.setdefault(card.number, set()).add(card.request_id)
        assert all(len(carriers) == 1 for carriers in on_cards.values()), "a number is on the cards of one request"
        assert {(one.number, one.request_id) for one in codes if one.request_id} == {
            (card.number, card.request_id) for card in cards
        }
        for number, request_id in self.consumed.items():
            assert on_cards.get(number) == {request_id}, "what is consumed never returns"
        self.consumed = {one.number: one.request_id for one in codes if one.request_id}
        bound = {one.held_by: one.number for one in codes if one.held_by}
        for request_id, row in rows.items():
            wanted = row.data["warranty_code"]
            if wanted and row.state != State.CANCELLED:
                assert bound.get(request_id) == wanted, "a live request keeps its code"
            printed = {card.number for card in cards if card.request_id == request_id}
            assert printed or row.state != State.PROCESSED
            assert not printed or not wanted or printed == {wanted}, "the bound code is the number of the card"


@pytest.fixture(scope="module")
def runner(own_database: str) -> Iterator[tuple[asyncio.Runner, Desk]]:
    """A loop of its own, since hypothesis calls plain functions."""
    with asyncio.Runner() as runner:
        engine = connect(own_database)
        yield runner, Desk(sessions_on(engine))
        runner.run(engine.dispose())


quickly = settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@quickly
@given(STEPS)
def test_no_sequence_gives_a_code_two_holders(runner: tuple[asyncio.Runner, Desk], steps: list[Any]) -> None:
    loop, desk = runner

    async def walk() -> None:
        await desk.clear()
        desk.filed, desk.consumed = [], {}
        for step in steps:
            await desk.step(step)
            await desk.hold()

    loop.run(walk())


@quickly
@given(ROUNDS)
def test_no_rivals_give_a_code_two_holders(runner: tuple[asyncio.Runner, Desk], rounds: list[list[Any]]) -> None:
    """As above, but the steps of a round are taken all at once."""
    loop, desk = runner

    async def walk() -> None:
        await desk.clear()
        desk.filed, desk.consumed = [], {}
        for steps in rounds:
            await asyncio.gather(*(desk.step(step) for step in steps))
            await desk.hold()

    loop.run(walk())
