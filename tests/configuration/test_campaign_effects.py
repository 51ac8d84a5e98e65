"""What changes of a campaign do: pending requests are computed anew, credited lines stay (`domain.md` §2.4)."""

from typing import Any

import pytest
import pytest_asyncio

from tests.api.refusals import body, refusal
from tests.configuration.test_wholesalers import at
from tests.kinds.claims import (
    PLAIN,
    PUSHED,
    claim,
    claimed,
    credits_of,
    in_country,
    invoice,
    judged,
    line,
    loyal_country,
    participant,
)
from tests.stack.countries import NewCountry
from tests.stack.running import Stack
from tests.stack.walks import decided, seen, settled


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> NewCountry:
    return await loyal_country(stack)


async def changed(stack: Stack, country: NewCountry, *key: str, **fields: Any) -> None:
    """Change an entry at the version at which it stands."""
    client = stack.client_of(country.keyuser)
    version = (await client.get(at(country, *key))).json()["version"]
    answer = await client.patch(at(country, *key), json={"version": version, **fields})
    assert answer.status_code == 200, answer.text


async def test_pending_requests_are_computed_anew_and_credited_lines_stay(stack: Stack, country: NewCountry) -> None:
    login = participant(country)
    bills = [await invoice(stack, login) for _ in range(2)]
    credited, pending = [
        await claimed(stack, [line(PLAIN, bill), line(PUSHED, bill, quantity=2)], login, **in_country(country))
        for bill in bills
    ]
    assert (credited["points"]["total"], pending["points"]["total"]) == (11 + 120, 11 + 120)
    await judged(stack, credited["id"], bills[0], keyuser=country.keyuser)
    await decided(stack, country.keyuser, credited["id"], "process")
    await settled(stack, credited["id"])

    await changed(stack, country, "campaign-products", "LOYAL", PLAIN, default_points=100)
    await changed(stack, country, "push-periods", "LOYAL", "2026-01-01", PUSHED, multiplier=5)
    assert (await seen(stack, pending["id"]))["points"]["total"] == 100 + 200
    assert (await seen(stack, credited["id"]))["points"]["total"] == 11 + 120
    assert await credits_of(stack, login, credited["id"]) == [(1, "grant", 11), (2, "grant", 120)]

    await judged(stack, pending["id"], bills[1], keyuser=country.keyuser)
    await decided(stack, country.keyuser, pending["id"], "process")
    assert await credits_of(stack, login, pending["id"]) == [(1, "grant", 100), (2, "grant", 200)]

    client = stack.client_of(country.keyuser)
    product = await client.delete(at(country, "campaign-products", "LOYAL", PLAIN), params={"version": 2})
    assert refusal(product) == (409, "in_use")
    assert set(body(product)["used_by"]) == {f"request {credited['id']}", f"request {pending['id']}"}


@pytest.mark.parametrize(
    ("audience", "admitted"),
    [
        ({}, ["participant", "mate", "single"]),
        ({"logins": ["single"]}, ["single"]),
        ({"companies": ["ABC"]}, ["participant", "mate"]),
        ({"company_classes": ["standard"]}, ["participant", "mate"]),
        ({"company_classes": ["accredited"]}, []),
        ({"company_classes": ["standard"], "logins": ["single"]}, ["participant", "mate", "single"]),
    ],
)
async def test_an_audience_admits_whom_it_names(
    stack: Stack, country: NewCountry, audience: dict[str, list[str]], admitted: list[str]
) -> None:
    suffix = country.code.lower()
    named = {
        "logins": [f"{name}.{suffix}" for name in audience.get("logins", [])],
        "companies": [f"{name} {country.code}" for name in audience.get("companies", [])],
        "company_classes": audience.get("company_classes", []),
    }
    await changed(stack, country, "campaigns", "LOYAL", audience=named)
    found = []
    for name in ("participant", "mate", "single"):
        login = f"{name}.{suffix}"
        answer = await claim(stack, [line(PLAIN, await invoice(stack, login))], login, **in_country(country))
        found += [name] if answer.status_code == 201 else []
    assert found == admitted


async def test_a_new_coupon_counts_at_once(stack: Stack, country: NewCountry) -> None:
    login = participant(country)
    await changed(stack, country, "campaigns", "LOYAL", coupon_code="OTHER", audience={})
    bill = await invoice(stack, login)
    old = await claim(stack, [line(PLAIN, bill)], login, **in_country(country))
    assert old.status_code == 422, old.text
    await claimed(stack, [line(PLAIN, bill)], login, **in_country(country) | {"coupon": "other"})
