"""Who files a unit replacement, of which units, when, and what nobody may name again (`domain.md` §2.5)."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from tests.api.refusals import pointers, refusal
from tests.kinds.swaps import ask_swap, commissioned, country_of_long_memory, life, swap_body, swap_filed, swapped
from tests.kinds.walks import ask_extension, end_user_body, extended, visitor
from tests.stack.countries import NewCountry, new_country
from tests.stack.days import day, end
from tests.stack.footprint import INTAKE, footprint
from tests.stack.outbox import emails_about
from tests.stack.running import Stack
from tests.stack.walks import (
    REQUESTS,
    Json,
    body_of,
    decided,
    filed,
    new_serial,
    outdoor,
    processed,
    pulled,
    seen,
    settled,
)

KEYUSER, PARTNER = "keyuser.es", "partner.pro"


async def under_warranty(stack: Stack, **changes: Any) -> str:
    """The serial of a unit of ABC under warranty in ES."""
    serial = new_serial()
    await processed(stack, units=outdoor(serial), **changes)
    return serial


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def unit(stack: Stack) -> str:
    """A unit that no test replaces."""
    return await under_warranty(stack)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def done(stack: Stack) -> Json:
    """A replacement of another company's unit, processed."""
    return await swapped(stack, await under_warranty(stack))


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("installer.abc", (403, "forbidden")),
        ("installer.ac1", (403, "forbidden")),
        ("participant.ana", (403, "forbidden")),
        (KEYUSER, (403, "forbidden")),
        ("ops", (403, "forbidden")),
        ("admin", (403, "forbidden")),
        ("partner.pt", (404, "not_found")),
        (None, (401, "not_authenticated")),
    ],
)
async def test_nobody_else_files(stack: Stack, unit: str, login: str | None, expected: tuple[int, str]) -> None:
    body = await swap_body(stack, PARTNER, unit)
    before = await footprint(stack)
    answer = await stack.client_of(login).post(f"{REQUESTS}/unit-replacement", json=body)
    assert refusal(answer) == expected
    assert await footprint(stack) == before


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"old_serial": "NOBODY0001"}, ((422, "invalid"), "/old_serial")),
        ({"replaced_on": "2999-01-01"}, ((422, "invalid"), "/replaced_on")),
        ({"replaced_on": day(-1)}, ((422, "invalid"), "/replaced_on")),
        ({"new_unit": {"product": "CS-Z25TKEW", "serial": "NEVERSEEN2"}}, ((422, "invalid"), "/new_unit/product")),
        ({"new_unit": {"product": "WH-UD05HE5", "serial": "NEVERSEEN2"}}, ((422, "invalid"), "/new_unit/product")),
        ({"new_unit": {"product": "CU-2Z50TBE", "serial": "?"}}, ((422, "invalid"), "/new_unit/serial")),
        ({"new_unit": {"product": "CU-2Z50TBE"}}, ((422, "invalid"), "/new_unit/serial")),
        ({"sales_method": "stolen"}, ((422, "invalid"), "/sales_method")),
        ({"old_unit_returned": "perhaps"}, ((422, "invalid"), "/old_unit_returned")),
        ({"coverage_reason": None}, ((422, "reason_required"), "/coverage_reason")),
        ({"coverage_reason": "rust"}, ((422, "reason_not_allowed"), "/coverage_reason")),
        ({"documents": []}, ((422, "document_missing"), "/documents")),
    ],
)
async def test_what_is_not_right_is_refused_and_leaves_nothing(
    stack: Stack, unit: str, changes: Json, expected: tuple[tuple[int, str], str]
) -> None:
    body = {**await swap_body(stack, PARTNER, unit), **changes}
    before = await footprint(stack, but=INTAKE)
    answer = await stack.client_of(PARTNER).post(f"{REQUESTS}/unit-replacement", json=body)
    assert (refusal(answer), pointers(answer)[0]) == expected
    assert await footprint(stack, but=INTAKE) == before


async def test_the_country_says_how_late_is_too_late(stack: Stack) -> None:
    country = await new_country(stack)
    base = await commissioned(stack, country, commissioned_on="2026-01-10")
    old = base["data"]["units"][0]["serial"]
    facts = {"country": country.code, "replaced_on": "2026-02-01"}
    late = await ask_swap(stack, country.partner, old, **facts)
    assert refusal(late) == (422, "registration_late")
    assert late.json()["limit"] == 30
    client, path = stack.client_of(country.keyuser), f"/api/v1/countries/{country.code}/settings"
    settings = (await client.get(path)).json()
    assert settings["replacement_limit"] == "P30D"
    changed = await client.patch(path, json={"version": settings["version"], "replacement_limit": "P3650D"})
    assert changed.status_code == 200, changed.text
    assert (await swap_filed(stack, old, country.partner, **facts))["state"] == "submitted"


async def test_colleagues_see_it_and_others_do_not(stack: Stack, done: Json) -> None:
    mine = await seen(stack, done["id"], PARTNER)
    assert mine["replacement"]["charge"] == "free"
    assert mine["replacement"]["old_request"] is None  # a request of ABC, of which Clima Sol hears nothing
    assert done["replacement"]["old_request"].startswith("ES-COM-")
    for login in ("installer.abc", "installer.linked", "partner.pt", "keyuser.pt", "admin"):
        assert refusal(await stack.client_of(login).get(f"{REQUESTS}/{done['id']}")) == (404, "not_found")
    old_request = done["replacement"]["old_request"]
    assert refusal(await stack.client_of(PARTNER).get(f"{REQUESTS}/{old_request}")) == (404, "not_found")


async def test_requester_gets_the_emails_and_the_reissued_card(stack: Stack, done: Json) -> None:
    submitted, accepted = emails_about(stack, done["id"])
    assert {submitted.envelope_to, accepted.envelope_to} == {"partner.pro@keydesk.example"}
    base = await seen(stack, done["replacement"]["old_request"])
    card = base["cards"][-1]
    assert (card["version"], card["status"]) == (2, "valid")
    printed = await stack.client_of("ops").get(card["href"])
    assert accepted.attachments == {f"{card['number']}.pdf": printed.content}
    mine = await stack.client_of(PARTNER).get(f"{REQUESTS}/{done['id']}/card")
    assert mine.content == printed.content
    assert "lucia@example.org" not in submitted.message.as_string() + accepted.message.as_string()


@pytest.mark.parametrize(
    ("login", "status"),
    [
        (KEYUSER, 200),
        ("ops", 200),
        ("keyuser.pt", 404),
        (PARTNER, 403),
        ("installer.abc", 403),
        ("participant.ana", 403),
        ("admin", 403),
        (None, 401),
    ],
)
async def test_lives_and_stock_are_for_the_countrys_keyusers_and_ops(
    stack: Stack, done: Json, login: str | None, status: int
) -> None:
    client = stack.client_of(login)
    for path in (f"units/{done['data']['old_serial']}", "countries/ES/stock-movements", "countries/ES/charges"):
        answer = await client.get(f"/api/v1/{path}")
        assert answer.status_code == status, path
    for path in ("units/NOBODY0001", "countries/NOWHERE/charges"):
        assert (await client.get(f"/api/v1/{path}")).status_code == {200: 404}.get(status, status)


@pytest.mark.parametrize(
    "question", ["cursor=-1", "cursor=99999999999", "limit=0", "limit=1001", "serial=%00", "request=%00"]
)
async def test_an_odd_question_is_no_accident(stack: Stack, question: str) -> None:
    path = "charges" if question.startswith("request") else "stock-movements"
    answer = await stack.client_of(KEYUSER).get(f"/api/v1/countries/ES/{path}?{question}")
    assert refusal(answer) == (422, "invalid")


async def test_ops_say_which_country_they_mean(stack: Stack) -> None:
    serial = await under_warranty(stack)
    country = await new_country(stack)
    await commissioned(stack, country, units=outdoor(serial))
    client = stack.client_of("ops")
    assert refusal(await client.get(f"/api/v1/units/{serial}")) == (422, "invalid")
    assert (await life(stack, serial, "ops", country="ES"))["country"] == "ES"
    assert refusal(await client.get(f"/api/v1/units/{serial}?country=PT")) == (404, "not_found")
    assert refusal(await stack.client_of(KEYUSER).get(f"/api/v1/units/{serial}?country=PT")) == (404, "not_found")


async def test_two_replacements_of_one_unit_at_once_are_one(stack: Stack) -> None:
    serial = await under_warranty(stack)
    bodies = [await swap_body(stack, login, serial) for login in (PARTNER, "installer.linked") * 4]
    logins = (PARTNER, "installer.linked") * 4
    answers = await asyncio.gather(
        *(
            stack.client_of(login).post(f"{REQUESTS}/unit-replacement", json=body)
            for login, body in zip(logins, bodies, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {refusal(one) for one in answers if one.status_code == 409} == {(409, "duplicate_serial")}
    [won] = [answer.json() for answer in answers if answer.status_code == 201]
    accepts = await asyncio.gather(*(pulled(stack, KEYUSER, won["id"], "accept", version=1) for _ in range(5)))
    assert sorted(one.status_code for one in accepts)[0] == 200
    assert sum(one.status_code == 200 for one in accepts) == 1
    settled_ = await settled(stack, won["id"], KEYUSER)
    assert settled_["state"] == "processed"
    assert refusal(await ask_swap(stack, PARTNER, serial)) == (409, "already_replaced")


async def test_one_new_unit_for_two_old_ones_at_once_takes_one_place(stack: Stack) -> None:
    first, second, new = await under_warranty(stack), await under_warranty(stack), new_serial()
    arriving = {"product": "CU-2Z50TBE", "serial": new}
    answers = await asyncio.gather(*(ask_swap(stack, PARTNER, old, new_unit=arriving) for old in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert {refusal(one) for one in answers if one.status_code == 409} == {(409, "duplicate_serial")}


async def test_a_replaced_unit_is_never_named_again(stack: Stack, done: Json) -> None:
    old = done["data"]["old_serial"]
    taken = (409, "already_replaced")
    assert refusal(await ask_swap(stack, PARTNER, old)) == taken
    assert refusal(await ask_extension(stack, PARTNER, units=outdoor(old))) == taken
    indoor = [*outdoor(new_serial()), {"role": "indoor", "product": "CS-Z25TKEW", "serial": old}]
    for units in (outdoor(old), indoor):
        body = await body_of(stack, "installer.abc", units=units)
        answer = await stack.client_of("installer.abc").post(f"{REQUESTS}/commissioning", json=body)
        assert refusal(answer) == taken
    public = await visitor(stack).post(
        "/api/v1/public/requests/end-user-warranty", json=await end_user_body(stack, units=outdoor(old))
    )
    assert refusal(public) == taken
    pending = await filed(stack)
    answer = await stack.client_of(KEYUSER).patch(
        f"{REQUESTS}/{pending['id']}", json={"version": 1, "data": {"units": outdoor(old)}}
    )
    assert refusal(answer) == taken
    arriving = {"product": "CU-2Z50TBE", "serial": old}
    again = await ask_swap(stack, PARTNER, await under_warranty(stack), new_unit=arriving)
    assert refusal(again) == (409, "duplicate_serial")


async def test_no_permit_lets_a_unit_be_replaced_twice(stack: Stack, unit: str) -> None:
    answer = await stack.client_of(KEYUSER).post(
        "/api/v1/countries/ES/duplicate-permits",
        json={"kind": "unit-replacement", "serial": unit, "comment": "Please."},
    )
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/kind"])


async def test_the_new_unit_was_unknown_to_every_kind_and_stays_its_own(stack: Stack, unit: str) -> None:
    pending, extended_ = new_serial(), new_serial()
    await filed(stack, units=outdoor(pending))
    await extended(stack, units=outdoor(extended_))
    for known in (pending, extended_, unit):
        answer = await ask_swap(stack, PARTNER, unit, new_unit={"product": "CU-2Z50TBE", "serial": known})
        assert answer.status_code in {409, 422}
        assert refusal(answer)[1] == ("invalid" if known == unit else "duplicate_serial")
    new = new_serial()
    arriving = {"product": "CU-2Z50TBE", "serial": new}
    request = await swap_filed(stack, await under_warranty(stack), new_unit=arriving)
    body = await body_of(stack, "installer.abc", units=outdoor(new))
    taken = await stack.client_of("installer.abc").post(f"{REQUESTS}/commissioning", json=body)
    assert refusal(taken) == (409, "duplicate_serial")
    assert refusal(await ask_extension(stack, PARTNER, units=outdoor(new))) == (409, "duplicate_serial")
    await decided(stack, KEYUSER, request["id"], "accept")
    await settled(stack, request["id"])
    taken = await stack.client_of("installer.abc").post(f"{REQUESTS}/commissioning", json=body)
    assert refusal(taken) == (409, "duplicate_serial")
    assert (await extended(stack, units=outdoor(new)))["state"] == "submitted"  # a unit like any other by now


async def test_what_was_pending_on_a_unit_is_not_granted_once_it_is_gone(stack: Stack) -> None:
    serial = await under_warranty(stack)
    extension = await extended(stack, units=outdoor(serial))
    await swapped(stack, serial)
    assert refusal(await pulled(stack, KEYUSER, extension["id"], "accept")) == (409, "already_replaced")
    await decided(stack, KEYUSER, extension["id"], "cancel", comment="The unit is gone.")


async def test_a_keyuser_corrects_and_is_warned(stack: Stack) -> None:
    """SAVE is trusted: what a requester would be refused for is a warning; accept needs a reason that fits."""
    request = await swap_filed(stack, await under_warranty(stack))
    client, path = stack.client_of(KEYUSER), f"{REQUESTS}/{request['id']}"
    saved = await client.patch(path, json={"version": 1, "data": {"coverage_reason": ""}})
    assert saved.status_code == 200, saved.text
    assert [one["code"] for one in saved.json()["warnings"]] == ["reason_required"]
    assert saved.json()["replacement"] is None
    assert refusal(await pulled(stack, KEYUSER, request["id"], "accept")) == (422, "reason_required")
    assert (await seen(stack, request["id"]))["state"] == "submitted"
    new = new_serial()
    data = {"coverage_reason": "misuse", "new_unit": {"serial": new}}
    saved = await client.patch(path, json={"version": 2, "data": data})
    assert saved.json()["replacement"]["charge"] == "charged"
    assert saved.json()["data"]["new_unit"] == {"product": "CU-2Z50TBE", "serial": new}
    assert refusal(await client.patch(path, json={"version": 3, "data": {"country": "PT"}})) == (422, "not_editable")
    await decided(stack, KEYUSER, request["id"], "accept")
    assert (await settled(stack, request["id"]))["replacement"]["tiers"] == []


async def test_without_an_inventory_nothing_is_booked(stack: Stack) -> None:
    country = await country_of_long_memory(stack)
    base = await commissioned(stack, country)
    client, path = stack.client_of(country.keyuser), f"/api/v1/countries/{country.code}/inventory/standard"
    definition = (await client.get(path)).json()
    stood_down = await client.patch(path, json={"version": definition["version"], "active": False})
    assert stood_down.status_code == 200, stood_down.text
    facts = {"country": country.code, "coverage_reason": "factory-defect"}
    request = await swap_filed(stack, base["data"]["units"][0]["serial"], country.partner, **facts)
    preview = await seen(stack, request["id"], country.keyuser)
    assert (preview["replacement"], [one["code"] for one in preview["warnings"]]) == (None, ["move_refused"])
    assert refusal(await pulled(stack, country.keyuser, request["id"], "accept")) == (409, "move_refused")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def elsewhere(stack: Stack) -> NewCountry:
    return await country_of_long_memory(stack)


async def test_a_toggled_policy_changes_no_granted_warranty(stack: Stack, elsewhere: NewCountry) -> None:
    """The old warranty, its reasons included, is what was granted: also when nobody grants it any more."""
    base = await commissioned(stack, elsewhere)
    client, path = stack.client_of(elsewhere.keyuser), f"/api/v1/countries/{elsewhere.code}/policies/STD-1-5"
    policy = (await client.get(path)).json()
    changed = await client.patch(
        path, json={"version": policy["version"], "state": "not_effective", "coverage_reasons": []}
    )
    assert changed.status_code == 200, changed.text
    done = await swapped(
        stack, base["data"]["units"][0]["serial"], elsewhere.partner, elsewhere.keyuser, country=elsewhere.code
    )
    assert (done["replacement"]["policy"], done["replacement"]["charge"]) == ("STD-1-5", "free")
    assert [one["end"] for one in done["replacement"]["tiers"]] == [end(years=1), end(years=5)]
    assert (await seen(stack, base["id"]))["assignment"] == base["assignment"]
