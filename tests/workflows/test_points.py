"""The clocks of points requests: as the others', but what is credited does not expire (`domain.md` §2.4, §6)."""

from tests.kinds.claims import BARE, claimed, in_country, line, loyal_country, participant, put, statement
from tests.stack.running import Stack
from tests.stack.walks import decided, seen
from tests.workflows.timeline import Timeline, days
from tests.workflows.walks import ended

REMINDED = ("reminder", "requester")


async def partly(stack: Stack) -> tuple[str, str]:
    """A request of which one of two lines is credited, and its keyuser."""
    country = await loyal_country(stack)
    lines = [line(BARE, site="x"), line(BARE, site="y")]
    request_id = (await claimed(stack, lines, participant(country), **in_country(country)))["id"]
    verdicts = [{"line": 1, "verdict": "accepted"}, {"line": 2, "verdict": "denied", "reason": "where?"}]
    await put(stack, country.keyuser, request_id, "verdicts", lines=verdicts)
    await decided(stack, country.keyuser, request_id, "process")
    return request_id, country.keyuser


async def test_what_is_credited_is_reminded_of_once_and_never_expires(times: Timeline) -> None:
    request_id, keyuser = await partly(times.stack)
    assert (await times.row(request_id)).due_at is None
    await times.passes(request_id, days(15))
    assert (await times.emails(request_id)).count(REMINDED) == 1
    await times.passes(request_id, days(200))
    request = await seen(times.stack, request_id)
    assert (request["state"], request["turn"], request["due_at"]) == ("partially_accepted", "requester", None)
    assert (await times.emails(request_id)).count(REMINDED) == 1
    await decided(times.stack, keyuser, request_id, "cancel", comment="too long ago")
    assert await ended(times.stack, request_id) == "cancelled"


async def test_without_a_credit_it_expires(times: Timeline) -> None:
    country = await loyal_country(times.stack)
    who = participant(country)
    request_id = (await claimed(times.stack, [line(BARE, site="x")], who, **in_country(country)))["id"]
    await times.passes(request_id, days(7.1))
    assert {("reminder", "keyuser"), ("escalation", "escalation")} <= set(await times.emails(request_id))
    await decided(times.stack, country.keyuser, request_id, "flag_wrong_data", comment="which site?")
    await times.passes(request_id, days(90))
    assert await ended(times.stack, request_id) == "cancelled"
    request = await seen(times.stack, request_id)
    assert (request["state"], request["cancelled_by"]) == ("cancelled", "expired")
    assert await statement(times.stack, who, "ops") == {"balance": 0, "entries": []}
