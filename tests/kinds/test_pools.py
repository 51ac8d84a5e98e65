"""Pools of numbers: made thousands at once, listed with owners and holders, never drawn twice (`domain.md` §4)."""

import asyncio
import re

import pytest

from domain.pools import Pool
from tests.api.refusals import pointers, refusal
from tests.kinds.walks import counted, extended, listed_codes
from tests.stack.countries import new_country
from tests.stack.running import Stack

THOUSANDS = 12_000


async def test_thousands_of_codes_are_made_at_once_and_are_unique(stack: Stack) -> None:
    country = await new_country(stack)
    path = f"/api/v1/countries/{country.code}/pools/extension/numbers"
    made = await stack.client_of(country.keyuser).post(path, json={"count": THOUSANDS, "prefix": "BULK"})
    assert made.status_code == 201
    assert made.json() == {"pool": "extension", "total": THOUSANDS, "free": THOUSANDS}
    numbers = [one["number"] for one in await listed_codes(stack, country)]
    assert len(numbers) == len(set(numbers)) == THOUSANDS
    assert all(re.fullmatch("BULK-[0-9A-HJKMNP-TV-Z]{8}", number) for number in numbers)


async def test_two_keyusers_may_make_codes_at_the_same_moment(stack: Stack) -> None:
    country = await new_country(stack)
    path = f"/api/v1/countries/{country.code}/pools/extension/numbers"
    client = stack.client_of(country.keyuser)
    both = await asyncio.gather(*(client.post(path, json={"count": 1000, "prefix": "SAME"}) for _ in range(2)))
    assert [one.status_code for one in both] == [201, 201]
    assert await counted(stack, country.code, Pool.EXTENSION) == (2000, 2000)


async def test_the_pools_of_a_country_are_counted(stack: Stack) -> None:
    country = await new_country(stack, numbers=7, codes=3)
    await extended(stack, country.partner, country=country.code)
    answer = await stack.client_of(country.keyuser).get(f"/api/v1/countries/{country.code}/pools")
    assert answer.json() == {
        "items": [{"pool": "card", "total": 7, "free": 7}, {"pool": "extension", "total": 3, "free": 3}]
    }


async def test_the_list_of_codes_goes_on_where_it_ended(stack: Stack) -> None:
    country = await new_country(stack, codes=5)
    client, path = stack.client_of(country.keyuser), f"/api/v1/countries/{country.code}/codes"
    first = (await client.get(f"{path}?limit=3")).json()
    rest = (await client.get(f"{path}?limit=3&after={first['next_after']}")).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_after"]) == (3, 2, None)
    assert not {one["number"] for one in first["items"]} & {one["number"] for one in rest["items"]}
    assert (await client.get(f"{path}?after={2**60}")).json() == {"items": [], "next_after": None}
    assert refusal(await client.get(f"{path}?after=-{10**20}")) == (422, "invalid")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"count": 0, "prefix": "A"}, "/count"),
        ({"count": True, "prefix": "A"}, "/count"),
        ({"count": 20_001, "prefix": "A"}, "/count"),
        ({"count": 1, "prefix": ""}, "/prefix"),
        ({"count": 1, "prefix": "a b"}, "/prefix"),
        ({"count": 1, "prefix": "ABCDEFGHIJK"}, "/prefix"),
        ({"count": 1, "prefix": "A", "owner": "Nobody"}, "/owner"),
        ({"count": 1, "prefix": "A", "owner": "Clima Tejo"}, "/owner"),
        ({"count": 1}, "/prefix"),
    ],
)
async def test_what_cannot_be_made_is_pointed_at(stack: Stack, body: dict[str, object], pointer: str) -> None:
    before = await counted(stack, "ES", Pool.EXTENSION)
    answer = await stack.client_of("keyuser.es").post("/api/v1/countries/ES/pools/extension/numbers", json=body)
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), [pointer])
    assert await counted(stack, "ES", Pool.EXTENSION) == before


async def test_card_numbers_have_no_owner(stack: Stack) -> None:
    answer = await stack.client_of("keyuser.es").post(
        "/api/v1/countries/ES/pools/card/numbers", json={"count": 1, "prefix": "A", "owner": "ABC"}
    )
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/owner"])


@pytest.mark.parametrize(
    ("login", "expected"),
    [("keyuser.pt", (404, "not_found")), ("partner.pro", (403, "forbidden")), ("admin", (403, "forbidden"))],
)
async def test_only_the_countrys_keyuser_sees_and_makes_numbers(
    stack: Stack, login: str, expected: tuple[int, str]
) -> None:
    client = stack.client_of(login)
    answers = [
        await client.get("/api/v1/countries/ES/pools"),
        await client.get("/api/v1/countries/ES/codes"),
        await client.post("/api/v1/countries/ES/pools/extension/numbers", json={"count": 1, "prefix": "A"}),
    ]
    assert [refusal(answer) for answer in answers] == [expected] * 3
