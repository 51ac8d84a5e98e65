"""What the workflows of all kinds share: the doors through which decisions come, and the patience of each side.

A workflow is the story of one request. Its machine says where it stands; the database checks and keeps every
move; what is pending (who is waited for, until when, which effects are under way) is here.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError

from activities.booking import Booking
from activities.refusals import crossing, refusal_in
from domain.clocks import Alarm, Clocks, Patience, turn_of
from domain.errors import Invalid, KeydeskError, from_facts
from domain.messages import Booked, BookMove, BookSystemMove, Decide, RequestOrder, Ring, SignalledDecision
from domain.states import State, Trigger
from statemachines.machine import RequestMachine
from statemachines.registry import maker
from workflows.details import describe
from workflows.effects import Effects
from workflows.typed import HIGHEST, checked, fits

STATE = SearchAttributeKey.for_keyword("RequestState")
DUE_AT = SearchAttributeKey.for_datetime("DueAt")
TIMEOUT = timedelta(seconds=30)
RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10))


class RequestWorkflow:
    """Doors and patience. A kind adds its story: `run`, with a case for every state.

    Every signal takes one argument, needed or not: what ops type must find a handler that can be called.
    """

    def __init__(self, order: RequestOrder) -> None:
        self._order = order
        self._machine = RequestMachine(order.kind, order.state)
        self._version = order.version
        self._recorded = order.reopened
        self._refusal: dict[str, Any] | None = None
        self._lock = asyncio.Lock()
        self._moves = 0
        self._rung: set[Alarm] = set()
        self._clocks = Clocks(workflow.now(), turn_of(order.kind, order.state), order.used)
        self._patience: Patience | None = order.patience
        self._effects = Effects(order.request_id, self._show)
        self._show()

    @workflow.update
    async def submit(self) -> None:
        """The caller's wait for the record. Raises the refusal, if that is what became of the submission."""
        await workflow.wait_condition(lambda: self._recorded)
        self._raise_refusal()

    @workflow.update
    async def decide(self, decision: Decide) -> Booked:
        """A decision that waits in the database under its key. Raises its refusal with the code as type."""
        return await self._decide(decision.trigger, decision.key)

    @decide.validator
    def _check_update(self, decision: Decide) -> None:
        """An update typed by ops can be anything. What is refused here leaves nothing in the history."""
        if not isinstance(decision, Decide) or not fits(decision.key):
            raise crossing(Invalid("That is no decision."))

    @workflow.signal(name="decide")
    async def decide_by_signal(self, decision: SignalledDecision | None = None) -> None:
        """A decision typed by ops. One that cannot be made is logged and changes nothing."""
        try:
            typed = checked(decision)
            await self._decide(typed.trigger, typed.key or str(workflow.uuid4()), typed)
        except ApplicationError as refused:
            workflow.logger.warning("signalled decision refused: %s", refused.type)

    @workflow.signal
    def deliver(self, emails: list[int] | None = None) -> None:
        """Emails that no move caused (messages) are queued: send them."""
        self._effects.start(card_of=None, emails=[one for one in emails or () if 0 < one <= HIGHEST])

    @workflow.signal
    async def catch_up(self, _: object = None) -> None:
        """Follow the database: another request's move has moved this one, or effects were lost with a lost run."""
        await workflow.wait_condition(lambda: self._recorded)
        async with self._lock:
            self._follow(
                await workflow.execute_local_activity_method(
                    Booking.stand, self._order.request_id, start_to_close_timeout=TIMEOUT, retry_policy=RETRY
                )
            )

    @workflow.signal
    def retry_card(self, _: object = None) -> None:
        """Ops have mended what blocked the card: print it again."""
        self._effects.retry_card()

    @workflow.query
    def state(self) -> str:
        """Where the request stands."""
        return self._machine.state.value

    async def _record(self) -> bool:
        """Turn the submission into a request, once; False if it was refused."""
        if self._recorded:
            return True
        recorded = await workflow.execute_local_activity_method(
            Booking.record_request, self._order, start_to_close_timeout=TIMEOUT, retry_policy=RETRY
        )
        self._refusal = recorded.refusal
        self._recorded = True
        if recorded.booked is None:
            return False
        self._follow(recorded.booked)
        return True

    async def _decide(self, trigger: Trigger, key: str, signalled: SignalledDecision | None = None) -> Booked:
        await workflow.wait_condition(lambda: self._recorded)
        if signalled is None:
            await workflow.wait_condition(self._caught_up)
        async with self._lock:
            try:
                self._raise_refusal()
                return await self._book_decision(trigger, key, signalled)
            except KeydeskError as refusal:
                raise crossing(refusal) from refusal
            except ActivityError as failure:
                if (refusal_ := refusal_in(failure)) is None:
                    raise ApplicationError("The decision could not be booked.", type="unavailable") from failure
                raise crossing(refusal_) from failure

    def _caught_up(self) -> bool:
        """False while a finish may be in the database that this history has not heard of: a crash took its task."""
        return self._machine.state is not State.ACCEPTED or self._effects.blocked

    async def _book_decision(self, trigger: Trigger, key: str, signalled: SignalledDecision | None) -> Booked:
        """Not a local activity: an update is in no history before its task completes, a booking would be ahead."""
        ways = self._machine.targets(trigger)
        order = BookMove(
            request_id=self._order.request_id,
            key=key,
            trigger=trigger,
            source=self._machine.state,
            target=ways[0],
            by=maker(self._order.kind, trigger),
            used=self._clocks.used(workflow.now()),
            signalled=signalled,
        )
        booked = await workflow.execute_activity_method(
            Booking.book_move,
            order,
            start_to_close_timeout=TIMEOUT,
            retry_policy=RETRY,
            summary=f"{trigger}: {order.source} → {' or '.join(ways)}",
        )
        self._follow(booked, trigger)
        return booked

    async def _book(self, trigger: Trigger, *, unless_after: int | None = None) -> None:
        """A move that the system makes itself; its cause is in the history already.

        `unless_after` moves: not if somebody moved the request on while this waited for its turn.
        """
        async with self._lock:
            if unless_after is not None and self._moves > unless_after:
                return
            order = BookSystemMove(
                request_id=self._order.request_id,
                trigger=trigger,
                source=self._machine.state,
                target=self._machine.targets(trigger)[0],
                used=self._clocks.used(workflow.now()),
            )
            booked = await workflow.execute_local_activity_method(
                Booking.book_system_move, order, start_to_close_timeout=TIMEOUT, retry_policy=RETRY
            )
            self._follow(booked, trigger)

    async def _settle(self) -> None:
        """Print the card, then the request is processed; unless it fell with another one in the meantime."""
        moves = self._moves
        await self._effects.issue_card(self._version)
        await self._book(Trigger.FINISH, unless_after=moves)

    async def _until_moved(self) -> None:
        """Wait for the side whose turn it is; its alarms ring when it lets its time pass."""
        moves, turn = self._moves, self._clocks.turn
        alarms = self._patience.alarms(turn) if self._patience and turn else ()

        def over() -> bool:
            return self._moves > moves or self._full()

        for alarm, after in alarms:
            if alarm in self._rung:
                continue
            try:
                await workflow.wait_condition(over, timeout=self._remaining(after), timeout_summary=alarm.value)
            except TimeoutError:
                await self._ring(alarm, moves)
            if over():
                break
        else:
            await workflow.wait_condition(over)
        if self._moves == moves:
            self._go_on_afresh()

    def _full(self) -> bool:
        """Whether the history has become so long that the story is to go on in a new one; not while anything is under
        way. Patched: what has grown longer before this was asked goes on as it was."""
        suggested = workflow.info().is_continue_as_new_suggested()
        return suggested and self._idle() and workflow.patched("go-on-afresh")

    def _go_on_afresh(self) -> NoReturn:
        """A new run, begun like one that a decision reopens. Alarms that rang queue nothing when they ring again."""
        workflow.continue_as_new(
            replace(
                self._order,
                state=self._machine.state,
                reopened=True,
                version=self._version,
                used=self._clocks.used(workflow.now()),
                patience=self._patience,
            )
        )

    def _remaining(self, after: timedelta) -> timedelta:
        """What is left of `after` for the side whose turn it is; an alarm that is late rings at once."""
        turn, now = self._clocks.turn, workflow.now()
        used = self._clocks.used(now).by(turn) if turn else timedelta()
        return max(after - used, timedelta())

    async def _ring(self, alarm: Alarm, moves: int) -> None:
        """Expire the request, or remind. Rung before in an earlier run, an alarm queues nothing new."""
        if alarm is Alarm.REQUESTER_EXPIRY:
            await self._book(Trigger.EXPIRE, unless_after=moves)
            return
        self._rung.add(alarm)
        order = Ring(self._order.request_id, alarm, self._machine.state)
        emails = await workflow.execute_local_activity_method(
            Booking.ring, order, start_to_close_timeout=TIMEOUT, retry_policy=RETRY
        )
        self._effects.start(card_of=None, emails=emails)

    async def _at_rest(self) -> bool:
        """Wait until the effects are done or somebody moves the request on; True if nothing is left to do."""
        moves = self._moves
        await workflow.wait_condition(lambda: self._idle() or self._moves > moves)
        return self._moves == moves

    def _idle(self) -> bool:
        return self._effects.done and workflow.all_handlers_finished()

    def _follow(self, booked: Booked, trigger: Trigger | None = None) -> None:
        """Go where the database says the request stands now, show it, and set the effects going.

        That is where `trigger` leads, but for a request that fell with another one while its card was printed.
        """
        fell = trigger is Trigger.FINISH and booked.state is State.CANCELLED
        if trigger is not None and not fell:
            self._machine.fire(trigger, booked.state)
        elif self._machine.state is not booked.state:
            self._machine = RequestMachine(self._order.kind, booked.state)
        state, since = self._machine.state, booked.since or workflow.now()
        self._version = booked.version
        self._patience = booked.patience
        self._moves += 1
        self._clocks = self._clocks.passed_to(turn_of(self._order.kind, state), since)
        owed = booked.version if booked.card and state is not State.ACCEPTED else None
        self._effects.retry_card()  # a move overtakes a card that waits for ops
        self._effects.start(card_of=owed, emails=booked.emails, fallen=booked.fallen)
        self._show()
        due = self._clocks.due_at(booked.patience) if booked.patience else None
        workflow.upsert_search_attributes(
            [STATE.value_set(state.value), DUE_AT.value_unset() if due is None else DUE_AT.value_set(due)]
        )

    def _raise_refusal(self) -> None:
        """A refused submission is no request: whoever asks for it hears why."""
        if self._refusal is not None:
            raise crossing(from_facts(self._refusal))

    def _show(self) -> None:
        """What ops read in the Temporal UI."""
        due = self._clocks.due_at(self._patience) if self._patience else None
        workflow.set_current_details(
            describe(
                self._order.kind, self._machine.state, since=self._clocks.since, due=due, blocked=self._effects.blocked
            )
        )
