"""Every timer of a request, on the real server, at the country's real durations (`domain.md` §6)."""

from datetime import timedelta
from typing import Any

import pytest

from domain.labels import CancelledBy
from tests.stack.countries import new_country
from tests.stack.outbox import emails_about
from tests.stack.walks import decided, eventually, filed, history, settled
from tests.workflows.timeline import MINUTE, Timeline, days
from tests.workflows.walks import ended

SUBMITTED = ("submitted", "requester")
KEYUSER_REMINDED = ("reminder", "keyuser")
ESCALATED = ("escalation", "escalation")
REQUESTER_REMINDED = ("reminder", "requester")
EXPIRED = ("expired", "requester")
KEYUSER = "keyuser.es"


async def flagged(times: Timeline) -> tuple[str, list[tuple[str, str]]]:
    """A request with wrong data, and the emails that it has caused so far."""
    request_id = (await filed(times.stack))["id"]
    await decided(times.stack, KEYUSER, request_id, "flag_wrong_data", comment="The serial is not on the invoice.")
    return request_id, [SUBMITTED, ("wrong_data", "requester")]


async def denied(times: Timeline) -> tuple[str, list[tuple[str, str]]]:
    """A denied request, and the emails that it has caused so far."""
    request_id = (await filed(times.stack))["id"]
    await decided(times.stack, KEYUSER, request_id, "deny", comment="Illegible.", documents=["invoice"])
    return request_id, [SUBMITTED, ("denied", "requester")]


async def test_a_keyuser_is_reminded_on_day_three_and_escalated_on_day_seven(times: Timeline) -> None:
    request_id = (await filed(times.stack))["id"]
    await times.passes(request_id, days(3) - MINUTE)
    assert await times.emails(request_id) == [SUBMITTED]
    await times.passes(request_id, MINUTE)
    assert await times.emails(request_id) == [SUBMITTED, KEYUSER_REMINDED]
    await times.passes(request_id, days(4) - MINUTE)
    assert await times.emails(request_id) == [SUBMITTED, KEYUSER_REMINDED]
    await times.passes(request_id, MINUTE)
    assert await times.emails(request_id) == [SUBMITTED, KEYUSER_REMINDED, ESCALATED]
    row = await times.row(request_id)
    assert (row.state, row.turn, row.version) == ("submitted", "keyuser", 1)
    received = [(one.envelope_to, one.message_id) for one in emails_about(times.stack, request_id)]
    assert received == [
        ("installer.abc@keydesk.example", f"<{request_id}.v1.submitted.requester@keydesk>"),
        ("keyuser-es@keydesk.example", f"<{request_id}.keyuser_reminder.reminder.keyuser@keydesk>"),
        ("escalation-es@keydesk.example", f"<{request_id}.keyuser_escalation.escalation.escalation@keydesk>"),
    ]


@pytest.mark.parametrize("turned_back", [flagged, denied])
async def test_a_requester_is_reminded_on_day_14_and_the_request_expires_on_day_90(
    times: Timeline, turned_back: Any
) -> None:
    request_id, before = await turned_back(times)
    await times.passes(request_id, days(14) - MINUTE)
    assert await times.emails(request_id) == before
    await times.passes(request_id, MINUTE)
    assert await times.emails(request_id) == [*before, REQUESTER_REMINDED]
    await times.passes(request_id, days(76) - MINUTE)
    assert await times.emails(request_id) == [*before, REQUESTER_REMINDED]
    assert (await times.row(request_id)).state != "cancelled"
    await times.passes(request_id, MINUTE)
    assert await times.emails(request_id) == [*before, REQUESTER_REMINDED, EXPIRED]
    row = await times.row(request_id)
    assert (row.state, row.cancelled_by, row.turn, row.due_at) == ("cancelled", CancelledBy.EXPIRED, None, None)
    last = (await history(times.stack, request_id))[-1]
    assert (last["actor"], last["action"], last["to_state"]) == ("system", "expire", "cancelled")
    assert await ended(times.stack, request_id) == "cancelled"


async def test_after_a_hundred_days_at_once_each_alarm_has_rung_once(times: Timeline) -> None:
    """Nobody acts, first the keyuser and then the requester: no alarm rings twice, none is lost."""
    request_id = (await filed(times.stack))["id"]
    await times.passes(request_id, days(200))
    assert await times.emails(request_id) == [SUBMITTED, KEYUSER_REMINDED, ESCALATED]
    await decided(times.stack, KEYUSER, request_id, "flag_wrong_data", comment="Late, but still wrong.")
    await times.passes(request_id, days(200))
    told = [SUBMITTED, KEYUSER_REMINDED, ESCALATED, ("wrong_data", "requester"), REQUESTER_REMINDED, EXPIRED]
    assert await times.emails(request_id) == told
    assert await ended(times.stack, request_id) == "cancelled"


async def test_a_reminder_comes_once_in_the_life_of_a_request(times: Timeline) -> None:
    """Each side gets the turn twice, and uses up more time each time; the alarms that rang stay silent."""
    request_id, told = await denied(times)
    await times.passes(request_id, days(20))
    assert await times.emails(request_id) == [*told, REQUESTER_REMINDED]
    await decided(times.stack, "installer.abc", request_id, "resubmit", documents=await new_invoice(times))
    await times.passes(request_id, days(4))
    assert await times.emails(request_id) == [*told, REQUESTER_REMINDED, KEYUSER_REMINDED]
    await decided(times.stack, KEYUSER, request_id, "flag_wrong_data", comment="Now the serial.")
    await times.passes(request_id, days(20))
    told += [REQUESTER_REMINDED, KEYUSER_REMINDED, ("wrong_data", "requester")]
    assert await times.emails(request_id) == told
    await decided(times.stack, "installer.abc", request_id, "resubmit")
    await times.passes(request_id, days(2))
    assert await times.emails(request_id) == told
    await times.passes(request_id, days(1))
    assert await times.emails(request_id) == [*told, ESCALATED]


async def new_invoice(times: Timeline) -> list[dict[str, str]]:
    """Another invoice, that answers a denial."""
    sent = await times.stack.client_of("installer.abc").post(
        "/api/v1/documents", files={"file": ("again.pdf", b"%PDF-1.4 again")}
    )
    return [{"requirement": "invoice", "document_id": sent.json()["id"]}]


async def test_after_an_outage_over_several_alarms_each_rings_once(times: Timeline) -> None:
    """In real time: the worker is away while both alarms pass; after that, each has rung once, in order."""
    country = await new_country(
        times.stack, keyuser_reminder=timedelta(seconds=1), keyuser_escalation=timedelta(seconds=1.5)
    )
    desk = times.queue("outage")
    async with desk.serving("outage"):
        request_id = (await filed(desk.stack, country.installer, country=country.code))["id"]
        await settled(desk.stack, request_id)
    due = (await times.row(request_id)).due_at
    assert due is not None

    async def overdue() -> bool:
        return times.clock() > due + timedelta(seconds=0.5)

    await eventually(overdue, "time stands still")
    assert await times.emails(request_id) == [SUBMITTED]
    async with desk.serving("outage"):
        await eventually(lambda: heard(times, request_id, 3), "the late alarms do not ring")
        assert await times.emails(request_id) == [SUBMITTED, KEYUSER_REMINDED, ESCALATED]
        await decided(desk.stack, country.keyuser, request_id, "cancel", comment="Enough.")
        await settled(desk.stack, request_id)


async def heard(times: Timeline, request_id: str, count: int) -> bool:
    """Whether so many emails were queued and sent."""
    return len(await times.emails(request_id)) >= count


async def test_a_reopened_run_reminds_nobody_again(times: Timeline) -> None:
    """Ops terminate a workflow that has reminded; the run that a decision opens goes on, and the email is not sent
    a second time."""
    request_id = (await filed(times.stack))["id"]
    await times.passes(request_id, days(8))
    told = [SUBMITTED, KEYUSER_REMINDED, ESCALATED]
    assert await times.emails(request_id) == told
    await times.handle(request_id).terminate("lost")
    await times.reopen(request_id)
    await times.passes(request_id, days(10))
    assert await times.emails(request_id) == told
    await decided(times.stack, KEYUSER, request_id, "cancel", comment="Enough.")
    assert await times.emails(request_id) == [*told, ("cancelled", "requester")]
    assert await ended(times.stack, request_id) == "cancelled"


async def test_short_settings_remind_and_expire_in_real_time(times: Timeline) -> None:
    """No skipping: with short durations in the country's settings, real time alone reminds and expires."""
    first, last = timedelta(seconds=0.4), timedelta(seconds=0.8)
    country = await new_country(
        times.stack,
        keyuser_reminder=first,
        keyuser_escalation=last,
        requester_reminder=first,
        requester_expiry=last,
    )
    request_id = (await filed(times.stack, country.installer, country=country.code))["id"]
    await eventually(lambda: heard(times, request_id, 3), "nobody reminds the keyuser")
    await decided(times.stack, country.keyuser, request_id, "flag_wrong_data", comment="Wrong.")
    await eventually(lambda: heard(times, request_id, 6), "the request does not expire")
    assert await times.emails(request_id) == [
        SUBMITTED,
        KEYUSER_REMINDED,
        ESCALATED,
        ("wrong_data", "requester"),
        REQUESTER_REMINDED,
        EXPIRED,
    ]
