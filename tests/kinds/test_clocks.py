"""Reminders, escalation and expiry of the new kinds, on a server that skips time (`domain.md` §6)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.kinds.walks import codes_of, end_user_filed, extended
from tests.stack.countries import new_country
from tests.stack.running import Stack
from tests.stack.walks import decided
from tests.workflows.timeline import MINUTE, Timeline, days, timeline

ZONES = ("Europe/Madrid", "Europe/Lisbon")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def skipping(stack: Stack) -> AsyncIterator[Timeline]:
    """A desk on a Temporal server that skips time."""
    async with timeline(stack) as times:
        yield times


@pytest.fixture
def times(skipping: Timeline) -> Timeline:
    """The same, with its clock at now again."""
    skipping.clock.ahead = timedelta()
    return skipping


@pytest.mark.parametrize("time_zone", ZONES)
async def test_the_keyuser_is_reminded_of_an_end_users_request_and_nobody_of_a_denial(
    times: Timeline, time_zone: str
) -> None:
    country = await new_country(times.stack, time_zone=time_zone)
    request_id = (await end_user_filed(times.stack, country))["id"]
    told = [("submitted", "partner")]
    await times.passes(request_id, days(3) - MINUTE)
    assert await times.emails(request_id) == told
    await times.passes(request_id, MINUTE)
    told.append(("reminder", "keyuser"))
    assert await times.emails(request_id) == told
    await times.passes(request_id, days(4))
    told.append(("escalation", "escalation"))
    assert await times.emails(request_id) == told
    await decided(times.stack, country.keyuser, request_id, "deny", comment="No.")
    assert await times.handle(request_id).result() == "denied", "a final denial has no clock: nothing runs on"
    assert await times.emails(request_id) == [*told, ("denied", "partner")]
    row = await times.row(request_id)
    assert (row.state, row.turn, row.due_at) == ("denied", None, None)


@pytest.mark.parametrize("time_zone", ZONES)
async def test_the_partner_is_reminded_of_an_extension_that_then_expires_and_keeps_its_code(
    times: Timeline, time_zone: str
) -> None:
    country = await new_country(times.stack, time_zone=time_zone, extension_mode="b")
    [code] = await codes_of(times.stack, country, 1)
    request_id = (await extended(times.stack, country.partner, country=country.code, warranty_code=code))["id"]
    await decided(times.stack, country.keyuser, request_id, "flag_wrong_data", comment="Which city?")
    told = [("submitted", "requester"), ("wrong_data", "requester")]
    await times.passes(request_id, days(14) - MINUTE)
    assert await times.emails(request_id) == told
    await times.passes(request_id, MINUTE)
    told.append(("reminder", "requester"))
    assert await times.emails(request_id) == told
    await times.passes(request_id, days(76))
    assert await times.emails(request_id) == [*told, ("expired", "requester")]
    row = await times.row(request_id)
    assert (row.state, row.cancelled_by) == ("cancelled", "expired")
    assert await times.handle(request_id).result() == "cancelled"
    released = await times.stack.client_of(country.keyuser).post(
        f"/api/v1/countries/{country.code}/codes/{code}/release", json={"comment": "Expired."}
    )
    assert released.status_code == 200, released.text
