"""Partners' and end users' pages without scripts: drafts, refusals, sending in again, the landing page."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.kinds.walks import granted, proof
from tests.pages import walks
from tests.pages.walks import browser, hidden, read, sent, signed_in
from tests.stack.days import day
from tests.stack.footprint import footprint
from tests.stack.running import Stack
from tests.stack.walks import PDF, decided, filed, new_serial, processed, seen

FIELDS = {
    "line_up": "residential",
    "wholesaler": "DEF",
    "commissioned_on": day(),
    "end_user/name": "Marta Ruiz",
    "end_user/address": "Gran Vía 3",
    "end_user/postcode": "28013",
    "end_user/city": "Madrid",
    "units/0/role": "outdoor",
    "units/0/product": "CU-2Z50TBE",
}
FILES = {"file/commissioning-sheet": ("sheet.pdf", PDF), "file/invoice": ("invoice.pdf", PDF)}


async def begun(client: httpx.AsyncClient, kind: str = "commissioning") -> str:
    """The address of a new draft."""
    answer = await sent(client, "/new", f"/new/{kind}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def filled(client: httpx.AsyncClient, draft: str, **fields: Any) -> httpx.Response:
    """The answer to a draft with both documents, sent in at once as a browser without scripts does."""
    page = (await client.get(draft)).text
    return await client.post(
        draft,
        data={**hidden(page), **FIELDS, "units/0/serial": new_serial(), "do": "submit", **fields},
        files=FILES,
    )


async def test_a_form_becomes_a_request(stack: Stack) -> None:
    client = await signed_in(stack, "installer.abc")
    draft = await begun(client)
    answer = await filled(client, draft)
    assert answer.status_code == 303, answer.text
    request_id = re.findall(r"/requests/(ES-COM-\d+)", answer.headers["location"])[0]
    request = await seen(stack, request_id)
    assert request["data"]["end_user"]["name"] == "Marta Ruiz"
    assert len(request["documents"]) == 2
    again = await client.get(draft)
    assert again.headers["location"] == f"/requests/{request_id}", "a draft is sent in once"


async def test_a_refusal_stands_beside_its_field_and_nothing_is_lost(stack: Stack) -> None:
    client = await signed_in(stack, "installer.abc")
    draft = await begun(client)
    answer = await filled(client, draft, **{"end_user/postcode": "", "units/0/serial": "?"})
    assert answer.status_code == 422
    assert 'id="end_user-postcode-error"' in answer.text
    assert 'href="#end_user-postcode"' in answer.text
    assert "Value should have" not in answer.text
    page = await read(client, draft)
    assert "Marta Ruiz" in page
    assert "invoice.pdf" in page
    taken = (await filed(stack))["data"]["units"][0]["serial"]
    answer = await client.post(draft, data={**hidden(page), **FIELDS, "units/0/serial": taken, "do": "submit"})
    assert answer.status_code == 409
    answer = await client.post(draft, data={**hidden(page), **FIELDS, "units/0/serial": new_serial(), "do": "submit"})
    assert answer.status_code == 303, "after a refusal the same draft can be sent in"


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 303), (b"no document", 415), (b"x" * (10 * 1024 * 1024 + 1), 413)]
)
async def test_a_file_that_is_none(stack: Stack, content: bytes, status: int) -> None:
    client = await signed_in(stack, "installer.abc")
    draft = await begun(client)
    page = (await client.get(draft)).text
    name = "" if not content else "x.pdf"
    answer = await client.post(draft, data={**hidden(page), "do": "keep"}, files={"file/invoice": (name, content)})
    assert answer.status_code in {status, 422}
    assert "x.pdf" not in await read(client, draft)


async def test_a_draft_outlives_the_session_and_is_nobody_elses(stack: Stack) -> None:
    client = await signed_in(stack, "installer.abc")
    draft = await begun(client)
    page = (await client.get(draft)).text
    kept = await client.post(
        draft,
        data={**FIELDS, "do": "keep"},
        headers={"X-CSRF-Token": hidden(page)["csrf"], "Accept": "application/json"},
    )
    assert kept.status_code == 200
    async with browser(stack) as later:
        await later.post("/sign-in", data={"login": "installer.abc", "password": "keydesk-demo"})
        assert "Marta Ruiz" in await read(later, draft)
        assert draft in await read(later, "/new")
    for login in ("installer.ac1", "keyuser.es", "ops"):
        stranger = await signed_in(stack, login)
        assert (await stranger.get(draft)).status_code == 404
    async with browser(stack) as nobody:
        assert (await nobody.get(f"/warranty{draft}")).status_code == 404
    discarded = await client.post(draft, data={"csrf": hidden(page)["csrf"], "do": "discard"})
    assert discarded.headers["location"] == "/new"
    assert (await client.get(draft)).status_code == 404


async def test_only_what_the_role_files_is_offered(stack: Stack) -> None:
    installer = await signed_in(stack, "installer.abc")
    assert "/new/warranty-extension" not in await read(installer, "/new")
    assert (await sent(installer, "/new", "/new/warranty-extension")).status_code == 403
    assert (await sent(installer, "/new", "/new/nothing")).status_code == 422
    partner = await signed_in(stack, "partner.pro")
    assert "/new/warranty-extension" in await read(partner, "/new")
    keyuser = await signed_in(stack, "keyuser.es")
    assert (await keyuser.get("/new")).status_code == 403


async def test_mode_b_asks_for_a_code(stack: Stack) -> None:
    portuguese = await signed_in(stack, "partner.pt")
    assert 'name="warranty_code"' in await read(portuguese, await begun(portuguese, "warranty-extension"))
    spanish = await signed_in(stack, "partner.pro")
    assert 'name="warranty_code"' not in await read(spanish, await begun(spanish, "warranty-extension"))


async def test_after_a_denial_the_page_says_what_to_do_and_does_it(stack: Stack) -> None:
    request = await filed(stack)
    await decided(stack, "keyuser.es", request["id"], "deny", comment="unreadable scan", documents=["invoice"])
    client, path = await signed_in(stack, "installer.abc"), f"/requests/{request['id']}"
    page = await read(client, path)
    assert "These documents were denied" in page
    assert "unreadable scan" in page
    draft = (await sent(client, path, f"{path}/draft")).headers["location"]
    assert 'name="units/0/serial"' not in await read(client, draft)
    fields = hidden((await client.get(draft)).text)
    empty = await client.post(draft, data={**fields, "do": "submit"})
    assert empty.status_code == 422
    answer = await client.post(draft, data={**fields, "do": "submit"}, files={"file/invoice": ("better.pdf", PDF)})
    assert answer.status_code == 303, answer.text
    now = await seen(stack, request["id"])
    assert now["state"] == "submitted"
    assert "better.pdf" in {one["filename"] for one in now["documents"]}


async def test_wrong_data_is_corrected(stack: Stack) -> None:
    request = await filed(stack)
    await decided(stack, "keyuser.es", request["id"], "flag_wrong_data", comment="which city?")
    client, path = await signed_in(stack, "installer.abc"), f"/requests/{request['id']}"
    assert "which city?" in await read(client, path)
    draft = (await sent(client, path, f"{path}/draft")).headers["location"]
    assert (await sent(client, path, f"{path}/draft")).headers["location"] == draft, "it is gone on with"
    units = {f"units/{n}/{name}": unit[name] for n, unit in enumerate(request["data"]["units"]) for name in unit}
    fields = {**FIELDS, **units, "end_user/city": "Getafe", "do": "submit"}
    answer = await sent(client, draft, draft, **fields)
    assert answer.status_code == 303, answer.text
    now = await seen(stack, request["id"])
    assert (now["state"], now["data"]["end_user"]["city"]) == ("submitted", "Getafe")
    assert len(now["documents"]) == 2


async def test_withdrawing(stack: Stack) -> None:
    request = await filed(stack)
    client, path = await signed_in(stack, "installer.abc"), f"/requests/{request['id']}"
    answer = await sent(client, path, f"{path}/actions/withdraw", version="1")
    assert answer.status_code == 303
    assert "Canceled" in await read(client, path)


async def test_files_that_are_too_large_together_are_told_apart_from_one_that_is(stack: Stack) -> None:
    client = await signed_in(stack, "installer.abc")
    draft = await begun(client)
    token = {**hidden((await client.get(draft)).text), "do": "keep"}
    half = PDF + bytes(6 * 1024 * 1024)
    both = {f"file/{name}": (f"{name}.pdf", half) for name in ("commissioning-sheet", "invoice")}
    answer = await client.post(draft, data=token, files=both)
    assert answer.status_code == 413
    assert "one large file at a time" in answer.text


async def test_the_landing_page_finds_downloads_and_cancels(stack: Stack) -> None:
    request = await processed(stack, commissioned_on=datetime.now(UTC).date().isoformat())
    form = {"country": "ES", **proof(request)}
    async with browser(stack) as client:
        assert "Your warranty" in await read(client, "/")
        found = await client.post("/warranty", data=form)
        assert request["cards"][0]["number"] in found.text
        assert "Lucía" not in found.text
        card = await client.post(f"/warranty/{request['id']}/card", data=form)
        assert card.content.startswith(b"%PDF")
        wrong = await client.post(f"/warranty/{request['id']}/card", data={**form, "postcode": "1"})
        assert wrong.status_code == 404
        sure = walks.filled(found.text, f"/warranty/{request['id']}/cancel")
        for _ in range(2):  # somebody clicks twice
            cancelled = await client.post(f"/warranty/{request['id']}/cancel", data=sure)
            assert "The warranty was canceled." in cancelled.text
        late = await client.post(f"/warranty/{request['id']}/cancel", data=form)
        assert late.status_code == 409
        assert request["id"] in late.text, "what was found stays in sight"
    assert (await seen(stack, request["id"]))["cancelled_by"] == "end_user"


async def test_unknown_and_wrong_look_ups_read_the_same_and_are_limited(stack: Stack) -> None:
    request = await filed(stack)
    serial = request["data"]["units"][0]["serial"]
    async with browser(stack) as client:
        pages = [
            (await client.post("/warranty", data={"country": "ES", "serial": one, "postcode": "99999"})).text
            for one in (serial, "T99999999")
        ]
        assert pages[0].replace(serial, "") == pages[1].replace("T99999999", "")
        assert "Nothing found" in pages[0]
        for _ in range(8):
            await client.post("/warranty", data={"country": "ES", "serial": "T99999999", "postcode": "1"})
        refused = await client.post("/warranty", data={"country": "ES", "serial": "T99999999", "postcode": "1"})
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 60


async def test_forms_that_visitors_begin_are_limited(stack: Stack) -> None:
    async with browser(stack) as client:
        before = await footprint(stack)
        nowhere = await client.post("/warranty/new", data={"serial": "T1"})
        assert (nowhere.status_code, 'href="#country"' in nowhere.text) == (422, True)
        refused = await client.post("/warranty/new", data={"country": "PT"})
        assert (refused.status_code, "This country does not take such requests." in refused.text) == (422, True)
        assert await footprint(stack) == before
        for _ in range(10):
            assert (await client.post("/warranty/new", data={"country": "ES"})).status_code == 303
        before = await footprint(stack)
        refused = await client.post("/warranty/new", data={"country": "ES"})
        assert (refused.status_code, await footprint(stack)) == (429, before)
        assert "Too many forms were begun from here. Try again in " in refused.text
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        found = await client.post("/warranty", data={"country": "ES", "serial": "T99999999", "postcode": "1"})
        assert found.status_code == 200, "who began too many forms may still look up"


async def test_an_end_user_files_a_warranty(stack: Stack) -> None:
    async with browser(stack) as client:
        refused = await client.post("/warranty/new", data={"country": "PT"})
        assert refused.status_code == 422
        draft = (await client.post("/warranty/new", data={"country": "ES"})).headers["location"]
        fields = {**FIELDS, "partner": "Clima Sol", "end_user/email": "marta@example.org", "do": "submit"}
        del fields["wholesaler"]
        answer = await client.post(
            draft, data={**fields, "units/0/serial": new_serial()}, files={"file/invoice": ("factura.pdf", PDF)}
        )
        assert answer.status_code == 303, answer.text
        assert "Your request has arrived" in await read(client, answer.headers["location"])
        assert (await client.get(draft)).headers["location"] == "/"


async def test_extra_years_are_asked_for_once(stack: Stack) -> None:
    base = await granted(stack)
    form = {"country": "ES", **proof(base)}
    async with browser(stack) as client:
        found = await client.post("/warranty", data=form)
        assert "Ask for extra years" in found.text
        card = {**form, "card": base["cards"][0]["number"]}
        sure = walks.filled(found.text, f"/warranty/{base['id']}/extra-years")
        for _ in range(2):
            asked = await client.post(f"/warranty/{base['id']}/extra-years", data=sure)
            assert "Your request for extra years has arrived." in asked.text
        assert "Ask for extra years" not in asked.text
        again = await client.post(f"/warranty/{base['id']}/extra-years", data=card)
        assert again.status_code == 409, re.sub(r"<[^>]+>", " ", again.text)
