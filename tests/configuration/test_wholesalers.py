"""The foundation of all configuration resources, shown on the wholesalers: change, versions, audit, access."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from tests.api.refusals import body, pointers, refusal
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack
from tests.stack.walks import filed

RESIDENTIAL = {"line_up": "residential", "distributes": True, "gives_warranty": False}
HEATING = {"line_up": "heating", "distributes": False, "gives_warranty": False}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> NewCountry:
    return await new_country(stack)


@pytest.fixture
def client(stack: Stack, country: NewCountry) -> httpx.AsyncClient:
    return stack.client_of(country.keyuser)


def at(country: NewCountry, *parts: str) -> str:
    return "/".join(["/api/v1/countries", country.code, *parts])


async def created(client: httpx.AsyncClient, country: NewCountry, **fields: Any) -> dict[str, Any]:
    answer = await client.post(at(country, "wholesalers"), json=fields)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def audited(client: httpx.AsyncClient, country: NewCountry, **filters: Any) -> list[dict[str, Any]]:
    answer = await client.get(at(country, "audit"), params=filters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_wholesaler_lives_and_every_step_is_in_the_audit_log(
    client: httpx.AsyncClient, country: NewCountry
) -> None:
    where = at(country, "wholesalers", "Frío & Cía")
    made = await created(client, country, code="Frío & Cía", line_ups=[RESIDENTIAL])
    assert (made["version"], made["line_ups"]) == (1, [RESIDENTIAL])
    assert [one["code"] for one in made["warnings"]] == ["line_up_not_configured"] * 2

    changed = await client.patch(where, json={"version": 1, "line_ups": [RESIDENTIAL, HEATING]})
    assert (changed.json()["version"], changed.json()["line_ups"]) == (2, [HEATING, RESIDENTIAL])
    assert (await client.get(where)).json() == changed.json()
    assert (await client.patch(where, json={"version": 2})).json()["version"] == 2, "nothing changed"
    assert refusal(await client.patch(where, json={"version": 1, "line_ups": []})) == (412, "stale_version")

    assert (await client.delete(where, params={"version": 2})).status_code == 204
    assert refusal(await client.get(where)) == (404, "not_found")
    again = await created(client, country, code="Frío & Cía")
    assert again["version"] == 4, "a version never comes back"

    log = await audited(client, country, resource="wholesalers", key="Frío & Cía")
    assert [(one["version"], one["action"]) for one in log] == [
        (4, "create"),
        (3, "delete"),
        (2, "change"),
        (1, "create"),
    ]
    assert {one["actor"] for one in log} == {country.keyuser}
    assert log[1]["after"] is None
    assert log[2]["before"] == {"code": "Frío & Cía", "line_ups": [RESIDENTIAL]}
    assert log[2]["after"] == {"code": "Frío & Cía", "line_ups": [HEATING, RESIDENTIAL]}


async def test_what_came_without_an_author_is_at_version_one(client: httpx.AsyncClient, country: NewCountry) -> None:
    found = (await client.get(at(country, "wholesalers", "DEF"))).json()
    assert (found["version"], found["line_ups"]) == (1, [HEATING, RESIDENTIAL])
    answer = await client.patch(at(country, "wholesalers", "DEF"), json={"version": 1, "line_ups": [RESIDENTIAL]})
    assert answer.json()["version"] == 2


async def test_a_list_is_paged_by_key(client: httpx.AsyncClient, country: NewCountry) -> None:
    for number in range(5):
        await created(client, country, code=f"P{number}")
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(at(country, "wholesalers"), params=params)).json()
        assert len(page["items"]) <= 3
        seen += [one["code"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen))
    assert {"P0", "P4", "DEF", "GHI", "JKL"} <= set(seen)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({}, "/code"),
        ({"code": " "}, "/code"),
        ({"code": "X", "colour": "red"}, "/colour"),
        ({"code": "X", "line_ups": [{"line_up": "residential"}]}, "/line_ups/0/distributes"),
        ({"code": "X", "line_ups": [RESIDENTIAL, RESIDENTIAL]}, "/line_ups"),
        ({"code": "X", "line_ups": [RESIDENTIAL, {**RESIDENTIAL, "line_up": "boats"}]}, "/line_ups/1/line_up"),
    ],
)
async def test_what_cannot_be_is_pointed_at(
    client: httpx.AsyncClient, country: NewCountry, fields: dict[str, Any], where: str
) -> None:
    answer = await client.post(at(country, "wholesalers"), json=fields)
    assert refusal(answer) == (422, "invalid")
    assert where in pointers(answer)
    assert refusal(await client.get(at(country, "wholesalers", "X"))) == (404, "not_found")


async def test_a_key_never_changes(client: httpx.AsyncClient, country: NewCountry) -> None:
    answer = await client.patch(at(country, "wholesalers", "GHI"), json={"version": 1, "code": "OTHER"})
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/code"])


async def test_a_key_is_taken_once_and_a_cursor_is_a_key(client: httpx.AsyncClient, country: NewCountry) -> None:
    answer = await client.post(at(country, "wholesalers"), json={"code": "GHI"})
    assert refusal(answer) == (409, "already_exists")
    assert refusal(await client.delete(at(country, "wholesalers", "GHI"))) == (422, "invalid"), "no version"


async def test_what_a_request_names_cannot_be_deleted(
    stack: Stack, client: httpx.AsyncClient, country: NewCountry
) -> None:
    request = await filed(stack, country.installer, country=country.code, wholesaler="GHI")
    answer = await client.delete(at(country, "wholesalers", "GHI"), params={"version": 1})
    assert refusal(answer) == (409, "in_use")
    assert body(answer)["used_by"] == [f"request {request['id']}"]


async def test_of_rivals_with_one_version_one_wins(client: httpx.AsyncClient, country: NewCountry) -> None:
    await created(client, country, code="rivals")
    answers = await asyncio.gather(
        *(
            client.patch(
                at(country, "wholesalers", "rivals"),
                json={"version": 1, "line_ups": [{**RESIDENTIAL, "gives_warranty": bool(number % 2)}]},
            )
            for number in range(8)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 7]
    assert [one["version"] for one in await audited(client, country, key="rivals")] == [2, 1]


async def test_only_the_countrys_keyusers_change_and_ops_read(stack: Stack, country: NewCountry) -> None:
    path = at(country, "wholesalers")
    for login, read, write in (
        (country.installer, (403, "forbidden"), (403, "forbidden")),
        (country.partner, (403, "forbidden"), (403, "forbidden")),
        ("admin", (403, "forbidden"), (403, "forbidden")),
        ("ops", None, (403, "forbidden")),
        ("keyuser.es", (404, "not_found"), (404, "not_found")),
        (None, (401, "not_authenticated"), (401, "not_authenticated")),
    ):
        client = stack.client_of(login)
        listed = await client.get(path)
        assert (None if listed.status_code == 200 else refusal(listed)) == read, login
        assert refusal(await client.post(path, json={"code": "mine"})) == write, login
        assert refusal(await client.patch(f"{path}/JKL", json={"version": 1, "line_ups": []})) == write, login
        assert refusal(await client.delete(f"{path}/JKL", params={"version": 1})) == write, login
        audit = await client.get(at(country, "audit"))
        assert (None if audit.status_code == 200 else refusal(audit)) == read, login
    assert refusal(await stack.client_of("ops").get("/api/v1/countries/ZZ/wholesalers")) == (404, "not_found")


async def test_the_audit_log_is_paged_and_filtered(client: httpx.AsyncClient, country: NewCountry) -> None:
    await created(client, country, code="logged")
    whole = await audited(client, country, limit=200)
    assert [one["id"] for one in whole] == sorted((one["id"] for one in whole), reverse=True)
    page = (await client.get(at(country, "audit"), params={"limit": 1})).json()
    older = (await client.get(at(country, "audit"), params={"limit": 1, "cursor": page["next_cursor"]})).json()
    assert [*page["items"], *older["items"]] == whole[:2]
    assert await audited(client, country, actor="nobody") == []
    newest = whole[0]["at"]
    assert whole[0] in await audited(client, country, since=newest, action="create")
    assert whole[0] not in await audited(client, country, before=newest)
    assert await audited(client, country, resource="policies", key="logged") == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log"],
)
async def test_no_statement_changes_the_audit_log(
    client: httpx.AsyncClient, country: NewCountry, database_url: str, statement: str
) -> None:
    before = await audited(client, country)
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.RaiseException):
        connection.execute(statement)
    assert await audited(client, country) == before
