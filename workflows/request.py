"""What the workflows of all kinds share: the doors through which decisions come, and the effects that follow.

A workflow is the story of one request. Its machine says where it stands; the database checks and keeps every
move; what is pending (who is waited for, which effects are under way) is here.
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError

from activities.booking import Booking
from activities.cards import Cards
from activities.emails import Emails
from activities.refusals import crossing, refusal_in
from domain.errors import KeydeskError, from_facts
from domain.messages import (
    Booked,
    BookMove,
    BookSystemMove,
    Decide,
    IssueCard,
    RequestOrder,
    SendEmail,
    SignalledDecision,
)
from domain.states import State, Trigger
from statemachines.machine import RequestMachine
from statemachines.registry import maker
from workflows.details import describe

STATE = SearchAttributeKey.for_keyword("RequestState")
BOOKING_TIMEOUT = timedelta(seconds=30)
EFFECT_TIMEOUT = timedelta(minutes=2)
RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
PATIENT_RETRY = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=10))


class RequestWorkflow:
    """Doors and effects. A kind adds its story: `run`, with a case for every state."""

    def __init__(self, order: RequestOrder) -> None:
        self._order = order
        self._machine = RequestMachine(order.kind, order.state)
        self._version = order.version
        self._recorded = order.reopened
        self._refusal: dict[str, Any] | None = None
        self._lock = asyncio.Lock()
        self._since = workflow.now()
        self._under_way = 0
        self._card_retries = 0
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

    @workflow.signal(name="decide")
    async def decide_by_signal(self, decision: SignalledDecision) -> None:
        """A decision typed by ops. One that cannot be made is logged and changes nothing."""
        try:
            await self._decide(decision.trigger, decision.key or str(workflow.uuid4()), decision)
        except ApplicationError as refused:
            workflow.logger.warning("signalled decision refused", extra={"code": refused.type})

    @workflow.signal
    def retry_card(self) -> None:
        """Ops have mended what blocked the card: print it again."""
        self._card_retries += 1

    @workflow.query
    def state(self) -> str:
        """Where the request stands."""
        return self._machine.state.value

    async def _record(self) -> bool:
        """Turn the submission into a request, once; False if it was refused."""
        if self._recorded:
            return True
        recorded = await workflow.execute_local_activity_method(
            Booking.record_request, self._order, start_to_close_timeout=BOOKING_TIMEOUT, retry_policy=RETRY
        )
        self._refusal = recorded.refusal
        self._recorded = True
        if recorded.booked is None:
            return False
        self._follow(recorded.booked)
        return True

    async def _decide(self, trigger: Trigger, key: str, signalled: SignalledDecision | None = None) -> Booked:
        await workflow.wait_condition(lambda: self._recorded)
        async with self._lock:
            try:
                self._raise_refusal()
                order = BookMove(
                    request_id=self._order.request_id,
                    key=key,
                    trigger=trigger,
                    source=self._machine.state,
                    target=self._machine.target(trigger),
                    by=maker(self._order.kind, trigger),
                    signalled=signalled,
                )
                booked = await workflow.execute_activity_method(
                    Booking.book_move,
                    order,
                    start_to_close_timeout=BOOKING_TIMEOUT,
                    retry_policy=RETRY,
                    summary=f"{trigger}: {order.source} → {order.target}",
                )
            except KeydeskError as refusal:
                raise crossing(refusal) from refusal
            except ActivityError as failure:
                if (refusal_ := refusal_in(failure)) is None:
                    raise ApplicationError("The decision could not be booked.", type="unavailable") from failure
                raise crossing(refusal_) from failure
            self._machine.fire(trigger)
            self._follow(booked)
            return booked

    async def _book(self, trigger: Trigger) -> None:
        """A move that the system makes itself; its cause is in the history already."""
        async with self._lock:
            order = BookSystemMove(self._order.request_id, trigger, self._machine.state, self._machine.target(trigger))
            booked = await workflow.execute_local_activity_method(
                Booking.book_system_move, order, start_to_close_timeout=BOOKING_TIMEOUT, retry_policy=RETRY
            )
            self._machine.fire(trigger)
            self._follow(booked)

    async def _issue_card(self, version: int) -> None:
        """Print the card that version `version` owes. One that cannot be printed waits for ops (`retry_card`)."""
        while True:
            tries = self._card_retries
            issued = await workflow.execute_activity_method(
                Cards.issue_card,
                IssueCard(self._order.request_id, version),
                start_to_close_timeout=EFFECT_TIMEOUT,
                retry_policy=RETRY,
                summary=f"card of version {version}",
            )
            if issued:
                return
            self._show(blocked=True)
            await workflow.wait_condition(lambda: self._card_retries > tries)  # noqa: B023 - awaited right here
            self._show()

    async def _send_email(self, email_id: int) -> None:
        await workflow.execute_activity_method(
            Emails.send_email,
            SendEmail(email_id),
            start_to_close_timeout=EFFECT_TIMEOUT,
            retry_policy=PATIENT_RETRY,
            summary=f"email {email_id}",
        )

    async def _until_moved(self) -> None:
        """Wait until somebody moves the request on."""
        here = self._machine.state
        await workflow.wait_condition(lambda: self._machine.state is not here)

    async def _at_rest(self) -> bool:
        """Wait until the effects are done or somebody moves the request on; True if nothing is left to do."""
        here = self._machine.state
        await workflow.wait_condition(lambda: self._idle() or self._machine.state is not here)
        return self._machine.state is here

    def _idle(self) -> bool:
        return self._under_way == 0 and workflow.all_handlers_finished()

    def _follow(self, booked: Booked) -> None:
        """Show where the request stands now, and set the effects going. Nobody waits for emails."""
        self._version, self._since = booked.version, workflow.now()
        if self._machine.state is not State.ACCEPTED and (booked.card or booked.emails):
            self._under_way += 1
            asyncio.create_task(self._carry_out(booked))  # noqa: RUF006 - the workflow's own loop keeps it
        if workflow.info().typed_search_attributes.get(STATE) != self._machine.state.value:
            workflow.upsert_search_attributes([STATE.value_set(self._machine.state.value)])
        self._show()

    async def _carry_out(self, booked: Booked) -> None:
        if booked.card:
            await self._issue_card(booked.version)
        await asyncio.gather(*(self._send_email(email_id) for email_id in booked.emails))
        self._under_way -= 1

    def _raise_refusal(self) -> None:
        """A refused submission is no request: whoever asks for it hears why."""
        if self._refusal is not None:
            raise crossing(from_facts(self._refusal))

    def _show(self, *, blocked: bool = False) -> None:
        """What ops read in the Temporal UI."""
        workflow.set_current_details(describe(self._order, self._machine.state, self._since, blocked=blocked))
