"""Duplicate permits: leave for one more submission of a serial, and no more (`domain.md` §5)."""

from typing import Any

import httpx
import pytest

from tests.api.refusals import pointers, refusal
from tests.stack.footprint import footprint
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, body_of, decided, filed, new_serial, outdoor

PERMITS = "/api/v1/countries/ES/duplicate-permits"


async def permit(stack: Stack, serial: str, **changes: Any) -> httpx.Response:
    body = {"kind": "commissioning", "serial": serial, "comment": "two flats, one serial", **changes}
    return await stack.client_of("keyuser.es").post(PERMITS, json=body)


async def try_again(stack: Stack, serial: str) -> httpx.Response:
    body = await body_of(stack, "installer.ac1", units=outdoor(serial))
    return await stack.client_of("installer.ac1").post(f"{REQUESTS}/commissioning", json=body)


async def test_a_permit_is_for_exactly_one_more_submission(stack: Stack) -> None:
    serial = new_serial()
    await filed(stack, units=outdoor(serial))
    assert refusal(await try_again(stack, serial)) == (409, "duplicate_serial")
    given = await permit(stack, f" {serial.lower()} ")
    assert given.status_code == 201
    assert (given.json()["serial"], given.json()["used_by"]) == (serial, None)
    assert (await try_again(stack, serial)).status_code == 201
    assert refusal(await try_again(stack, serial)) == (409, "duplicate_serial")


async def test_two_permits_are_for_two(stack: Stack) -> None:
    serial = new_serial()
    await filed(stack, units=outdoor(serial))
    for _ in range(2):
        await permit(stack, serial)
    answers = [(await try_again(stack, serial)).status_code for _ in range(3)]
    assert answers == [201, 201, 409]


async def test_after_the_holder_is_cancelled_the_permitted_one_blocks_the_next(stack: Stack) -> None:
    serial = new_serial()
    holder = await filed(stack, units=outdoor(serial))
    await permit(stack, serial)
    permitted = (await try_again(stack, serial)).json()
    await decided(stack, "keyuser.es", holder["id"], "cancel", comment="returned")
    assert refusal(await try_again(stack, serial)) == (409, "duplicate_serial")
    await decided(stack, "keyuser.es", permitted["id"], "cancel", comment="returned")
    assert (await try_again(stack, serial)).status_code == 201


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"serial": "!!"}, "/serial"),
    ({"serial": "AB\x00CD"}, "/serial"),
    ({"serial": 5}, "/serial"),
    ({"kind": "holiday"}, "/kind"),
    ({"comment": ""}, "/comment"),
    ({"comment": "  "}, "/comment"),
    ({"uses": 5}, "/uses"),
]


@pytest.mark.parametrize(("change", "pointer"), WRONG, ids=[str(change) for change, _ in WRONG])
async def test_a_wrong_permit_is_refused(stack: Stack, change: dict[str, Any], pointer: str) -> None:
    before = await footprint(stack)
    answer = await permit(stack, **{"serial": "44810001", **change})
    assert refusal(answer) == (422, "invalid")
    assert pointers(answer) == [pointer]
    assert await footprint(stack) == before
