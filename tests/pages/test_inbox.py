"""The list of requests and the life of a unit, without scripts: found, sorted, kept, exported, told."""

import io
import re
from datetime import datetime

import openpyxl
from sqlalchemy import update

from domain.states import State
from store.tables.requests import Request
from tests.kinds import swaps
from tests.pages.walks import read, sent, signed_in
from tests.stack.running import Stack
from tests.stack.walks import filed, new_serial, outdoor, processed

END_USER = {
    "name": "Lucía Pérez",
    "email": "lucia@example.org",
    "phone": "",
    "address": "Calle Mayor 1",
    "postcode": "28013",
    "city": "Madrid",
}


async def test_the_inbox_finds_by_all_that_people_type(stack: Stack) -> None:
    request = await processed(stack, units=outdoor(new_serial()), end_user={**END_USER, "postcode": "07760"})
    card, serial = request["cards"][0]["number"], request["data"]["units"][0]["serial"]
    client = await signed_in(stack, "keyuser.es")
    for typed in (serial, serial.lower(), card, "07760", request["id"]):
        assert request["id"] in await read(client, f"/requests?q={typed}")
    named = await read(client, "/requests?q=abc")
    assert "ABC" in named
    assert "Frio Norte" not in named
    assert "No request passes this filter." in await read(client, "/requests?q=nowhere-to-be-found")


async def test_the_inbox_pages_and_sorts(stack: Stack) -> None:
    there = {**END_USER, "postcode": "07761"}
    first, second = (await filed(stack, end_user=there))["id"], (await filed(stack, end_user=there))["id"]
    client = await signed_in(stack, "keyuser.es")
    oldest = await read(client, "/requests?sort=oldest&q=07761")
    newest = await read(client, "/requests?sort=newest&state=submitted&q=07761")
    assert oldest.index(first) < oldest.index(second)
    assert newest.index(second) < newest.index(first)
    assert "Kept filters" in newest
    for bad in ("cursor=x", "state=nothing", "submitted_from=9999-12-31", "sort=size", "q=" + "x" * 300):
        assert (await client.get(f"/requests?{bad}")).status_code == 422


async def test_a_requester_is_told_one_thing_of_what_is_pending(stack: Stack) -> None:
    request = await filed(stack)
    async with stack.sessions.begin() as session:
        await session.execute(update(Request).where(Request.id == request["id"]).values(state=State.ACCEPTED))
    client = await signed_in(stack, "installer.abc")
    page = await read(client, f"/requests?state=submitted&q={request['id']}")
    assert f'href="/requests/{request["id"]}"' in page
    assert len(re.findall(r"<option[^>]*>Check pending", page)) == 1
    assert page.count("</strong>Check pending</a>") == 1
    keyuser = await read(await signed_in(stack, "keyuser.es"), f"/requests?state=submitted&q={request['id']}")
    assert f'href="/requests/{request["id"]}"' not in keyuser
    async with stack.sessions.begin() as session:
        await session.execute(update(Request).where(Request.id == request["id"]).values(state=State.SUBMITTED))


async def test_a_product_range_is_called_by_its_name(stack: Stack) -> None:
    request = await filed(stack)
    client = await signed_in(stack, "keyuser.es")
    assert "<dd>Residencial</dd>" in await read(client, f"/requests/{request['id']}")
    assert '<option value="residential">Residencial</option>' in await read(client, "/requests")


async def test_a_filter_is_kept_and_forgotten(stack: Stack) -> None:
    client = await signed_in(stack, "keyuser.es")
    answer = await sent(client, "/requests?kind=commissioning", "/filters", name="My kind", query="kind=commissioning")
    assert answer.headers["location"] == "/requests?kind=commissioning"
    page = await read(client, "/requests")
    assert 'href="/requests?kind=commissioning">My kind</a>' in page
    number = page.split(">My kind<")[0].rsplit("/filters/", 1)[1].split("/")[0]
    stranger = await signed_in(stack, "keyuser.pt")
    await sent(stranger, "/requests", f"/filters/{number}/forget")
    assert "My kind" in await read(client, "/requests")
    await sent(client, "/requests", f"/filters/{number}/forget")
    assert "My kind" not in await read(client, "/requests")


async def test_the_filtered_list_as_a_spreadsheet(stack: Stack) -> None:
    request = await filed(stack, end_user={**END_USER, "city": "=1+1"})
    client = await signed_in(stack, "keyuser.es")
    answer = await client.get(f"/requests.xlsx?q={request['id']}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:3] == ["Request", "Kind", "State"]
    assert all(isinstance(sheet.cell(2, column).value, datetime) for column in (9, 10)), "moments can be sorted by"
    assert rows[1][:2] == [request["id"], "Commissioning"]
    cell = sheet.cell(2, 6)
    assert cell.data_type != "f"
    assert "1+1" in str(cell.value)
    base = await processed(stack)
    swap = await swaps.swap_filed(stack, base["data"]["units"][0]["serial"])
    answer = await client.get(f"/requests.xlsx?q={swap['id']}")
    units = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].cell(2, 8).value
    assert units == f"{swap['data']['old_serial']} → {swap['data']['new_unit']['serial']}"
    partner = await signed_in(stack, "installer.abc")
    assert (await partner.get("/requests.xlsx")).status_code == 403


async def test_a_unit_tells_its_life_with_the_last_day_that_is_covered(stack: Stack) -> None:
    request = await processed(stack, units=outdoor(new_serial()), commissioned_on="2026-11-01")
    client = await signed_in(stack, "keyuser.es")
    page = await read(client, f"/units/{request['data']['units'][0]['serial']}")
    life = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "Warranty ends 31 Oct 2027" in life
    assert "1 Nov 2026 – 31 Oct 2027" in life
