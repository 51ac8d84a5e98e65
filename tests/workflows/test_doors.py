"""The doors of a request's workflow: what comes twice, late, unheard or after the end."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError

from domain.errors import DuplicateSerial, MoveRefused, NotFound
from domain.messages import Booked, Decide, RequestOrder
from domain.states import Kind, State, Trigger
from store import decisions, intake
from store.tables.requests import Intake
from tests.stack.running import Stack
from tests.stack.walks import (
    REQUESTS,
    body_of,
    decided,
    eventually,
    filed,
    history,
    new_serial,
    outdoor,
    processed,
    pulled,
    seen,
    settled,
)
from tests.workflows.timeline import Timeline, Unreachable, desk_of
from tests.workflows.walks import ended, query_state, run_of
from workflows.client import Case

KEYUSER = "keyuser.es"
INSTALLER = "installer.abc"


async def taken_in(times: Timeline, body: dict[str, Any], key: str) -> Case:
    """A submission that is written down and whose caller is lost before its workflow starts."""
    parts = replace(times.stack.parts, desk=Unreachable(times.stack.temporal))
    nobody = desk_of(times.stack, times.stack.temporal, parts)
    answer = await nobody.client_of(INSTALLER).post(
        f"{REQUESTS}/commissioning", json=body, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 503, answer.text
    async with times.stack.sessions() as session:
        coming = await intake.find(session, INSTALLER, key)
    assert coming is not None
    return Case(RequestOrder(coming.request_id, Kind.COMMISSIONING), "ES", "ABC")


async def proposed(times: Timeline, request_id: str, key: str, trigger: Trigger) -> Decide:
    """A decision of the keyuser that is written down, and that nobody has brought to the workflow."""
    async with times.stack.sessions.begin() as session:
        await decisions.propose(
            session,
            request_id=request_id,
            key=key,
            body_hash="",
            login=KEYUSER,
            trigger=trigger,
            version=None,
            payload={"comment": "Because."},
            at=times.clock(),
        )
    return Decide(key, trigger)


async def test_a_lost_caller_loses_nothing(times: Timeline) -> None:
    """Started without anybody who waits: the request is recorded; asking again with the key finds it."""
    body = await body_of(times.stack, INSTALLER)
    desk = times.queue("unheard", patience=0.3)
    client, headers = desk.stack.client_of(INSTALLER), {"Idempotency-Key": "lost-caller"}
    unknown = await client.post(f"{REQUESTS}/commissioning", json=body, headers=headers)
    assert (unknown.status_code, unknown.json()["code"]) == (503, "unavailable")
    assert unknown.headers["Retry-After"]
    async with times.stack.sessions() as session:
        coming = await intake.find(session, INSTALLER, "lost-caller")
    assert coming is not None
    async with desk.serving("unheard"):
        await eventually(lambda: recorded(times.stack, coming.request_id), "the submission is lost")
        again = await client.post(f"{REQUESTS}/commissioning", json=body, headers=headers)
        assert again.status_code in {200, 201}
        assert again.json()["id"] == coming.request_id
        assert [one["action"] for one in await history(times.stack, coming.request_id)] == ["submit"]
        await decided(desk.stack, KEYUSER, coming.request_id, "cancel", comment="Enough.")
        await settled(desk.stack, coming.request_id)


async def recorded(stack: Stack, request_id: str) -> bool:
    async with stack.sessions() as session:
        return (await session.get_one(Intake, request_id, populate_existing=True)).outcome == "recorded"


async def test_a_refused_submission_completes_and_stays_refused(times: Timeline) -> None:
    """The race for a serial is lost while the workflow records: an answer, a completed workflow, no request."""
    serial = new_serial()
    late = await taken_in(times, await body_of(times.stack, INSTALLER, units=outdoor(serial)), "lost-race")
    winner = (await filed(times.stack, units=outdoor(serial)))["id"]
    desk = times.stack.parts.desk
    for _ in range(2):
        with pytest.raises(DuplicateSerial):
            await desk.submit(late)
    assert await ended(times.stack, late.order.request_id) == "refused"
    described = await times.handle(late.order.request_id).describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED
    client, key = times.stack.client_of(INSTALLER), {"Idempotency-Key": "lost-race"}
    body = await body_of(times.stack, INSTALLER, units=outdoor(serial))
    again = await client.post(f"{REQUESTS}/commissioning", json=body, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "duplicate_serial")
    assert (await times.stack.client_of("ops").get(f"{REQUESTS}/{late.order.request_id}")).status_code == 404
    await decided(times.stack, KEYUSER, winner, "cancel", comment="Enough.")
    await settled(times.stack, winner)


async def test_a_decision_on_a_refused_submission_hears_the_refusal(times: Timeline) -> None:
    serial = new_serial()
    late = await taken_in(times, await body_of(times.stack, INSTALLER, units=outdoor(serial)), "decided-anyway")
    winner = (await filed(times.stack, units=outdoor(serial)))["id"]
    with pytest.raises(DuplicateSerial):
        await times.stack.parts.desk.decide(late, Decide("k", Trigger.ACCEPT))
    assert await ended(times.stack, late.order.request_id) == "refused"
    await decided(times.stack, KEYUSER, winner, "cancel", comment="Enough.")
    await settled(times.stack, winner)


async def test_submitting_twice_starts_one_workflow(times: Timeline) -> None:
    case = await taken_in(times, await body_of(times.stack, INSTALLER), "twice")
    request_id = case.order.request_id
    desk = times.stack.parts.desk
    await asyncio.gather(*(desk.submit(case) for _ in range(5)))
    assert [one["action"] for one in await history(times.stack, request_id)] == ["submit"]
    await decided(times.stack, KEYUSER, request_id, "cancel", comment="Enough.")
    await settled(times.stack, request_id)
    await ended(times.stack, request_id)
    await desk.submit(case)
    assert await ended(times.stack, request_id) == "cancelled", "a late echo changes nothing"


async def test_the_same_update_has_the_same_result_also_after_the_end(times: Timeline) -> None:
    request_id = (await filed(times.stack))["id"]
    decision, run = await proposed(times, request_id, "the-key", Trigger.CANCEL), await run_of(times.stack, request_id)
    handle = times.handle(request_id)
    first, second = await asyncio.gather(
        *(handle.execute_update("decide", decision, id="the-key", result_type=Booked) for _ in range(2))
    )
    assert first == second
    assert (first.state, first.version) == (State.CANCELLED, 2)
    assert await handle.result() == "cancelled"
    assert await handle.execute_update("decide", decision, id="the-key", result_type=Booked) == first
    # By the door that the API uses it reopens nothing either: this run knows the update.
    await times.stack.parts.desk.decide(await times.case(request_id), decision)
    assert await run_of(times.stack, request_id) == run
    assert len(await history(times.stack, request_id)) == 2
    await settled(times.stack, request_id)


async def test_the_same_key_in_another_run_has_the_same_result(times: Timeline) -> None:
    """Temporal remembers an update id for one run only; our own table remembers it for good."""
    request_id = (await processed(times.stack))["id"]
    await ended(times.stack, request_id)
    for _ in range(2):
        answer = await pulled(
            times.stack, KEYUSER, request_id, "amend", version=3, key="amended", comment="C.", data={"remarks": "R."}
        )
        assert (answer.status_code, answer.json()["version"]) == (200, 4)
        await ended(times.stack, request_id)
    await decided(times.stack, KEYUSER, request_id, "cancel", comment="Enough.")
    await ended(times.stack, request_id)
    # A call that looked before the amendment, and reaches Temporal only now.
    case = await times.case(request_id)
    slow = replace(case, order=replace(case.order, state=State.PROCESSED, version=3))
    await times.stack.parts.desk.decide(slow, Decide("amended", Trigger.AMEND))
    assert await ended(times.stack, request_id) == "processed", "what the key did"
    assert (await seen(times.stack, request_id))["state"] == "cancelled"
    assert len(await history(times.stack, request_id)) == 5
    await settled(times.stack, request_id)


@pytest.mark.parametrize(("trigger", "state"), [("amend", "processed"), ("cancel", "cancelled")])
async def test_a_late_change_is_a_short_run_of_the_same_id(times: Timeline, trigger: str, state: str) -> None:
    request_id = (await processed(times.stack))["id"]
    assert await ended(times.stack, request_id) == "processed"
    first = await run_of(times.stack, request_id)
    data = {"data": {"remarks": "Second floor."}} if trigger == "amend" else {}
    await decided(times.stack, KEYUSER, request_id, trigger, comment="Late.", **data)
    assert await ended(times.stack, request_id) == state
    await settled(times.stack, request_id)
    assert await run_of(times.stack, request_id) != first
    assert (await times.handle(request_id).describe()).status is WorkflowExecutionStatus.COMPLETED
    cards = (await seen(times.stack, request_id))["cards"]
    assert [one["status"] for one in cards] == (["superseded", "valid"] if trigger == "amend" else ["withdrawn"])


async def test_a_reopened_run_that_nobody_touches_returns_at_once(times: Timeline) -> None:
    request_id = (await processed(times.stack))["id"]
    await ended(times.stack, request_id)
    first = await run_of(times.stack, request_id)
    await times.reopen(request_id)
    assert await ended(times.stack, request_id) == "processed"
    events = (await times.handle(request_id).fetch_history()).events
    assert len(events) <= 6, "start, signal, one task, done"
    assert await run_of(times.stack, request_id) != first


async def test_a_refused_decision_leaves_nothing_running(times: Timeline) -> None:
    request_id = (await processed(times.stack))["id"]
    await ended(times.stack, request_id)
    case = await times.case(request_id)
    for wrong in (Trigger.ACCEPT, Trigger.FINISH, Trigger.RESUBMIT):
        with pytest.raises(MoveRefused):
            await times.stack.parts.desk.decide(case, await proposed(times, request_id, wrong.value, wrong))
        assert await ended(times.stack, request_id) == "processed"
    with pytest.raises(NotFound):
        await times.stack.parts.desk.decide(case, Decide("nobody wrote this down", Trigger.CANCEL))
    assert await ended(times.stack, request_id) == "processed"
    assert len(await history(times.stack, request_id)) == 3


async def test_only_refusals_leave_a_handler(times: Timeline) -> None:
    """What a decision is refused with is an ApplicationError with our code; the workflow stays healthy."""
    request_id = (await filed(times.stack))["id"]
    handle = times.handle(request_id)
    for key, trigger, code in (
        ("unknown", Trigger.ACCEPT, "not_found"),
        ("amend", Trigger.AMEND, "move_refused"),
        ("resubmit", Trigger.RESUBMIT, "move_refused"),
        ("withdraw", Trigger.WITHDRAW, "forbidden"),
    ):
        decision = Decide(key, trigger)
        if key != "unknown":
            decision = await proposed(times, request_id, key, trigger)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update("decide", decision, id=key)
        assert getattr(refused.value.cause, "type", None) == code
        assert await query_state(times.stack, request_id) == "submitted"
    await decided(times.stack, KEYUSER, request_id, "cancel", comment="Enough.")
    await settled(times.stack, request_id)
