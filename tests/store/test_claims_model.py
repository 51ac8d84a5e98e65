"""Whatever happens in whatever order: never more live holders of a serial than one and the permits given."""

import asyncio
import itertools
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from domain.errors import DuplicateSerial
from store import units
from store.engine import connect, sessions
from store.tables.requests import SerialClaim
from tests.store.rows import COM, NOW, request_row

SERIALS = st.sampled_from(["A", "B", "C"])
SETS = st.sets(SERIALS, min_size=1)
_examples = itertools.count(1)


class Desk(RuleBasedStateMachine):
    """A model beside the database: who holds what, and how many permits wait."""

    runner: asyncio.Runner
    url: str
    requests = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.example = next(_examples)
        self.numbers = itertools.count(1)
        self.engine = connect(self.url)
        self.sessions = sessions(self.engine)
        self.held: dict[str, set[str]] = {}
        self.given = dict.fromkeys("ABC", 0)
        self.open = dict.fromkeys("ABC", 0)

    def teardown(self) -> None:
        self.runner.run(self.engine.dispose())

    def serial(self, name: str) -> str:
        """Each example has serials of its own, so that the database need not be emptied."""
        return f"{name}{self.example:04}"

    def holders(self, name: str) -> set[str]:
        return {request for request, held in self.held.items() if name in held}

    def may_hold(self, request: str, wanted: set[str]) -> bool:
        fresh = wanted - self.held.get(request, set())
        return all(self.open[name] or not self.holders(name) for name in fresh)

    def took(self, request: str, wanted: set[str]) -> None:
        for name in wanted - self.held.get(request, set()):
            self.open[name] -= bool(self.holders(name))
        self.held[request] = wanted

    def claim(self, request: str, wanted: set[str]) -> None:
        """Claim in the database, and find that it says what the model says."""
        expected = self.may_hold(request, wanted)
        serials = [self.serial(name) for name in wanted]
        assert self.runner.run(self._claim(request, serials, new=request not in self.held)) is expected
        if expected:
            self.took(request, wanted)

    async def _claim(self, request: str, serials: list[str], *, new: bool) -> bool:
        try:
            async with self.sessions.begin() as session:
                if new:
                    session.add(request_row(request))
                    await session.flush()
                await units.claim(session, request, "ES", COM, serials)
        except DuplicateSerial:
            return False
        return True

    @rule(target=requests, wanted=SETS)
    def submit(self, wanted: set[str]) -> Any:
        request = f"R{self.example}-{next(self.numbers)}"
        self.claim(request, wanted)
        return request if request in self.held else multiple()

    @rule(request=requests, wanted=SETS)
    def edit(self, request: str, wanted: set[str]) -> None:
        self.claim(request, wanted)

    @rule(request=consumes(requests))
    def cancel(self, request: str) -> None:
        async def release() -> None:
            async with self.sessions.begin() as session:
                await units.release(session, request)

        self.runner.run(release())
        del self.held[request]

    @rule(name=SERIALS)
    def permit(self, name: str) -> None:
        async def give() -> None:
            async with self.sessions.begin() as session:
                session.add(units.permit("ES", COM, self.serial(name), "once more", "keyuser.es", NOW))

        self.runner.run(give())
        self.given[name] += 1
        self.open[name] += 1

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        for name in self.given:
            claims = self.runner.run(self._claims(name))
            assert claims.keys() == self.holders(name)
            assert len(claims) <= 1 + self.given[name]
            assert list(claims.values()).count(None) == bool(claims), "one of the holders stands without a permit"

    async def _claims(self, name: str) -> dict[str, int | None]:
        async with self.sessions() as session:
            found = await session.scalars(select(SerialClaim).where(SerialClaim.serial == self.serial(name)))
            return {row.request_id: row.permit_id for row in found}


def test_there_are_never_more_live_holders_than_one_and_the_permits_given(database: str) -> None:
    with asyncio.Runner() as runner:
        Desk.runner, Desk.url = runner, database
        run_state_machine_as_test(Desk, settings=settings(deadline=None, max_examples=12, stateful_step_count=15))
