"""Lists of requests: who sees which, filters, search, and paging that loses and repeats nothing."""

from typing import Any

import pytest
import pytest_asyncio

from tests.api.refusals import pointers, refusal
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, commissioning, decided, documents, filed, processed

Json = dict[str, Any]


async def listed(stack: Stack, login: str, **query: Any) -> Json:
    answer = await stack.client_of(login).get(REQUESTS, params=query)
    assert answer.status_code == 200, answer.text
    page: Json = answer.json()
    return page


async def ids(stack: Stack, login: str, **query: Any) -> list[str]:
    return [one["id"] for one in (await listed(stack, login, **query))["items"]]


class Shelf:
    """A country with four requests in known states, newest last."""

    country: NewCountry
    submitted: Json
    processed: Json
    denied: Json
    rivals: Json


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shelf(stack: Stack) -> Shelf:
    shelf = Shelf()
    shelf.country = country = await new_country(stack)
    code = country.code
    end_user = {**commissioning()["end_user"], "postcode": "08001-a"}
    shelf.submitted = await filed(stack, country.installer, country=code, end_user=end_user)
    shelf.processed = await processed(stack, country.installer, country.keyuser, country=code)
    shelf.denied = await filed(stack, country.colleague, country=code)
    await decided(stack, country.keyuser, shelf.denied["id"], "deny", comment="illegible")
    shelf.rivals = await filed(stack, country.rival, country=code)
    return shelf


async def test_each_sees_their_own_newest_first(stack: Stack, shelf: Shelf) -> None:
    country = shelf.country
    company = [shelf.denied["id"], shelf.processed["id"], shelf.submitted["id"]]
    assert await ids(stack, country.installer) == company
    assert await ids(stack, country.colleague) == company
    assert await ids(stack, country.rival) == [shelf.rivals["id"]]
    assert await ids(stack, country.keyuser) == [shelf.rivals["id"], *company]
    assert await ids(stack, "ops", country=country.code) == [shelf.rivals["id"], *company]


async def test_no_filter_reaches_into_another_country(stack: Stack, shelf: Shelf) -> None:
    for login in ("keyuser.es", "installer.abc", "participant.ana"):
        assert await ids(stack, login, country=shelf.country.code) == []
        assert await ids(stack, login, q=shelf.processed["id"]) == []
        assert await ids(stack, login, q=shelf.processed["cards"][0]["number"]) == []


async def test_nor_into_another_company(stack: Stack, shelf: Shelf) -> None:
    rival = shelf.country.rival
    assert await ids(stack, rival, company=f"ABC {shelf.country.code}") == []
    assert await ids(stack, rival, q=shelf.submitted["data"]["units"][0]["serial"]) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "submitted"}, {"rivals", "submitted"}),
        ({"state": "processed"}, {"processed"}),
        ({"state": "denied"}, {"denied"}),
        ({"state": "cancelled"}, set()),
        ({"kind": "commissioning"}, {"rivals", "denied", "processed", "submitted"}),
        ({"kind": "points"}, set()),
        ({"line_up": "residential"}, {"rivals", "denied", "processed", "submitted"}),
        ({"line_up": "heating"}, set()),
        ({"company": "Rival {code}"}, {"rivals"}),
        ({"company": "ABC {code}", "state": "denied"}, {"denied"}),
        (
            {"submitted_from": "2026-01-01", "submitted_to": "2999-01-01"},
            {"rivals", "denied", "processed", "submitted"},
        ),
        ({"submitted_to": "2026-01-01"}, set()),
        ({"submitted_from": "2999-01-01"}, set()),
        ({"submitted_from": "{denied}"}, {"rivals", "denied"}),
        ({"submitted_to": "{processed}"}, {"processed", "submitted"}),
    ],
    ids=str,
)
async def test_filters_narrow_the_list(stack: Stack, shelf: Shelf, query: Json, expected: set[str]) -> None:
    names = ("rivals", "denied", "processed", "submitted")
    values = {name: getattr(shelf, name)["submitted_at"] for name in names}
    filled = {name: value.format(code=shelf.country.code, **values) for name, value in query.items()}
    found = await ids(stack, shelf.country.keyuser, **filled)
    assert {name for name in names if getattr(shelf, name)["id"] in found} == expected
    assert len(found) == len(expected)


async def test_q_finds_serial_postcode_card_number_and_id(stack: Stack, shelf: Shelf) -> None:
    keyuser = shelf.country.keyuser
    serial = shelf.submitted["data"]["units"][0]["serial"]
    indoor = shelf.submitted["data"]["units"][1]["serial"]
    for q in (
        serial,
        indoor,
        f"{serial[:3].lower()}-{serial[3:]} ",
        "08001 A",
        "08001a",
        shelf.submitted["id"].lower(),
    ):
        assert await ids(stack, keyuser, q=q) == [shelf.submitted["id"]], q
    assert await ids(stack, keyuser, q=f" {shelf.processed['cards'][0]['number'].lower()}") == [shelf.processed["id"]]
    for q in ("Lucía", "%", "_", "' OR 1=1 --", serial[:-1]):
        assert await ids(stack, keyuser, q=q) == [], q


async def test_a_corrected_serial_is_found_and_the_old_one_is_not(stack: Stack) -> None:
    request = await filed(stack)
    old = request["data"]["units"][0]["serial"]
    new = f"{old}NEW"
    units = [{**request["data"]["units"][0], "serial": new}]
    await stack.client_of("keyuser.es").patch(
        f"{REQUESTS}/{request['id']}", json={"version": 1, "data": {"units": units, "end_user": {"postcode": "99-77"}}}
    )
    assert await ids(stack, "keyuser.es", q=old) == []
    assert await ids(stack, "keyuser.es", q=new) == [request["id"]]
    assert await ids(stack, "keyuser.es", q="9977") == [request["id"]]


async def test_pages_are_complete_and_without_repeats_while_new_ones_arrive(stack: Stack) -> None:
    country = await new_country(stack)
    await documents(stack, country.installer)
    old = [(await filed(stack, country.installer, country=country.code))["id"] for _ in range(7)]
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await listed(stack, country.keyuser, limit=2, **cursor)
        found += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        await filed(stack, country.installer, country=country.code)
    assert found == old[::-1]


async def test_a_cursor_of_somebody_else_shows_nothing_of_theirs(stack: Stack, shelf: Shelf) -> None:
    cursor = (await listed(stack, shelf.country.keyuser, limit=1))["next_cursor"]
    assert cursor
    mine = await ids(stack, shelf.country.rival, cursor=cursor)
    assert mine == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"cursor": "nonsense"}, "/cursor"),
        ({"cursor": ">"}, "/cursor"),
        ({"cursor": ">i:5~s:x"}, "/cursor"),
        ({"cursor": ">dt:2026-01-01 00:00:00~s:ES-COM-000001~s:x"}, "/cursor"),
        ({"cursor": ">dt:9999-99-99~s:x"}, "/cursor"),
        ({"cursor": "<" * 501}, "/cursor"),
        ({"limit": "0"}, "/limit"),
        ({"limit": "201"}, "/limit"),
        ({"limit": "many"}, "/limit"),
        ({"state": "lost"}, "/state"),
        ({"kind": "holiday"}, "/kind"),
        ({"submitted_from": "yesterday"}, "/submitted_from"),
        ({"submitted_from": "0001-01-01"}, "/submitted_from"),
        ({"submitted_from": "1790000000"}, "/submitted_from"),
        ({"submitted_to": "20261101"}, "/submitted_to"),
        ({"submitted_to": "9999-12-31"}, "/submitted_to"),
        ({"submitted_to": "9999-12-31T23:59:59.999999Z"}, "/submitted_to"),
        ({"q": "x" * 201}, "/q"),
        ({"q": "a\x00b"}, "/q"),
        ({"country": "E\x00S"}, "/country"),
    ],
    ids=str,
)
async def test_a_wrong_question_is_refused(stack: Stack, query: Json, pointer: str) -> None:
    answer = await stack.client_of("keyuser.es").get(REQUESTS, params=query)
    assert refusal(answer) == (422, "invalid")
    assert set(pointers(answer)) == {pointer}


async def test_the_list_shows_no_previews(stack: Stack, shelf: Shelf) -> None:
    items = {one["id"]: one for one in (await listed(stack, shelf.country.keyuser))["items"]}
    assert items[shelf.submitted["id"]]["assignment"] is None
    assert items[shelf.processed["id"]]["assignment"]["policy"] == "STD-1-5"
