"""Points on pages: the participant's form and balance, verdicts and points of the keyuser, adjustments."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.kinds import claims
from tests.pages.test_filing import begun
from tests.pages.walks import filled, hidden, let_in, read, sent, signed_in
from tests.stack.countries import NewCountry
from tests.stack.running import Stack
from tests.stack.walks import PDF, Json, decided, seen, settled


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> AsyncIterator[NewCountry]:
    """A country whose campaign asks for a site, and has a product without documents."""
    yield await claims.loyal_country(stack)


async def judged(stack: Stack, country: NewCountry, lines: list[Json], verdicts: list[str]) -> Json:
    """A claim of the country's participant whose lines, which have no documents, were judged so and processed."""
    who = claims.participant(country)
    request = await claims.claimed(stack, lines, who, **claims.in_country(country))
    given = [{"line": n, "verdict": one, "reason": "no such site"} for n, one in enumerate(verdicts, start=1)]
    await claims.put(stack, country.keyuser, request["id"], "verdicts", lines=given)
    return await decided(stack, country.keyuser, request["id"], "process")


async def test_a_participant_claims_points(stack: Stack) -> None:
    client = await signed_in(stack, claims.ANA)
    draft = await begun(client, "points")
    page = (await client.get(draft)).text
    fields = {
        **hidden(page),
        "campaign": "SPRING",
        "coupon": "SPRING",
        "lines/0/product": claims.PUSHED,
        "lines/0/quantity": "2",
        "lines/1/product": claims.PLAIN,
        "lines/1/quantity": "1",
    }
    chosen = await client.post(draft, data={**fields, "do": "keep"})
    assert 'name="file/invoice"' in await read(client, chosen.headers["location"])
    wrong = await client.post(draft, data={**fields, "lines/1/quantity": "", "do": "submit"})
    assert wrong.status_code == 422
    assert 'id="lines-1-quantity-error"' in wrong.text
    answer = await client.post(draft, data={**fields, "do": "submit"}, files={"file/invoice": ("invoice.pdf", PDF)})
    assert answer.status_code == 303, answer.text
    request = await seen(stack, re.findall(r"ES-PTS-\d+", answer.headers["location"])[0])
    assert [len(line["documents"]) for line in request["data"]["lines"]] == [1, 1], "one upload serves both lines"
    assert (request["points"]["total"], request["points"]["push"]) == (131, True)


async def test_what_is_credited_is_judged_no_more(stack: Stack) -> None:
    """A new file for the denied line is judged by what the page sends, though another line is credited by now."""
    invoices = [await claims.invoice(stack) for _ in range(2)]
    request = await claims.claimed(stack, [claims.line(claims.PLAIN, one) for one in invoices])
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    form = filled(await read(client, path), f"{path}/verdicts")
    first, second = (f"document/{one}" for one in invoices)
    verdicts = {first: "accepted", second: "denied", f"reason/{second}": "too dark"}
    assert (await client.post(f"{path}/verdicts", data={**form, **verdicts})).status_code == 303
    await decided(stack, "keyuser.es", request["id"], "process")
    fresh = await claims.invoice(stack)
    answer = {"line": 2, "requirement": "invoice", "document_id": fresh}
    await decided(stack, claims.ANA, request["id"], "resubmit", documents=[answer])
    page = await read(client, path)
    form = filled(page, f"{path}/verdicts")
    assert (first in form, f"document/{fresh}" in form) == (False, True)
    assert "Products: changed" in " ".join(re.sub(r"<[^>]+>", "", page).split()), "other papers, the same products"
    assert (await client.post(f"{path}/verdicts", data={**form, f"document/{fresh}": "accepted"})).status_code == 303
    done = await decided(stack, "keyuser.es", request["id"], "process")
    assert done["points"]["total"] == 22


async def test_a_keyuser_judges_sets_points_processes_and_adjusts(stack: Stack) -> None:
    invoices = [await claims.invoice(stack) for _ in range(2)]
    lines = [claims.line(claims.PUSHED, invoices[0], quantity=2), claims.line(claims.PLAIN, invoices[1])]
    request = await claims.claimed(stack, lines)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    undecided = await sent(client, path, f"{path}/actions/process")
    assert undecided.status_code == 409
    first, second = (f"document/{one}" for one in invoices)
    silent = await sent(client, path, f"{path}/verdicts", **{first: "denied"})
    assert silent.status_code == 422
    verdicts = {first: "accepted", second: "denied", f"reason/{second}": "another shop's invoice"}
    assert (await sent(client, path, f"{path}/verdicts", **verdicts)).status_code == 303
    assert (await sent(client, path, f"{path}/verdicts", **{"points/1": "80"})).status_code == 303
    assert (await seen(stack, request["id"]))["points"]["lines"][0]["points"] == 80
    assert "another shop" in await read(client, f"{path}/preview/process")
    assert (await sent(client, path, f"{path}/actions/process")).status_code == 303
    done = await settled(stack, request["id"])
    assert done["state"] == "partially_accepted"
    adjusted = await sent(
        client, path, f"{path}/actions/adjust", line="1", points="70", comment="miscounted", stay="yes"
    )
    assert adjusted.status_code == 303, adjusted.text
    participant = await signed_in(stack, claims.ANA)
    page = await read(participant, "/points")
    assert "+80" in page
    assert "-10" in page
    assert "another shop" in await read(participant, path)


async def test_a_denied_document_is_answered(stack: Stack) -> None:
    invoice = await claims.invoice(stack)
    request = await claims.claimed(stack, [claims.line(claims.PLAIN, invoice)])
    keyuser, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    verdict = {f"document/{invoice}": "denied", f"reason/document/{invoice}": "too dark"}
    assert (await sent(keyuser, path, f"{path}/verdicts", **verdict)).status_code == 303
    await decided(stack, "keyuser.es", request["id"], "process")
    client = await signed_in(stack, claims.ANA)
    draft = (await sent(client, path, f"{path}/draft")).headers["location"]
    assert "too dark" in await read(client, draft)
    fields = hidden((await client.get(draft)).text)
    answer = await client.post(draft, data={**fields, "do": "submit"}, files={"file/invoice": ("again.pdf", PDF)})
    assert answer.status_code == 303, answer.text
    assert (await seen(stack, request["id"]))["state"] == "submitted"


async def test_a_keyuser_corrects_lines_adds_one_and_takes_one_away(stack: Stack, country: NewCountry) -> None:
    who = claims.participant(country)
    bills = [await claims.invoice(stack, who) for _ in range(2)]
    lines = [claims.line(claims.PLAIN, bills[0]), claims.line(claims.BARE, site="x"), claims.line(claims.PLAIN, *bills)]
    request = await claims.claimed(stack, lines, who, **claims.in_country(country))
    client, path = await let_in(stack, country.keyuser), f"/requests/{request['id']}"
    page = await read(client, f"{path}?edit=save")
    assert '<label class="form-label required" for="lines-1-info-site">Site</label>' in page
    assert '<label class="form-label" for="lines-0-info-site">Site</label>' in page
    fields = filled(page, f"{path}/save")
    assert fields["lines/1/info/site"] == "x"
    del fields[f"lines/2/documents/invoice/{bills[0]}"]
    changes = {
        "lines/0/remove": "on",
        "lines/1/info/site": "roof",
        "lines/3/product": claims.PUSHED,
        "lines/3/quantity": "2",
        f"lines/3/documents/invoice/{bills[0]}": "on",
    }
    wrong = await client.post(f"{path}/save", data={**fields, **changes, "lines/3/quantity": "0"})
    assert wrong.status_code == 422
    assert 'id="lines-2-quantity-error"' in wrong.text, "rows close up"
    again = filled(wrong.text, f"{path}/save")
    assert (again["lines/0/info/site"], again["lines/0/was"], again["lines/2/quantity"]) == ("roof", "2", "0")
    saved = await client.post(f"{path}/save", data={**again, "lines/2/quantity": "2"})
    assert saved.status_code == 303, saved.text
    now = (await seen(stack, request["id"]))["data"]["lines"]
    assert now == [
        claims.line(claims.BARE, site="roof"),
        claims.line(claims.PLAIN, bills[1]),
        claims.line(claims.PUSHED, bills[0], quantity=2),
    ]


async def test_a_credited_line_stays_whatever_the_form_says(stack: Stack, country: NewCountry) -> None:
    mine = [claims.line(claims.BARE, site="x"), claims.line(claims.BARE, site="y")]
    request = await judged(stack, country, mine, ["accepted", "denied"])
    client, path = await let_in(stack, claims.participant(country)), f"/requests/{request['id']}"
    page = await read(client, path)
    assert "no such site" in page
    draft = (await sent(client, path, f"{path}/draft")).headers["location"]
    fields = filled(await read(client, draft), draft)
    assert "lines/0/product" not in fields, "only what was denied is shown"
    nothing = await client.post(draft, data={**fields, "do": "submit"})
    assert nothing.status_code == 422
    bad = await client.post(draft, data={**fields, "lines/1/info/site": "", "do": "submit"})
    assert 'id="lines-1-info-site-error"' in bad.text
    there = await client.post(draft, data={**fields, "lines/1/info/site": "roof", "do": "submit"})
    assert there.status_code == 303, there.text
    now = await seen(stack, request["id"])
    assert [line["info"] for line in now["data"]["lines"]] == [{"site": "x"}, {"site": "roof"}]
    assert [line["verdict"] for line in now["points"]["lines"]] == ["accepted", None]
    keyuser = await let_in(stack, country.keyuser)
    fields = filled(await read(keyuser, f"{path}?edit=save"), f"{path}/save")
    assert (await keyuser.post(f"{path}/save", data={**fields, "lines/0/remove": "on"})).status_code == 422
    fields |= {"lines/0/quantity": "9", "lines/1/quantity": "3"}
    assert (await keyuser.post(f"{path}/save", data=fields)).status_code == 303
    assert [line["quantity"] for line in (await seen(stack, request["id"]))["data"]["lines"]] == [1, 3]


async def test_wrong_data_of_points_is_corrected_with_the_documents_that_are_there(
    stack: Stack, country: NewCountry
) -> None:
    who = claims.participant(country)
    bill = await claims.invoice(stack, who)
    lines = [claims.line(claims.PLAIN, bill, site="x")]
    request = await claims.claimed(stack, lines, who, **claims.in_country(country))
    await decided(stack, country.keyuser, request["id"], "flag_wrong_data", comment="how many?")
    client, path = await let_in(stack, who), f"/requests/{request['id']}"
    draft = (await sent(client, path, f"{path}/draft")).headers["location"]
    page = await read(client, draft)
    fields = filled(page, draft)
    assert (fields["lines/0/info/site"], "invoice.pdf" in page) == ("x", True)
    changes = {"lines/0/quantity": "4", "lines/1/product": claims.PUSHED, "lines/1/quantity": "1", "do": "submit"}
    answer = await client.post(draft, data={**fields, **changes}, files={"file/invoice": ("second.pdf", PDF)})
    assert answer.status_code == 303, answer.text
    now = (await seen(stack, request["id"]))["data"]["lines"]
    assert now[0] == claims.line(claims.PLAIN, bill, quantity=4, site="x")
    assert (now[1]["product"], [one["document_id"] != bill for one in now[1]["documents"]]) == (claims.PUSHED, [True])


async def test_only_what_is_credited_can_be_adjusted(stack: Stack, country: NewCountry) -> None:
    mine = [claims.line(claims.BARE, site=name) for name in ("x", "y")]
    request = await judged(stack, country, mine, ["denied", "accepted"])
    client, path = await let_in(stack, country.keyuser), f"/requests/{request['id']}"
    page = await read(client, path)
    assert f"Line 2: {claims.BARE} × 1 (5)" in page
    assert f"Line 1: {claims.BARE} × 1 (0)" not in page
    silent = await sent(client, path, f"{path}/actions/adjust", line="2", points="70")
    assert silent.status_code == 422
    assert 'name="points" value="70"' in silent.text, "what was typed stays"


async def test_a_cancelled_request_brings_nothing(stack: Stack, country: NewCountry) -> None:
    request = await judged(stack, country, [claims.line(claims.BARE, site="x")], ["accepted"])
    await settled(stack, request["id"])
    await decided(stack, country.keyuser, request["id"], "cancel", comment="twice")
    page = await read(await let_in(stack, claims.participant(country)), f"/requests/{request['id']}")
    assert "<strong>0</strong> points" in page
    assert "5 × 1" not in page
