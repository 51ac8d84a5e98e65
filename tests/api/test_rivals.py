"""Several people want the same thing at the same moment: exactly one gets it."""

import asyncio
from typing import Any

from domain.pools import Pool
from store import pools
from tests.api.refusals import refusal
from tests.stack.countries import new_country
from tests.stack.footprint import footprint, quiet
from tests.stack.running import Stack
from tests.stack.walks import (
    REQUESTS,
    body_of,
    decided,
    documents,
    filed,
    history,
    new_serial,
    outdoor,
    pulled,
    seen,
    settled,
)


async def test_twenty_submissions_of_one_serial_are_one_request(stack: Stack) -> None:
    logins = ("installer.abc", "installer.ac1", "installer.linked", "partner.pro")
    serial = new_serial()
    bodies = {login: await body_of(stack, login, units=outdoor(serial)) for login in logins}
    before = await footprint(stack)

    async def submit(login: str) -> Any:
        return await stack.client_of(login).post(f"{REQUESTS}/commissioning", json=bodies[login])

    answers = await asyncio.gather(*(submit(login) for login in logins * 5))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {refusal(one) for one in answers if one.status_code == 409} == {(409, "duplicate_serial")}
    after = await footprint(stack)
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown == {
        "requests": 1,
        "request_units": 1,
        "request_documents": 2,
        "serial_claims": 1,
        "journal": 1,
        "emails": 1,
        "(emails)": 1,
        "intakes": 20,
    } | {name: grown[name] for name in grown if name == "counters"}


async def test_crossed_serials_do_not_deadlock(stack: Stack) -> None:
    one, two = new_serial(), new_serial()
    pairs = ([*outdoor(one), *outdoor(two)], [*outdoor(two), *outdoor(one)]) * 5
    bodies = [await body_of(stack, "installer.abc", units=units) for units in pairs]
    client = stack.client_of("installer.abc")
    answers = await asyncio.gather(*(client.post(f"{REQUESTS}/commissioning", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9


async def test_of_two_keyusers_who_accept_at_once_one_wins(stack: Stack) -> None:
    request = await filed(stack)
    answers = await asyncio.gather(*(pulled(stack, "keyuser.es", request["id"], "accept", version=1) for _ in range(2)))
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert won.status_code == 200
    assert refusal(lost) in {(409, "move_refused"), (412, "stale_version")}
    after = await settled(stack, request["id"])
    assert len(after["cards"]) == 1
    assert [entry["action"] for entry in await history(stack, request["id"])] == ["submit", "accept", "finish"]
    assert [email["event"] for email in after["emails"]] == ["submitted", "processed"]


async def test_accept_and_withdraw_at_once_are_one_of_the_two(stack: Stack) -> None:
    request = await filed(stack)
    accept, withdraw = await asyncio.gather(
        pulled(stack, "keyuser.es", request["id"], "accept", version=1),
        pulled(stack, "installer.abc", request["id"], "withdraw", version=1),
    )
    assert sorted([accept.status_code == 200, withdraw.status_code == 200]) == [False, True]
    after = await settled(stack, request["id"])
    assert after["state"] == ("processed" if accept.status_code == 200 else "cancelled")


async def test_thirty_accepts_at_once_draw_thirty_numbers(stack: Stack) -> None:
    country = await new_country(stack, numbers=30)
    await documents(stack, country.installer)
    requests = await asyncio.gather(*(filed(stack, country.installer, country=country.code) for _ in range(30)))
    answers = await asyncio.gather(
        *(pulled(stack, country.keyuser, request["id"], "accept", version=1) for request in requests)
    )
    assert [answer.status_code for answer in answers] == [200] * 30
    await quiet(stack)
    listed = await stack.client_of(country.keyuser).get(REQUESTS, params={"limit": 30})
    numbers = [request["cards"][0]["number"] for request in listed.json()["items"]]
    assert len(numbers) == len(requests)
    assert len(set(numbers)) == 30
    assert all(number.startswith(f"{country.code}-") for number in numbers)


async def test_the_last_number_goes_to_one_and_the_others_can_be_decided_later(stack: Stack) -> None:
    country = await new_country(stack, numbers=1)
    requests = [await filed(stack, country.installer, country=country.code) for _ in range(4)]
    answers = await asyncio.gather(
        *(pulled(stack, country.keyuser, request["id"], "accept", version=1) for request in requests)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {refusal(one)[1] for one in answers if one.status_code == 409} == {"no_free_code"}
    losers = [request for request, answer in zip(requests, answers, strict=True) if answer.status_code == 409]
    for request in losers:
        now = await seen(stack, request["id"], country.keyuser)
        assert (now["state"], now["version"], now["cards"]) == ("submitted", 1, [])


async def test_an_empty_pool_changes_nothing_and_the_decision_can_be_made_later(stack: Stack) -> None:
    country = await new_country(stack, numbers=0)
    request = await filed(stack, country.installer, country=country.code)
    before = await footprint(stack, but=frozenset({"decisions"}))
    for _ in range(2):
        assert refusal(await pulled(stack, country.keyuser, request["id"], "accept", version=1)) == (
            409,
            "no_free_code",
        )
    assert await footprint(stack, but=frozenset({"decisions"})) == before
    assert (await seen(stack, request["id"]))["state"] == "submitted"
    async with stack.sessions.begin() as session:
        await pools.generate(session, country.code, Pool.CARD, 1, country.code)
    await decided(stack, country.keyuser, request["id"], "accept", version=1)
    assert len((await settled(stack, request["id"]))["cards"]) == 1
