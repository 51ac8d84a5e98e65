"""Until when an end user may cancel: day 14 in the country's time zone, whatever the clocks do (`domain.md` §6).

Checked twice: by the API when the call comes, and by the booking when nobody else can move the request.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.errors import MoveRefused
from domain.messages import Decide
from domain.states import Trigger
from store import decisions
from tests.stack.walks import filed, new_serial, outdoor, processed
from tests.workflows.timeline import SECOND, Timeline

PUBLIC = "/api/v1/public/warranties"
COUNTRIES: dict[str, dict[str, Any]] = {
    "ES": {"login": "installer.abc", "keyuser": "keyuser.es"},
    "PT": {"login": "installer.pt", "keyuser": "keyuser.pt", "wholesaler": "MNO"},
}
ZONES = {"ES": ZoneInfo("Europe/Madrid"), "PT": ZoneInfo("Europe/Lisbon")}
PLAIN = date(2027, 1, 10)
OVER_MARCH = date(2027, 3, 14)  # day 14 is the Sunday of 23 hours
OVER_OCTOBER = date(2027, 10, 17)  # day 14 is the Sunday of 25 hours
ENDS = {
    # the first instant of day 15
    ("ES", PLAIN): datetime(2027, 1, 24, 23, tzinfo=UTC),
    ("PT", PLAIN): datetime(2027, 1, 25, 0, tzinfo=UTC),
    ("ES", OVER_MARCH): datetime(2027, 3, 28, 22, tzinfo=UTC),
    ("PT", OVER_MARCH): datetime(2027, 3, 28, 23, tzinfo=UTC),
    ("ES", OVER_OCTOBER): datetime(2027, 10, 31, 23, tzinfo=UTC),
    ("PT", OVER_OCTOBER): datetime(2027, 11, 1, 0, tzinfo=UTC),
}


def put(times: Timeline, instant: datetime) -> None:
    """Set the clock of API and bookings."""
    times.clock.ahead = instant - datetime.now(UTC)


async def granted(times: Timeline, country: str, start: date) -> tuple[str, dict[str, str]]:
    """A warranty from `start` on, and what its end user proves it with."""
    put(times, datetime(start.year, start.month, start.day, 12, tzinfo=UTC))
    serial = new_serial()
    body = {"country": country, "commissioned_on": start.isoformat(), "units": outdoor(serial)}
    request = await processed(times.stack, **{**COUNTRIES[country], **body})
    return request["id"], {"serial": serial, "postcode": "28013"}


async def may_cancel(times: Timeline, country: str, proof: dict[str, str]) -> bool:
    found = await times.stack.client_of(None).post(f"{PUBLIC}/search", json={"country": country, **proof})
    assert found.status_code == 200, found.text
    [only] = found.json()["items"]
    shown: bool = only["may_cancel"]
    return shown


async def book(times: Timeline, request_id: str, key: str) -> None:
    """A cancellation that the API has let pass: the booking decides."""
    async with times.stack.sessions.begin() as session:
        await decisions.propose(
            session,
            request_id=request_id,
            key=key,
            body_hash="",
            login=None,
            trigger=Trigger.CANCEL_BY_END_USER,
            version=None,
            payload={},
            at=times.clock(),
        )
    await times.stack.parts.desk.decide(await times.case(request_id), Decide(key, Trigger.CANCEL_BY_END_USER))


@pytest.mark.parametrize(("country", "start"), ENDS)
async def test_day_14_is_the_last(times: Timeline, country: str, start: date) -> None:
    request_id, proof = await granted(times, country, start)
    cancel, client = f"{PUBLIC}/{request_id}/cancel", times.stack.client_of(None)
    after = ENDS[country, start] + SECOND
    assert after.astimezone(ZONES[country]).date() == start + timedelta(days=15)
    put(times, after)
    assert not await may_cancel(times, country, proof)
    late = await client.post(cancel, json=proof)
    assert (late.status_code, late.json()["code"]) == (409, "move_refused")
    with pytest.raises(MoveRefused):
        await book(times, request_id, "late")
    assert (await times.row(request_id)).state == "processed"
    before = ENDS[country, start] - timedelta(seconds=10)
    assert before.astimezone(ZONES[country]).date() == start + timedelta(days=14)
    put(times, before)
    assert await may_cancel(times, country, proof)
    if start == PLAIN:
        await book(times, request_id, "in time")
    else:
        in_time = await client.post(cancel, json=proof)
        assert in_time.status_code == 200, in_time.text
    row = await times.row(request_id)
    assert (row.state, row.cancelled_by) == ("cancelled", "end_user")
    await times.emails(request_id)


async def test_before_the_decision_there_is_no_period(times: Timeline) -> None:
    """An open request can be cancelled however old it is."""
    put(times, datetime(2027, 1, 10, 12, tzinfo=UTC))
    serial = new_serial()
    request = await filed(times.stack, commissioned_on="2026-11-01", units=outdoor(serial))
    put(times, datetime(2027, 3, 10, 12, tzinfo=UTC))
    proof = {"serial": serial, "postcode": "28013"}
    assert await may_cancel(times, "ES", proof)
    answer = await times.stack.client_of(None).post(f"{PUBLIC}/{request['id']}/cancel", json=proof)
    assert answer.status_code == 200, answer.text
    assert (await times.row(request["id"])).cancelled_by == "end_user"
    await times.emails(request["id"])
