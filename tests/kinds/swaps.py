"""The steps of tests about unit replacements."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import httpx

from domain.policies import CoverageReason, Policy, Replacement
from domain.states import Kind
from tests.kinds.walks import invoice
from tests.stack.countries import NewCountry, demo_policy, new_country
from tests.stack.days import day
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, decided, new_serial, processed, settled

REASONS = tuple(
    CoverageReason(f"{'yes' if covered else 'no'}-{then}", covered, then)
    for covered in (True, False)
    for then in Replacement
)


async def policy_like(stack: Stack, name: str, **changes: Any) -> Policy:
    """A policy of the demo with something changed."""
    found = await demo_policy(stack, name)
    return Policy(**{**{one.name: getattr(found, one.name) for one in fields(found)}, **changes})


async def country_of_long_memory(stack: Stack, *policies: Policy, **settings: Any) -> NewCountry:
    """A country in which replacements may be filed ten years later."""
    return await new_country(stack, policies=policies or None, replacement_limit=timedelta(days=3650), **settings)


async def commissioned(stack: Stack, country: NewCountry, **changes: Any) -> Json:
    """A processed commissioning request of the country's installer."""
    return await processed(stack, country.installer, country.keyuser, country=country.code, **changes)


async def swap_body(stack: Stack, login: str, old_serial: str, **changes: Any) -> Json:
    """The body of a replacement of an outdoor unit under warranty."""
    body = {
        "country": "ES",
        "old_serial": old_serial,
        "new_unit": {"product": "CU-2Z50TBE", "serial": new_serial()},
        "replaced_on": day(19),
        "coverage_reason": "factory-defect",
        "sales_method": "direct_sale",
        "old_unit_returned": True,
        "documents": await invoice(stack, login),
    }
    return {**body, **changes}


async def ask_swap(stack: Stack, login: str, old_serial: str, key: str | None = None, **changes: Any) -> httpx.Response:
    """The answer to a unit replacement."""
    headers = {} if key is None else {"Idempotency-Key": key}
    body = await swap_body(stack, login, old_serial, **changes)
    return await stack.client_of(login).post(f"{REQUESTS}/unit-replacement", json=body, headers=headers)


async def swap_filed(stack: Stack, old_serial: str, login: str = "partner.pro", **changes: Any) -> Json:
    """A replacement that `login` has just filed."""
    answer = await ask_swap(stack, login, old_serial, **changes)
    assert answer.status_code == 201, answer.text
    request: Json = answer.json()
    assert request["kind"] == Kind.UNIT_REPLACEMENT
    return request


async def swapped(
    stack: Stack, old_serial: str, login: str = "partner.pro", keyuser: str = "keyuser.es", **changes: Any
) -> Json:
    """A replacement that was filed, accepted and processed, as its keyuser sees it."""
    request = await swap_filed(stack, old_serial, login, **changes)
    await decided(stack, keyuser, request["id"], "accept")
    return await settled(stack, request["id"], keyuser)


async def life(stack: Stack, serial: str, login: str = "keyuser.es", **query: str) -> Json:
    """The life of a unit."""
    answer = await stack.client_of(login).get(f"/api/v1/units/{serial}", params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def booked(stack: Stack, what: str, country: str, request_id: str) -> list[Json]:
    """The stock movements or charges of one request, as ops read them page by page."""
    items: list[Json] = []
    cursor: int | None = 0
    while cursor is not None:
        answer = await stack.client_of("ops").get(f"/api/v1/countries/{country}/{what}?cursor={cursor}&limit=3")
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
    return [one for one in items if one["request"] == request_id]
