"""Two moves at the same moment: one wins, the other is refused, and everybody tells the same story."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import text
from temporalio.api.enums.v1 import EventType

from store.tables.requests import Request
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack
from tests.stack.walks import decided, eventually, filed, history, processed, pulled, seen, settled
from tests.workflows.timeline import Timeline, days
from tests.workflows.walks import ended, query_state, workflow_of

KEYUSER = "keyuser.es"
INSTALLER = "installer.abc"
SOON = timedelta(seconds=1)


@asynccontextmanager
async def row_held(stack: Stack, request_id: str) -> AsyncIterator[None]:
    """Nobody can book a move on the request meanwhile; decisions can be written down."""
    async with stack.sessions.begin() as session:
        await session.get(Request, request_id, with_for_update={"key_share": True})
        yield


async def somebody_waits(stack: Stack) -> bool:
    """Whether a booking stands behind a row lock."""
    async with stack.sessions() as session:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(await session.scalar(waiting))


async def rang(stack: Stack, request_id: str) -> bool:
    """Whether the last timer that was started has fired."""
    events = (await workflow_of(stack, request_id).fetch_history()).events
    kinds = [one.event_type for one in events]
    fired, started = EventType.EVENT_TYPE_TIMER_FIRED, EventType.EVENT_TYPE_TIMER_STARTED
    return fired in kinds and kinds[::-1].index(fired) < kinds[::-1].index(started)


async def actions(stack: Stack, request_id: str) -> list[str]:
    return [one["action"] for one in await history(stack, request_id)]


async def hasty(stack: Stack) -> tuple[NewCountry, str]:
    """A country in which requests expire after a second, and a request there whose requester must act."""
    country = await new_country(stack, requester_reminder=days(1), requester_expiry=SOON)
    request_id = (await filed(stack, country.installer, country=country.code))["id"]
    await decided(stack, country.keyuser, request_id, "flag_wrong_data", comment="Wrong.")
    await settled(stack, request_id)
    return country, request_id


async def test_a_resubmission_that_is_being_booked_beats_the_expiry(stack: Stack) -> None:
    country, request_id = await hasty(stack)
    async with row_held(stack, request_id):
        answer = asyncio.create_task(pulled(stack, country.installer, request_id, "resubmit"))
        await eventually(lambda: somebody_waits(stack), "the resubmission is not booked")
        await eventually(lambda: rang(stack, request_id), "the request does not expire")
        assert not answer.done()
    assert (await answer).status_code == 200
    assert await actions(stack, request_id) == ["submit", "flag_wrong_data", "resubmit"]
    assert await query_state(stack, request_id) == "submitted"
    await decided(stack, country.keyuser, request_id, "cancel", comment="Enough.")
    await settled(stack, request_id)


async def test_an_expiry_that_is_being_booked_beats_the_resubmission(stack: Stack) -> None:
    country, request_id = await hasty(stack)
    async with row_held(stack, request_id):
        await eventually(lambda: somebody_waits(stack), "the expiry is not booked")
        answer = asyncio.create_task(pulled(stack, country.installer, request_id, "resubmit"))
        await eventually(lambda: decisions_of(stack, request_id, 2), "the resubmission is not written down")
        assert not answer.done()
    refused = await answer
    assert (refused.status_code, refused.json()["code"]) in {(409, "move_refused"), (412, "stale_version")}
    assert await actions(stack, request_id) == ["submit", "flag_wrong_data", "expire"]
    assert await ended(stack, request_id) == "cancelled"
    assert (await settled(stack, request_id))["cancelled_by"] == "expired"


async def decisions_of(stack: Stack, request_id: str, count: int) -> bool:
    async with stack.sessions() as session:
        found = text("SELECT count(*) FROM decisions WHERE request_id = :id")
        return bool(await session.scalar(found, {"id": request_id}) == count)


async def test_expiry_and_resubmission_at_the_same_moment(times: Timeline) -> None:
    """Whoever wins, row, journal, workflow and emails agree. Five requests, in case one alone is always lucky."""
    winners = set()
    for _ in range(5):
        times.clock.ahead = timedelta()
        request_id = (await filed(times.stack))["id"]
        await decided(times.stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong.")
        _, answer = await asyncio.gather(
            times.passes(request_id, days(90)), pulled(times.stack, INSTALLER, request_id, "resubmit")
        )
        last = (await actions(times.stack, request_id))[-1]
        winners.add(last)
        if answer.status_code == 200:
            assert last == "resubmit"
            assert await query_state(times.stack, request_id) == "submitted" == (await times.row(request_id)).state
            assert ("expired", "requester") not in await times.emails(request_id)
            await decided(times.stack, KEYUSER, request_id, "cancel", comment="Enough.")
        else:
            assert answer.json()["code"] in {"move_refused", "stale_version"}
            assert last == "expire"
        assert await ended(times.stack, request_id) == "cancelled"
        assert (await times.row(request_id)).state == "cancelled"
        assert len(await times.emails(request_id)) == len(set(await times.emails(request_id)))
    assert winners <= {"resubmit", "expire"}


async def test_rivals_on_a_reopened_request(stack: Stack) -> None:
    """Ten keyusers cancel a processed request at its version: one does, nine hear that they come late."""
    request_id = (await processed(stack))["id"]
    await ended(stack, request_id)
    version = (await seen(stack, request_id))["version"]
    answers = await asyncio.gather(
        *(pulled(stack, KEYUSER, request_id, "cancel", version=version, comment=f"Rival {n}.") for n in range(10))
    )
    codes = [answer.json().get("code", "won") for answer in answers]
    assert codes.count("won") == 1
    assert set(codes) <= {"won", "stale_version", "move_refused"}
    assert (await actions(stack, request_id)).count("cancel") == 1
    assert await ended(stack, request_id) == "cancelled"
    emails = [one["event"] for one in (await settled(stack, request_id))["emails"]]
    assert emails.count("cancelled") == 1


async def test_an_amendment_and_a_cancellation_of_a_reopened_request(stack: Stack) -> None:
    request_id = (await processed(stack))["id"]
    await ended(stack, request_id)
    version = (await seen(stack, request_id))["version"]
    amended, cancelled = await asyncio.gather(
        pulled(stack, KEYUSER, request_id, "amend", version=version, comment="A.", data={"remarks": "Later."}),
        pulled(stack, KEYUSER, request_id, "cancel", version=version, comment="B."),
    )
    assert sorted([amended.status_code == 200, cancelled.status_code == 200]) == [False, True]
    winner = "amend" if amended.status_code == 200 else "cancel"
    assert (await actions(stack, request_id))[-1] == winner
    state = (await settled(stack, request_id))["state"]
    assert state == ("processed" if winner == "amend" else "cancelled")
    assert await ended(stack, request_id) == state
