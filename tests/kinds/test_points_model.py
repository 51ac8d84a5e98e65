"""Whatever is submitted, judged, processed, answered, adjusted, cancelled, repeated and killed: the books are right.

Straight at the bookings and the database, without Temporal (`domain.md` §2.4). Beside them runs a model, which knows
nothing of entries: it remembers what each line was last granted. A kill is a booking that is cancelled wherever it
happens to be, and then ordered again, as Temporal does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from activities.booking import Booking
from activities.judging import Judgement, judge, set_points
from domain.messages import RequestOrder
from domain.points import Verdict
from domain.requests import Attachment, Line
from domain.states import Kind, State, Trigger
from statemachines.machine import RequestMachine
from store import requests
from store.engine import connect
from store.engine import sessions as sessions_on
from store.snapshots import to_json
from store.tables.requests import Request
from tests.kinds.bookings import Desk, killed
from tests.kinds.claims import PLAIN, PUSHED
from tests.stack.running import BASE_URL

WORTH = {PLAIN: 11, PUSHED: 60}
VERDICTS = st.sampled_from([Verdict.ACCEPTED, Verdict.DENIED, Verdict.ACCEPTED])
ENDS = st.sampled_from([None, None, None, Trigger.CANCEL, Trigger.WITHDRAW])  # mostly a request goes on


@dataclass
class Granting:
    """A line as the model sees it: `granted` is its final value while it is credited."""

    worth: int
    verdicts: dict[str, Verdict | None]
    own: Verdict | None = None
    override: int | None = None
    granted: int | None = None

    @property
    def verdict(self) -> Verdict | None:
        if not self.verdicts:
            return self.own
        if None in self.verdicts.values():
            return None
        return Verdict.DENIED if Verdict.DENIED in self.verdicts.values() else Verdict.ACCEPTED


@dataclass
class Filed:
    """A request as the model sees it."""

    id: str
    lines: list[Granting]
    state: State = State.SUBMITTED

    @property
    def credited(self) -> bool:
        return any(line.granted is not None for line in self.lines)


class Books(RuleBasedStateMachine):
    """Random decisions on a few requests of one participant."""

    desk: Desk
    run: Callable[[Awaitable[Any]], Any]

    @initialize()
    def begin(self) -> None:
        self.filed: list[Filed] = []
        self.seen: list[tuple[Any, ...]] = self.run(self.desk.entries())
        self.before: int = self.run(self.desk.balance())
        self.submit_lines([(PLAIN, 1, {0}), (PUSHED, 2, {0, 1}), (PLAIN, 1, set())], kill=3)

    @rule(
        shapes=st.lists(
            st.tuples(st.sampled_from(sorted(WORTH)), st.integers(1, 3), st.sets(st.integers(0, 3), max_size=2)),
            min_size=1,
            max_size=3,
        ),
        kill=st.integers(0, 30),
    )
    def submit(self, shapes: list[tuple[str, int, set[int]]], kill: int) -> None:
        self.submit_lines(shapes, kill)

    def submit_lines(self, shapes: list[tuple[str, int, set[int]]], kill: int) -> None:
        """File a request whose lines have these products, quantities and documents."""
        lines = tuple(
            Line(product, quantity, {}, tuple(Attachment("invoice", self.desk.documents[n]) for n in sorted(documents)))
            for product, quantity, documents in shapes
        )
        request_id = self.run(self.desk.file(lines))
        order = RequestOrder(request_id, Kind.POINTS)
        self.run(killed(lambda: self.desk.booking.record_request(order), kill))
        assert self.run(self.desk.booking.record_request(order)).booked is not None
        granting = [
            Granting(WORTH[line.product] * line.quantity, {one.document_id: None for one in line.documents})
            for line in lines
        ]
        self.filed.append(Filed(request_id, granting))

    def pick(self, which: int, *states: State) -> Filed | None:
        found = [one for one in self.filed if one.state in states]
        return found[which % len(found)] if found else None

    def give(self, request: Filed, n: int, place: int, verdict: Verdict) -> None:
        """A verdict about a document of the line, or about the bare line."""
        line = request.lines[n]
        document = sorted(line.verdicts)[place % len(line.verdicts)] if line.verdicts else None
        judgement = Judgement(verdict, document_id=UUID(document)) if document else Judgement(verdict, line=n + 1)
        places = [one for one in request.lines if (document in one.verdicts if document else one is line)]
        open_ = [one for one in places if one.granted is None]
        done = self.run(self.desk.change(request.id, lambda session, row: judge(session, row, (judgement,))))
        assert done is bool(open_)
        for one in open_:
            if document is None:
                one.own = verdict
            else:
                one.verdicts[document] = verdict
            if one.verdict is Verdict.DENIED:
                one.override = None

    @precondition(lambda self: self.pick(0, State.SUBMITTED))
    @rule(which=st.integers(0, 9), n=st.integers(0, 2), place=st.integers(0, 1), verdict=VERDICTS)
    def judge(self, which: int, n: int, place: int, verdict: Verdict) -> None:
        request = self.pick(which, State.SUBMITTED)
        assert request is not None
        self.give(request, n % len(request.lines), place, verdict)

    def give_the_rest(self, request: Filed, verdicts: list[Verdict]) -> None:
        """Verdicts about everything that has none yet."""
        for n, line in enumerate(request.lines):
            for place in range(max(len(line.verdicts), 1)):
                if line.granted is None and line.verdict is None:
                    self.give(request, n, place, verdicts[n])

    @precondition(lambda self: self.pick(0, State.SUBMITTED))
    @rule(which=st.integers(0, 9), n=st.integers(0, 2), points=st.none() | st.integers(0, 200))
    def override(self, which: int, n: int, points: int | None) -> None:
        request = self.pick(which, State.SUBMITTED)
        assert request is not None
        n = n % len(request.lines)
        line = request.lines[n]
        done = self.run(self.desk.change(request.id, lambda session, row: set_points(session, row, n + 1, points)))
        assert done is (line.verdict is Verdict.ACCEPTED and line.granted is None)
        if done:
            line.override = points

    @precondition(lambda self: self.pick(0, State.SUBMITTED))
    @rule(
        which=st.integers(0, 9),
        rest=st.lists(VERDICTS, min_size=3, max_size=3),
        early=st.sampled_from([False, False, False, True]),
        kill=st.integers(0, 60),
    )
    def process(self, which: int, rest: list[Verdict], kill: int, *, early: bool) -> None:
        request = self.pick(which, State.SUBMITTED)
        assert request is not None
        if not early:
            self.give_the_rest(request, rest)
        booked = self.run(self.desk.decide(request.id, Trigger.PROCESS, kill))
        verdicts = [line.verdict for line in request.lines]
        if None in verdicts:
            assert booked is None
            return
        accepted = verdicts.count(Verdict.ACCEPTED)
        wanted = State.ACCEPTED if accepted == len(verdicts) else State.PARTIALLY_ACCEPTED if accepted else State.DENIED
        assert booked is not None
        assert booked.state is wanted
        request.state = wanted
        for line in request.lines:
            if line.verdict is Verdict.ACCEPTED and line.granted is None:
                line.granted = line.worth if line.override is None else line.override
        if wanted is State.ACCEPTED:
            self.run(self.desk.by_itself(request.id, Trigger.FINISH, State.ACCEPTED, kill))
            request.state = State.PROCESSED

    @precondition(lambda self: self.pick(0, State.PARTIALLY_ACCEPTED, State.DENIED))
    @rule(which=st.integers(0, 9), offset=st.integers(1, 3), kill=st.integers(0, 60))
    def answer(self, which: int, offset: int, kill: int) -> None:
        request = self.pick(which, State.PARTIALLY_ACCEPTED, State.DENIED)
        assert request is not None
        documents = self.desk.documents
        for line in request.lines:
            free = [one for one in documents if one not in line.verdicts]
            denied = [one for one, verdict in line.verdicts.items() if verdict is Verdict.DENIED]
            if len(free) < len(denied):
                return
        fresh = {
            n: iter([one for one in documents[offset:] + documents[:offset] if one not in line.verdicts])
            for n, line in enumerate(request.lines, start=1)
        }
        taken: dict[int, list[str]] = {n: [] for n in fresh}

        def another(n: int) -> str:
            taken[n].append(next(fresh[n]))
            return taken[n][-1]

        data = self.run(self.desk.answered(request.id, another))
        booked = self.run(self.desk.decide(request.id, Trigger.RESUBMIT, kill, data=data))
        assert booked is not None
        request.state = State.SUBMITTED
        for n, line in enumerate(request.lines, start=1):
            kept = {one: verdict for one, verdict in line.verdicts.items() if verdict is not Verdict.DENIED}
            line.verdicts = {**kept, **dict.fromkeys(taken[n])}

    @precondition(lambda self: self.pick(0, State.PARTIALLY_ACCEPTED, State.PROCESSED))
    @rule(which=st.integers(0, 9), n=st.integers(0, 2), points=st.integers(0, 200), kill=st.integers(0, 60))
    def adjust(self, which: int, n: int, points: int, kill: int) -> None:
        request = self.pick(which, State.PARTIALLY_ACCEPTED, State.PROCESSED)
        assert request is not None
        n = n % len(request.lines)
        booked = self.run(self.desk.decide(request.id, Trigger.ADJUST, kill, line=n + 1, points=points))
        assert (booked is not None) is (request.lines[n].granted is not None)
        if booked is not None:
            request.lines[n].granted = points

    @precondition(lambda self: self.pick(0, *(set(State) - {State.CANCELLED, State.ACCEPTED})))
    @rule(which=st.integers(0, 9), trigger=ENDS, kill=st.integers(0, 60))
    def end(self, which: int, trigger: Trigger | None, kill: int) -> None:
        request = self.pick(which, *sorted(set(State) - {State.CANCELLED, State.ACCEPTED}))
        assert request is not None
        if trigger is None or trigger not in RequestMachine(Kind.POINTS, request.state).offers():
            return
        booked = self.run(self.desk.decide(request.id, trigger, kill))
        assert (booked is not None) is (trigger is Trigger.CANCEL or not request.credited)
        if booked is not None:
            request.state = State.CANCELLED
            for line in request.lines:
                line.granted = None

    @precondition(lambda self: self.pick(0, State.SUBMITTED))
    @rule(which=st.integers(0, 9), kill=st.integers(0, 60), back=st.sampled_from([True, True, False]))
    def flag(self, which: int, kill: int, *, back: bool) -> None:
        request = self.pick(which, State.SUBMITTED)
        assert request is not None
        assert self.run(self.desk.decide(request.id, Trigger.FLAG_WRONG_DATA, kill)) is not None
        if back or request.credited:
            data = self.run(self.same(request))
            assert self.run(self.desk.decide(request.id, Trigger.RESUBMIT, kill, data=data)) is not None
        else:
            self.run(self.desk.by_itself(request.id, Trigger.EXPIRE, State.WRONG_DATA, kill))
            request.state = State.CANCELLED

    async def same(self, request: Filed) -> dict[str, Any]:
        async with self.desk.sessions() as session:
            return to_json(await requests.carried(session, await session.get_one(Request, request.id)))

    @invariant()
    def the_books_are_right(self) -> None:
        entries = self.run(self.desk.entries())
        assert entries[: len(self.seen)] == self.seen, "no entry is ever changed"
        self.seen = entries
        keys = [(entry[1], entry[2], entry[3]) for entry in entries]
        assert len(keys) == len(set(keys)), "nothing is booked twice"
        granted = sum(line.granted or 0 for one in self.filed for line in one.lines)
        assert self.run(self.desk.balance()) - self.before == granted


def test_the_balance_is_what_was_granted(own_database: str) -> None:
    with asyncio.Runner() as runner:
        engine = connect(own_database, pool_size=2)
        sessions = sessions_on(engine)
        desk = Desk(sessions, Booking(sessions, lambda: datetime.now(UTC), BASE_URL, demo=True))
        runner.run(desk.stock())

        def run(what: Awaitable[Any]) -> Any:
            async def whole() -> Any:
                return await what

            return runner.run(whole())

        Books.desk, Books.run = desk, staticmethod(run)
        checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
        run_state_machine_as_test(
            Books,
            settings=settings(max_examples=5, stateful_step_count=30, deadline=None, suppress_health_check=checks),
        )
        runner.run(engine.dispose())
