"""The same key and body give the same answer, once; also when they come at the same time."""

import asyncio
from typing import Any

import pytest

from tests.api.refusals import refusal
from tests.stack.footprint import footprint
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, body_of, decided, filed, history, new_serial, outdoor, pulled, settled

_keys = iter(range(1_000_000))


def new_key() -> str:
    return f"key-{next(_keys)}"


async def submit(stack: Stack, key: str, body: dict[str, Any], login: str = "installer.abc") -> Any:
    return await stack.client_of(login).post(f"{REQUESTS}/commissioning", json=body, headers={"Idempotency-Key": key})


async def test_the_same_key_and_body_answer_the_same_request(stack: Stack) -> None:
    key, body = new_key(), await body_of(stack, "installer.abc")
    first = await submit(stack, key, body)
    before = await footprint(stack)
    again = await submit(stack, key, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"] == again.headers["location"] == f"{REQUESTS}/{first.json()['id']}"
    assert await footprint(stack) == before


async def test_a_body_written_differently_is_the_same_body(stack: Stack) -> None:
    serial, key = new_serial(), new_key()
    body = await body_of(stack, "installer.abc", units=outdoor(serial))
    first = await submit(stack, key, body)
    again = await submit(stack, key, {**body, "units": outdoor(f" {serial.lower()} "), "remarks": "  "})
    assert (first.status_code, again.status_code) == (201, 200)


async def test_another_body_under_the_key_is_a_conflict(stack: Stack) -> None:
    key, body = new_key(), await body_of(stack, "installer.abc")
    await submit(stack, key, body)
    before = await footprint(stack)
    answer = await submit(stack, key, {**body, "remarks": "something else"})
    assert refusal(answer) == (422, "idempotency_conflict")
    assert await footprint(stack) == before


async def test_another_caller_may_use_the_same_key(stack: Stack) -> None:
    key = new_key()
    mine = await submit(stack, key, await body_of(stack, "installer.abc"))
    theirs = await submit(stack, key, await body_of(stack, "installer.ac1"), "installer.ac1")
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


async def test_a_refusal_is_repeated_under_its_key_even_when_its_cause_is_gone(stack: Stack) -> None:
    serial, key = new_serial(), new_key()
    holder = await filed(stack, units=outdoor(serial))
    body = await body_of(stack, "installer.abc", units=outdoor(serial))
    first = await submit(stack, key, body)
    await decided(stack, "keyuser.es", holder["id"], "cancel", comment="gone")
    again = await submit(stack, key, body)
    assert refusal(first) == refusal(again) == (409, "duplicate_serial")
    assert first.json() == again.json()
    assert (await submit(stack, new_key(), body)).status_code == 201


async def test_a_body_that_failed_validation_did_not_use_its_key(stack: Stack) -> None:
    key, body = new_key(), await body_of(stack, "installer.abc")
    assert (await submit(stack, key, {**body, "end_user": {}})).status_code == 422
    assert (await submit(stack, key, {**body, "wholesaler": "XYZ"})).status_code == 422
    assert (await submit(stack, key, body)).status_code == 201


@pytest.mark.parametrize("key", ["", "   ", "x" * 256])
async def test_a_key_has_one_to_255_characters(stack: Stack, key: str) -> None:
    body = await body_of(stack, "installer.abc")
    before = await footprint(stack)
    assert refusal(await submit(stack, key, body)) == (422, "invalid")
    assert await footprint(stack) == before


async def test_ten_at_once_with_one_key_are_one_request(stack: Stack) -> None:
    key, body = new_key(), await body_of(stack, "installer.abc")
    before = await footprint(stack)
    answers = await asyncio.gather(*(submit(stack, key, body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    after = await footprint(stack)
    assert after["requests"] == before["requests"] + 1
    assert after["intakes"] == before["intakes"] + 1
    assert after["(emails)"] == before["(emails)"] + 1


async def test_a_repeated_decision_gets_the_identical_answer(stack: Stack) -> None:
    request, key = await filed(stack), new_key()
    body = {"version": 1, "comment": "welcome"}
    first = await pulled(stack, "keyuser.es", request["id"], "accept", key=key, **body)
    await settled(stack, request["id"])
    again = await pulled(stack, "keyuser.es", request["id"], "accept", key=key, **body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert [entry["action"] for entry in await history(stack, request["id"])] == ["submit", "accept", "finish"]


async def test_ten_equal_decisions_at_once_are_one(stack: Stack) -> None:
    request, key = await filed(stack), new_key()
    answers = await asyncio.gather(
        *(
            pulled(stack, "keyuser.es", request["id"], "deny", key=key, version=1, comment="unreadable")
            for _ in range(10)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert [entry["action"] for entry in await history(stack, request["id"])] == ["submit", "deny"]


async def test_another_decision_under_the_key_is_a_conflict(stack: Stack) -> None:
    request, key = await filed(stack), new_key()
    await pulled(stack, "keyuser.es", request["id"], "deny", key=key, version=1, comment="unreadable")
    other = await pulled(stack, "keyuser.es", request["id"], "deny", key=key, version=1, comment="illegible")
    assert refusal(other) == (422, "idempotency_conflict")
    trigger = await pulled(stack, "keyuser.es", request["id"], "cancel", key=key, version=1, comment="unreadable")
    assert refusal(trigger) == (422, "idempotency_conflict")


async def test_a_key_on_another_request_is_another_decision(stack: Stack) -> None:
    key = new_key()
    for request in (await filed(stack), await filed(stack)):
        answer = await pulled(stack, "keyuser.es", request["id"], "deny", key=key, version=1, comment="unreadable")
        assert answer.json()["state"] == "denied"
