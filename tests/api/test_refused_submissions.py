"""Submissions that the rules refuse: matrix, deadline, documents, duplicates, the country's day and pattern."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.refusals import body as problem
from tests.api.refusals import pointers, refusal
from tests.stack.countries import new_country
from tests.stack.footprint import INTAKE, counter, footprint, has_workflow
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, body_of, decided, documents, filed, new_serial, outdoor, uploaded

Json = dict[str, Any]


async def submit(stack: Stack, login: str = "installer.abc", key: str | None = None, **changes: Any) -> Any:
    body = await body_of(stack, login, **changes)
    headers = {} if key is None else {"Idempotency-Key": key}
    return await stack.client_of(login).post(f"{REQUESTS}/commissioning", json=body, headers=headers)


async def refused(stack: Stack, login: str = "installer.abc", **changes: Any) -> tuple[int, str]:
    """Submit, and hold that nothing is left but the memory of the refusal."""
    await documents(stack, login)
    before, number = await footprint(stack, but=INTAKE), await counter(stack)
    answer = await submit(stack, login, **changes)
    assert await footprint(stack, but=INTAKE) == before
    for given in range(number + 1, await counter(stack) + 1):
        assert not await has_workflow(stack, f"ES-COM-{given:06d}")
    return refusal(answer)


HEATING = [{"role": "outdoor", "product": "WH-UD05HE5", "serial": "HEAT0001"}]


async def test_a_wholesaler_who_does_not_distribute_is_refused(stack: Stack) -> None:
    assert await refused(stack, line_up="heating", units=HEATING, documents=[]) == (422, "wholesaler_not_distributing")


async def test_a_wholesaler_who_is_not_configured_is_refused(stack: Stack) -> None:
    assert await refused(stack, wholesaler="JKL") == (422, "wholesaler_not_configured")


async def test_a_missing_document_is_named(stack: Stack) -> None:
    sheet, _ = await documents(stack, "installer.abc")
    assert await refused(stack, documents=[sheet]) == (422, "document_missing")
    answer = await submit(stack, documents=[sheet])
    assert "invoice" in problem(answer)["detail"]
    assert pointers(answer) == ["/documents"]


async def test_a_held_serial_is_refused(stack: Stack) -> None:
    serial = new_serial()
    await filed(stack, units=outdoor(serial))
    assert await refused(stack, units=outdoor(serial)) == (409, "duplicate_serial")
    assert await refused(stack, "installer.ac1", units=outdoor(serial.lower())) == (409, "duplicate_serial")


async def test_any_of_several_outdoor_serials_counts(stack: Stack) -> None:
    serial = new_serial()
    await filed(stack, units=[*outdoor(new_serial()), *outdoor(serial)])
    assert await refused(stack, units=[*outdoor(new_serial()), *outdoor(serial)]) == (409, "duplicate_serial")


async def test_the_serial_of_an_indoor_unit_may_come_again(stack: Stack) -> None:
    indoor = {"role": "indoor", "product": "CS-Z25TKEW", "serial": new_serial()}
    await filed(stack, units=[*outdoor(new_serial()), indoor])
    assert (await filed(stack, units=[*outdoor(new_serial()), indoor]))["state"] == "submitted"


async def test_another_countrys_serial_is_free(stack: Stack) -> None:
    serial, country = new_serial(), await new_country(stack)
    await filed(stack, units=outdoor(serial))
    assert await filed(stack, country.installer, country=country.code, units=outdoor(serial))


@pytest.mark.parametrize("comment", ["filed twice"])
async def test_a_cancelled_requests_serial_is_free_again(stack: Stack, comment: str) -> None:
    serial = new_serial()
    request = await filed(stack, units=outdoor(serial))
    await decided(stack, "keyuser.es", request["id"], "cancel", comment=comment)
    assert await filed(stack, units=outdoor(serial))


async def test_a_denied_requests_serial_is_still_held(stack: Stack) -> None:
    serial = new_serial()
    request = await filed(stack, units=outdoor(serial))
    await decided(stack, "keyuser.es", request["id"], "deny", comment="which invoice?")
    assert await refused(stack, units=outdoor(serial)) == (409, "duplicate_serial")


async def test_a_document_of_another_company_is_no_document(stack: Stack) -> None:
    theirs = await documents(stack, "installer.ac1")
    assert await refused(stack, documents=theirs) == (422, "invalid")
    assert pointers(await submit(stack, documents=theirs)) == ["/documents/0/document_id", "/documents/1/document_id"]


async def test_a_document_of_another_country_is_no_document(stack: Stack) -> None:
    theirs = await documents(stack, "installer.pt")
    assert await refused(stack, documents=theirs) == (422, "invalid")


async def test_a_colleagues_document_may_be_attached(stack: Stack) -> None:
    country = await new_country(stack)
    theirs = await documents(stack, country.colleague)
    assert await filed(stack, country.installer, country=country.code, documents=theirs)


async def test_a_document_may_be_attached_once_per_requirement(stack: Stack) -> None:
    sheet, invoice = await documents(stack, "installer.abc")
    assert pointers(await submit(stack, documents=[sheet, invoice, invoice])) == ["/documents/2/document_id"]


async def test_one_document_may_answer_two_requirements(stack: Stack) -> None:
    both = await uploaded(stack.client_of("installer.abc"), "both.pdf")
    named = [{"requirement": name, "document_id": both} for name in ("commissioning-sheet", "invoice")]
    assert len((await filed(stack, documents=named))["documents"]) == 2


async def test_the_future_begins_at_the_countrys_midnight(stack: Stack) -> None:
    """At any moment it is a later day in Kiritimati than in Pago Pago."""
    early = await new_country(stack, time_zone="Pacific/Kiritimati")
    late = await new_country(stack, time_zone="Pacific/Pago_Pago")
    today = datetime.now(UTC).astimezone(ZoneInfo("Pacific/Kiritimati")).date().isoformat()
    assert await filed(stack, early.installer, country=early.code, commissioned_on=today)
    answer = await submit(stack, late.installer, country=late.code, commissioned_on=today)
    assert refusal(answer) == (422, "invalid")
    assert pointers(answer) == ["/commissioned_on"]


async def test_a_country_may_set_a_stricter_serial_pattern(stack: Stack) -> None:
    country = await new_country(stack, serial_pattern="[0-9]{8}[A-Z]")
    assert await filed(stack, country.installer, country=country.code, units=outdoor("4481-0001 a"))
    answer = await submit(stack, country.installer, country=country.code, units=outdoor("448100012"))
    assert pointers(answer) == ["/units/0/serial"]


async def test_a_country_may_limit_how_late_one_registers(stack: Stack) -> None:
    country = await new_country(stack, registration_limit=timedelta(days=30), time_zone="UTC")
    today = datetime.now(UTC).date()
    last, late = (today - timedelta(days=days) for days in (30, 31))
    assert await filed(stack, country.installer, country=country.code, commissioned_on=last.isoformat())
    answer = await submit(stack, country.installer, country=country.code, commissioned_on=late.isoformat())
    assert refusal(answer) == (422, "registration_late")
    assert "31" in problem(answer)["detail"]


async def test_another_country_is_unknown(stack: Stack) -> None:
    assert await refused(stack, country="PT") == (404, "not_found")
    assert await refused(stack, country="ZZ") == (404, "not_found")


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("keyuser.es", (403, "forbidden")),
        ("participant.ana", (403, "forbidden")),
        ("ops", (403, "forbidden")),
        ("admin", (403, "forbidden")),
        (None, (401, "not_authenticated")),
    ],
)
async def test_only_installers_and_pro_partners_file(
    stack: Stack, login: str | None, expected: tuple[int, str]
) -> None:
    body = await body_of(stack, "installer.abc")
    before = await footprint(stack)
    answer = await stack.client_of(login).post(f"{REQUESTS}/commissioning", json=body)
    assert refusal(answer) == expected
    assert await footprint(stack) == before


async def test_a_pro_partner_may_commission(stack: Stack) -> None:
    request = await filed(stack, "partner.pro")
    assert request["requester"] == {"login": "partner.pro", "company": "Clima Sol"}
