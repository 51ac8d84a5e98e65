"""Each side's clock runs only while it is to act, and everybody is shown the same due date (`domain.md` §6)."""

from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import update
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from store.tables.countries import Country
from tests.stack.countries import new_country
from tests.stack.walks import REQUESTS, body_of, decided, eventually, filed, seen, settled, uploaded
from tests.workflows.timeline import MINUTE, Timeline, days
from tests.workflows.walks import details_of, ended, query_state, workflow_of
from workflows.details import INSTANT
from workflows.request import DUE_AT, STATE

KEYUSER = "keyuser.es"
INSTALLER = "installer.abc"
SAME = timedelta(seconds=20)  # what these tests take in real time


async def deny(times: Timeline, request_id: str) -> None:
    await decided(times.stack, KEYUSER, request_id, "deny", comment="Illegible.", documents=["invoice"])


async def answer_denial(times: Timeline, request_id: str) -> None:
    document = await uploaded(times.stack.client_of(INSTALLER), "again.pdf")
    body = [{"requirement": "invoice", "document_id": document}]
    await decided(times.stack, INSTALLER, request_id, "resubmit", documents=body)


async def reminders(times: Timeline, request_id: str) -> list[str]:
    """Who was reminded or told of an escalation, in order."""
    return [to for event, to in await times.emails(request_id) if event in {"reminder", "escalation"}]


async def test_the_keyusers_clock_resumes(times: Timeline) -> None:
    request_id = (await filed(times.stack))["id"]
    await times.passes(request_id, days(2))
    await deny(times, request_id)
    await times.passes(request_id, days(10))
    await answer_denial(times, request_id)
    await times.passes(request_id, days(1) - MINUTE)
    assert await reminders(times, request_id) == []
    await times.passes(request_id, MINUTE)
    assert await reminders(times, request_id) == ["keyuser"]
    await times.passes(request_id, days(4) - MINUTE)
    assert await reminders(times, request_id) == ["keyuser"]
    await times.passes(request_id, MINUTE)
    assert await reminders(times, request_id) == ["keyuser", "escalation"]


async def test_the_requesters_clock_adds_up_over_wrong_data_and_denials(times: Timeline) -> None:
    request_id = (await filed(times.stack))["id"]
    await decided(times.stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong.")
    await times.passes(request_id, days(10))
    await decided(times.stack, INSTALLER, request_id, "resubmit")
    await times.passes(request_id, days(1))
    await deny(times, request_id)
    await times.passes(request_id, days(4) - MINUTE)
    assert await reminders(times, request_id) == []
    await times.passes(request_id, MINUTE)
    assert await reminders(times, request_id) == ["requester"]
    await answer_denial(times, request_id)
    await times.passes(request_id, days(1))
    await decided(times.stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong again.")
    await times.passes(request_id, days(76) - MINUTE)
    assert (await times.row(request_id)).state == "wrong_data"
    await times.passes(request_id, MINUTE)
    assert (await times.row(request_id)).state == "cancelled"
    assert await reminders(times, request_id) == ["requester"]


async def test_a_save_does_not_touch_the_clocks(times: Timeline) -> None:
    request_id = (await filed(times.stack))["id"]
    due = (await times.row(request_id)).due_at
    await times.passes(request_id, days(2))
    saved = await times.stack.client_of(KEYUSER).patch(
        f"{REQUESTS}/{request_id}", json={"version": 1, "data": {"remarks": "Second floor."}}
    )
    assert saved.status_code == 200, saved.text
    assert (await times.row(request_id)).due_at == due
    await times.passes(request_id, days(1) - MINUTE)
    assert await reminders(times, request_id) == []
    await times.passes(request_id, MINUTE)
    assert await reminders(times, request_id) == ["keyuser"]
    await decided(times.stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong.")
    assert (await times.row(request_id)).keyuser_used - days(3) < SAME


async def test_changed_settings_apply_from_the_next_move_on(times: Timeline) -> None:
    country = await new_country(times.stack)
    request_id = (await filed(times.stack, country.installer, country=country.code))["id"]
    async with times.stack.sessions.begin() as session:
        patient = {"keyuser_reminder": days(20), "keyuser_escalation": days(30), "requester_expiry": days(40)}
        await session.execute(update(Country).where(Country.code == country.code).values(**patient))
    await times.passes(request_id, days(3))
    assert await reminders(times, request_id) == ["keyuser"], "the move that began this turn came before"
    await decided(times.stack, country.keyuser, request_id, "flag_wrong_data", comment="Wrong.")
    await one_due_date(times, request_id, days(40))
    await decided(times.stack, country.installer, request_id, "resubmit")
    await one_due_date(times, request_id, days(27))
    await times.passes(request_id, days(27) - MINUTE)
    assert await reminders(times, request_id) == ["keyuser"]
    await times.passes(request_id, MINUTE)
    assert await reminders(times, request_id) == ["keyuser", "escalation"]


async def one_due_date(times: Timeline, request_id: str, within: timedelta | None) -> None:
    """Row, API, search attribute and current details name the same instant, `within` from now; None: no date."""
    row, shown = await times.row(request_id), (await seen(times.stack, request_id))["due_at"]
    described = await workflow_of(times.stack, request_id).describe()
    attribute = described.typed_search_attributes.get(DUE_AT)
    details = await details_of(times.stack, request_id)
    assert described.typed_search_attributes.get(STATE) == row.state == await query_state(times.stack, request_id)
    assert f"**State:** {row.state}\n" in details
    if within is None:
        assert (row.due_at, shown, attribute, row.turn) == (None, None, None, None)
        assert "**Due:** never" in details
        return
    assert row.due_at is not None
    assert attribute is not None
    assert abs(row.due_at - (times.clock() + within)) < SAME
    assert abs(row.due_at - attribute) < SAME
    assert f"**Due:** {attribute:{INSTANT}} UTC" in details
    assert datetime.fromisoformat(shown) == row.due_at
    assert f"**Whose turn:** the {row.turn}" in details


async def test_the_due_date_is_the_same_everywhere(times: Timeline) -> None:
    request_id = (await filed(times.stack))["id"]
    await one_due_date(times, request_id, days(7))
    await times.passes(request_id, days(5))
    await one_due_date(times, request_id, days(2))
    await deny(times, request_id)
    await one_due_date(times, request_id, days(90))
    await times.passes(request_id, days(20))
    await answer_denial(times, request_id)
    await one_due_date(times, request_id, days(2))
    await times.passes(request_id, days(5))
    await one_due_date(times, request_id, -days(3))
    await decided(times.stack, KEYUSER, request_id, "cancel", comment="Enough.")
    await settled(times.stack, request_id)
    await one_due_date(times, request_id, None)


async def test_a_submission_that_is_recorded_late_counts_from_its_submission(times: Timeline) -> None:
    """The worker was away for two days: the keyuser's time has run since the requester's click, for everybody."""
    desk = times.queue("late", patience=0.3)
    body, headers = await body_of(desk.stack, INSTALLER), {"Idempotency-Key": "recorded-late"}
    client = desk.stack.client_of(INSTALLER)
    times.clock.ahead = -days(2)
    unknown = await client.post(f"{REQUESTS}/commissioning", json=body, headers=headers)
    assert unknown.status_code == 503, "no worker, no answer"
    times.clock.ahead = timedelta()
    async with times.queue("late").serving("late"):
        await eventually(lambda: answered(client, body, headers), "the submission is lost")
        request_id = (await client.post(f"{REQUESTS}/commissioning", json=body, headers=headers)).json()["id"]
        await one_due_date(desk, request_id, days(5))
        await times.passes(request_id, days(1))
        assert await reminders(times, request_id) == ["keyuser"]
        await times.handle(request_id).terminate()


async def answered(client: httpx.AsyncClient, body: dict[str, Any], headers: dict[str, str]) -> bool:
    answer = await client.post(f"{REQUESTS}/commissioning", json=body, headers=headers)
    return answer.status_code in {200, 201}


async def test_no_timer_is_left_behind(times: Timeline) -> None:
    accepted, cancelled, expired, waiting = [(await filed(times.stack))["id"] for _ in range(4)]
    assert await timers(times, waiting) == 1
    await decided(times.stack, KEYUSER, accepted, "accept")
    await decided(times.stack, KEYUSER, cancelled, "cancel", comment="Enough.")
    await deny(times, expired)
    await times.passes(expired, days(90))
    for request_id in (accepted, cancelled, expired):
        await settled(times.stack, request_id)
        await ended(times.stack, request_id)
        assert await timers(times, request_id) == 0
    await times.passes(waiting, days(7))
    assert await timers(times, waiting) == 0, "after the escalation nothing more is waited for"
    assert (await workflow_of(times.stack, waiting).describe()).status is WorkflowExecutionStatus.RUNNING


async def timers(times: Timeline, request_id: str) -> int:
    """How many timers of the workflow still run."""
    history = await workflow_of(times.stack, request_id).fetch_history()
    kinds = [event.event_type for event in history.events]
    ended = (EventType.EVENT_TYPE_TIMER_FIRED, EventType.EVENT_TYPE_TIMER_CANCELED)
    return kinds.count(EventType.EVENT_TYPE_TIMER_STARTED) - sum(kinds.count(one) for one in ended)
