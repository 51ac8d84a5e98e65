"""Campaigns, participating products and push periods over the API (`domain.md` §2.4, §8)."""

from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.api.refusals import body, pointers, refusal
from tests.configuration.test_wholesalers import at, audited
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack

INVOICE = {"requirement": "invoice", "title": "Invoice"}
SERIAL = {"name": "serial", "title": "Serial number"}
CAMPAIGN = {
    "code": "AUTUMN",
    "name": "Autumn 2026",
    "coupon_code": "LEAVES",
    "starts_on": "2026-09-01",
    "ends_on": "2026-11-30",
    "claim_deadline": "2026-12-31",
    "documents": [INVOICE],
    "information": [SERIAL],
}
PRODUCT = {"campaign": "AUTUMN", "product": "CS-Z25TKEW", "default_points": 11, "required_documents": ["invoice"]}
PERIOD = {
    "campaign": "AUTUMN",
    "product": "CS-Z25TKEW",
    "first_day": "2026-10-01",
    "last_day": "2026-10-31",
    "multiplier": 3,
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> NewCountry:
    country = await new_country(stack)
    client = stack.client_of(country.keyuser)
    for name, fields in (("campaigns", CAMPAIGN), ("campaign-products", PRODUCT), ("push-periods", PERIOD)):
        answer = await client.post(at(country, name), json=fields)
        assert answer.status_code == 201, answer.text
    return country


@pytest.fixture
def client(stack: Stack, country: NewCountry) -> httpx.AsyncClient:
    return stack.client_of(country.keyuser)


async def test_they_are_read_as_they_were_made(client: httpx.AsyncClient, country: NewCountry) -> None:
    campaign = (await client.get(at(country, "campaigns", "AUTUMN"))).json()
    assert campaign["audience"] == {"logins": [], "companies": [], "company_classes": []}
    assert campaign["documents"] == [
        {**INVOICE, "media_types": ["application/pdf", "image/jpeg", "image/png"], "max_bytes": 10 * 1024 * 1024}
    ]
    assert (campaign["information"], campaign["warnings"], campaign["version"]) == ([SERIAL], [], 1)
    product = (await client.get(at(country, "campaign-products", "AUTUMN", "CS-Z25TKEW"))).json()
    assert product == {**PRODUCT, "required_information": [], "version": 1, "warnings": []}
    period = (await client.get(at(country, "push-periods", "AUTUMN", "2026-10-01", "CS-Z25TKEW"))).json()
    assert period == {**PERIOD, "version": 1, "warnings": []}
    for name in ("campaigns", "campaign-products", "push-periods"):
        page = (await client.get(at(country, name), params={"limit": 1})).json()
        assert (len(page["items"]), page["next_cursor"]) == (1, None)


async def test_each_change_is_versioned_and_audited(client: httpx.AsyncClient, country: NewCountry) -> None:
    where = at(country, "campaign-products", "AUTUMN", "CS-Z35TKEW")
    made = await client.post(
        at(country, "campaign-products"), json={**PRODUCT, "product": "CS-Z35TKEW", "required_documents": []}
    )
    assert made.status_code == 201, made.text
    changed = await client.patch(where, json={"version": 1, "default_points": 12})
    assert (changed.json()["version"], changed.json()["default_points"]) == (2, 12)
    assert refusal(await client.patch(where, json={"version": 1, "default_points": 13})) == (412, "stale_version")
    assert refusal(await client.delete(where, params={"version": 1})) == (412, "stale_version")
    assert (await client.delete(where, params={"version": 2})).status_code == 204
    log = await audited(client, country, resource="campaign-products", key="AUTUMN/CS-Z35TKEW")
    assert [(one["version"], one["action"], one["actor"]) for one in log] == [
        (3, "delete", country.keyuser),
        (2, "change", country.keyuser),
        (1, "create", country.keyuser),
    ]
    assert (log[1]["before"]["default_points"], log[1]["after"]["default_points"]) == (11, 12)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"code": "A/B"}, "/code"),
        ({"code": "NEW", "ends_on": "2026-08-31"}, "/ends_on"),
        ({"code": "NEW", "claim_deadline": "2026-11-29"}, "/claim_deadline"),
        ({"code": "NEW", "starts_on": "01/09/2026"}, "/starts_on"),
        ({"code": "NEW", "audience": {"logins": ["nobody"]}}, "/audience/logins/0"),
        ({"code": "NEW", "audience": {"logins": ["participant.ana"]}}, "/audience/logins/0"),
        ({"code": "NEW", "audience": {"companies": ["Clima Sol"]}}, "/audience/companies/0"),
        ({"code": "NEW", "audience": {"company_classes": ["gold"]}}, "/audience/company_classes/0"),
        ({"code": "NEW", "documents": [INVOICE, INVOICE]}, "/documents"),
        ({"code": "NEW", "documents": [{**INVOICE, "media_types": []}]}, "/documents/0/media_types"),
        ({"code": "NEW", "documents": [{**INVOICE, "max_bytes": 10**9}]}, "/documents/0/max_bytes"),
        ({"code": "NEW", "information": [SERIAL, SERIAL]}, "/information"),
    ],
)
async def test_a_campaign_that_cannot_be_is_pointed_at(
    client: httpx.AsyncClient, country: NewCountry, changes: dict[str, Any], where: str
) -> None:
    answer = await client.post(at(country, "campaigns"), json={**CAMPAIGN, **changes})
    assert (refusal(answer), where in pointers(answer)) == ((422, "invalid"), True), answer.text
    assert refusal(await client.get(at(country, "campaigns", "NEW"))) == (404, "not_found")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"campaign": "NONE"}, "/campaign"),
        ({"product": "NONE"}, "/product"),
        ({"default_points": -1}, "/default_points"),
        ({"required_documents": ["invoice", "photo"]}, "/required_documents/1"),
        ({"required_information": ["colour"]}, "/required_information/0"),
    ],
)
async def test_a_product_that_cannot_take_part_is_pointed_at(
    client: httpx.AsyncClient, country: NewCountry, changes: dict[str, Any], where: str
) -> None:
    answer = await client.post(at(country, "campaign-products"), json={**PRODUCT, "product": "CU-Z25TKE", **changes})
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), [where])


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"product": "CU-Z25TKE"}, "/product"),
        ({"first_day": "2026-11-02", "last_day": "2026-11-01"}, "/last_day"),
        ({"first_day": "2026-11-01", "multiplier": 1}, "/multiplier"),
        ({"first_day": "2026-09-15", "last_day": "2026-10-01"}, "/first_day"),
        ({"first_day": "2026-10-31", "last_day": "2026-11-15"}, "/first_day"),
        ({"first_day": "2026-10-10", "last_day": "2026-10-10"}, "/first_day"),
        ({"first_day": "2026-09-01", "last_day": "2026-11-30"}, "/first_day"),
    ],
)
async def test_a_period_that_cannot_be_is_pointed_at(
    client: httpx.AsyncClient, country: NewCountry, changes: dict[str, Any], where: str
) -> None:
    answer = await client.post(at(country, "push-periods"), json={**PERIOD, **changes})
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), [where])


async def test_an_overlap_names_the_other_period_and_the_day_after_is_free(
    client: httpx.AsyncClient, country: NewCountry
) -> None:
    answer = await client.post(at(country, "push-periods"), json={**PERIOD, "first_day": "2026-10-31"})
    assert "CS-Z25TKEW from 2026-10-01 to 2026-10-31" in body(answer)["errors"][0]["detail"]
    after = {**PERIOD, "first_day": "2026-11-01", "last_day": "2026-12-01"}
    made = await client.post(at(country, "push-periods"), json=after)
    assert made.status_code == 201, made.text
    assert [one["code"] for one in made.json()["warnings"]] == ["push_period_outside_campaign"]
    longer = await client.patch(
        at(country, "push-periods", "AUTUMN", "2026-10-01", "CS-Z25TKEW"), json={"version": 1, "last_day": "2026-11-01"}
    )
    assert (refusal(longer), pointers(longer)) == ((422, "invalid"), ["/first_day"])
    gone = await client.delete(at(country, "push-periods", "AUTUMN", "2026-11-01", "CS-Z25TKEW"), params={"version": 1})
    assert gone.status_code == 204


async def test_what_is_used_stays(client: httpx.AsyncClient, country: NewCountry) -> None:
    campaign = await client.delete(at(country, "campaigns", "AUTUMN"), params={"version": 1})
    assert (refusal(campaign), body(campaign)["used_by"]) == (
        (409, "in_use"),
        ["participating product AUTUMN/CS-Z25TKEW"],
    )
    product = await client.delete(at(country, "campaign-products", "AUTUMN", "CS-Z25TKEW"), params={"version": 1})
    assert (refusal(product), body(product)["used_by"]) == (
        (409, "in_use"),
        ["push period AUTUMN/2026-10-01/CS-Z25TKEW"],
    )
    sold = await client.delete(at(country, "products", "CS-Z25TKEW"), params={"version": 1})
    assert refusal(sold) == (409, "in_use")
    assert "participating product AUTUMN/CS-Z25TKEW" in body(sold)["used_by"]
    without = await client.patch(at(country, "campaigns", "AUTUMN"), json={"version": 1, "documents": []})
    assert (refusal(without), pointers(without)) == ((422, "invalid"), ["/documents"])
    assert "required by CS-Z25TKEW" in body(without)["errors"][0]["detail"]


async def test_a_campaign_without_products_is_said_to_be_useless(
    client: httpx.AsyncClient, country: NewCountry
) -> None:
    made = await client.post(at(country, "campaigns"), json={**CAMPAIGN, "code": "EMPTY"})
    assert [one["code"] for one in made.json()["warnings"]] == ["campaign_without_products"]
    assert (await client.delete(at(country, "campaigns", "EMPTY"), params={"version": 1})).status_code == 204


@pytest.mark.parametrize("key", ["AUTUMN/yesterday/CS-Z25TKEW", "AUTUMN", "AUTUMN/2026-10-02/CS-Z25TKEW"])
async def test_a_period_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, country: NewCountry, key: str
) -> None:
    assert refusal(await client.get(at(country, "push-periods", key))) == (404, "not_found")


@pytest.mark.parametrize(
    ("login", "expected"),
    [("keyuser.pt", (404, "not_found")), ("partner.pro", (403, "forbidden")), ("participant.ana", (403, "forbidden"))],
)
async def test_only_the_countrys_keyuser_configures_them(
    stack: Stack, country: NewCountry, login: str, expected: tuple[int, str]
) -> None:
    client = stack.client_of(login)
    answers = [
        await client.get(at(country, "campaigns")),
        await client.post(at(country, "campaigns"), json={**CAMPAIGN, "code": "THEIRS"}),
        await client.patch(at(country, "campaign-products", "AUTUMN", "CS-Z25TKEW"), json={"version": 1}),
        await client.delete(at(country, "push-periods", "AUTUMN", "2026-10-01", "CS-Z25TKEW"), params={"version": 1}),
    ]
    assert [refusal(answer) for answer in answers] == [expected] * 4
