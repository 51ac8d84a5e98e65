"""The configuration on pages: every list, every form, files; nothing for other roles and countries."""

import re

import pytest

from configuration.registry import RESOURCES
from tests.pages.walks import browser, filled, hidden, let_in, read, sent, signed_in
from tests.stack.countries import new_country
from tests.stack.running import Stack
from tests.stack.walks import eventually

NAMES = [one.name for one in RESOURCES]


@pytest.mark.parametrize("name", NAMES)
async def test_every_resource_has_its_list_its_form_and_its_entries(stack: Stack, name: str) -> None:
    client = await signed_in(stack, "keyuser.es")
    page = await read(client, f"/configuration/ES/{name}")
    assert "<form" in await read(client, f"/configuration/ES/{name}/new")
    for address in re.findall(r'href="(/configuration/ES/[^"]+/entry/[^"]+)"', page)[:2]:
        assert 'name="version"' in await read(client, address)


async def test_what_a_form_shows_is_what_it_saves(stack: Stack) -> None:
    """Sent back unchanged, no entry gets a new version."""
    client = await signed_in(stack, "keyuser.es")
    for name, key in (
        ("policies", "STD-1-5"),
        ("wholesalers", "DEF"),
        ("products", "CU-2Z50TBE"),
        ("line-ups", "residential"),
        ("documentation", "commissioning/residential/invoice"),
        ("campaigns", "SPRING"),
    ):
        address = f"/configuration/ES/{name}/entry/{key}"
        before = await read(client, address)
        answer = await client.post(address, data=filled(before))
        assert answer.status_code == 303, (name, re.findall(r'form-error"[^>]*>([^<]+)', answer.text))
        after = await read(client, address)
        assert hidden(after)["version"] == hidden(before)["version"], name


async def test_an_entry_is_created_changed_and_deleted(stack: Stack) -> None:
    country = await new_country(stack)
    client = await let_in(stack, country.keyuser)
    place = f"/configuration/{country.code}/wholesalers"
    wrong = await sent(client, f"{place}/new", f"{place}/new", code="")
    assert wrong.status_code == 422
    assert 'id="code-error"' in wrong.text
    cells = {
        "line_ups/0/line_up": "residential",
        "line_ups/0/distributes": "true",
        "line_ups/0/gives_warranty": "false",
    }
    made = await sent(client, f"{place}/new", f"{place}/new", code="NEW", **cells)
    assert made.status_code == 303, made.text
    address = f"{place}/entry/NEW"
    assert "NEW is not configured for commercial" in await read(client, address)
    stale = await sent(client, address, address, version="7", **cells)
    assert stale.status_code == 412
    changed = await sent(client, address, address, **{**cells, "line_ups/0/gives_warranty": "true"})
    assert changed.status_code == 303
    unknown = await sent(client, address, address, **{**cells, "line_ups/0/line_up": "nothing"})
    assert "not a line-up of this country" in unknown.text
    assert (await sent(client, address, address, do="delete")).status_code == 303
    assert (await client.get(address)).status_code == 404
    log = await read(client, f"/configuration/{country.code}/audit?resource=wholesalers")
    assert log.count("NEW") >= 3
    assert country.keyuser in log


async def test_what_is_used_stays(stack: Stack) -> None:
    client = await signed_in(stack, "keyuser.es")
    address = "/configuration/ES/line-ups/entry/residential"
    answer = await sent(client, address, address, do="delete")
    assert answer.status_code == 409


async def test_settings_pools_and_permits(stack: Stack) -> None:
    country = await new_country(stack)
    client = await let_in(stack, country.keyuser)
    place = f"/configuration/{country.code}"
    page = await read(client, f"{place}/settings")
    wrong = await client.post(f"{place}/settings", data={**filled(page), "keyuser_reminder": "soon"})
    assert 'id="keyuser_reminder-error"' in wrong.text
    saved = await client.post(
        f"{place}/settings", data={**filled(page), "keyuser_reminder": "36", "keyuser_reminder/unit": "hours"}
    )
    assert saved.status_code == 303, re.findall(r'form-error"[^>]*>([^<]+)', saved.text)
    again = filled(await read(client, f"{place}/settings"))
    assert (again["keyuser_reminder"], again["keyuser_reminder/unit"]) == ("36", "hours")
    assert (again["keyuser_escalation"], again["keyuser_escalation/unit"]) == ("7", "days")
    assert "36 hours" in await read(client, f"{place}/audit?resource=settings")
    made = await sent(client, f"{place}/pools", f"{place}/pools", pool="extension", count="3", prefix="NEW")
    assert made.status_code == 303
    assert len(re.findall(r"NEW-\w+", await read(client, f"{place}/pools"))) == 3
    assert (
        await sent(client, f"{place}/pools", f"{place}/pools", pool="card", count="x", prefix="N")
    ).status_code == 422
    given = await sent(
        client, f"{place}/permits", f"{place}/permits", kind="commissioning", serial="ab-12 34", comment="sold twice"
    )
    assert given.status_code == 303
    silent = await sent(
        client, f"{place}/permits", f"{place}/permits", kind="commissioning", serial="AB1234", comment=""
    )
    assert silent.status_code == 422


async def test_a_list_goes_out_and_comes_back_as_a_file(stack: Stack) -> None:
    country = await new_country(stack)
    client = await let_in(stack, country.keyuser)
    place = f"/configuration/{country.code}/products"
    assert "Import" in await read(client, f"{place}/file")
    content = (await client.get(f"{place}/file.csv")).content
    assert b"CU-2Z50TBE" in content
    assert (await client.get(f"{place}/file.xlsx?empty=true")).content.startswith(b"PK")
    token = hidden((await client.get(f"{place}/file")).text)["csrf"]
    bad = content.replace(b"outdoor", b"roof", 1)
    answer = await client.post(f"{place}/file", data={"csrf": token}, files={"file": ("products.csv", bad)})
    assert answer.headers["location"] == f"/configuration/{country.code}/imports"

    async def told() -> bool:
        return "refused" in await read(client, f"/configuration/{country.code}/imports")

    await eventually(told, "the import does not end")
    assert "Mend these" in await read(client, f"/configuration/{country.code}/imports")
    nothing = await client.post(f"{place}/file", data={"csrf": token})
    assert nothing.status_code == 422


@pytest.mark.parametrize("login", ["keyuser.pt", "installer.abc", "participant.ana", "partner.pro", "admin"])
async def test_a_country_is_configured_by_its_keyusers_only(stack: Stack, login: str) -> None:
    client = await signed_in(stack, login)
    token = hidden((await client.get("/nothing")).text)["csrf"]
    for place in (
        "",
        "/wholesalers",
        "/wholesalers/new",
        "/wholesalers/entry/DEF",
        "/settings",
        "/pools",
        "/permits",
        "/imports",
    ):
        if login == "admin" and place == "":
            continue
        answer = await client.get(f"/configuration/ES{place}")
        assert answer.status_code in {403, 404}, place
        assert "GHI" not in answer.text
    for place in ("/wholesalers/new", "/wholesalers/entry/DEF", "/settings", "/pools", "/permits", "/products/file"):
        answer = await client.post(f"/configuration/ES{place}", data={"csrf": token, "code": "X", "version": "1"})
        assert answer.status_code in {403, 404}, place


async def test_ops_reads_and_changes_nothing(stack: Stack) -> None:
    client = await signed_in(stack, "ops")
    page = await read(client, "/configuration/ES/wholesalers/entry/DEF")
    assert "disabled" in page
    answer = await sent(client, "/requests", "/configuration/ES/wholesalers/entry/DEF", version="1")
    assert answer.status_code == 403


async def test_an_admin_finds_countries_and_accounts(stack: Stack) -> None:
    client = await signed_in(stack, "admin")
    assert "/configuration/PT" in await read(client, "/configuration")
    assert "/configuration/PT/accounts" in await read(client, "/configuration/PT")
    assert "keyuser.pt" in await read(client, "/configuration/PT/accounts")


async def test_an_account_gets_a_password_and_signs_in(stack: Stack) -> None:
    admin = await signed_in(stack, "admin")
    place = "/configuration/ES/accounts"
    fields = {"login": "keyuser.new", "role": "keyuser", "email": "keyuser.new@keydesk.example", "active": "true"}
    made = await sent(admin, f"{place}/new", f"{place}/new", **fields)
    assert made.status_code == 303, re.findall(r'form-error"[^>]*>([^<]+)', made.text)
    address = f"{place}/entry/keyuser.new"
    short = await sent(admin, address, f"{place}/password/keyuser.new", password="short")
    assert short.status_code == 422
    given = await sent(admin, address, f"{place}/password/keyuser.new", password="long enough for the desk")
    assert given.status_code == 303
    async with browser(stack) as client:
        answer = await client.post("/sign-in", data={"login": "keyuser.new", "password": "long enough for the desk"})
        assert answer.headers["location"] == "/requests"


async def test_every_email_shows_its_text_and_takes_an_own_one(stack: Stack) -> None:
    country = await new_country(stack)
    client = await let_in(stack, country.keyuser)
    place = f"/configuration/{country.code}/notifications"
    there = f"{place}/text/processed/requester/en"
    assert there in await read(client, place)
    page = await read(client, there)
    assert "{{ card_number }}" in filled(page)["body"], "the text that comes with Keydesk is there to begin with"
    text = {"subject": "Card {{ card_number }}", "body": "Dear {{ partner_name }}"}
    shown = await sent(client, there, there, do="preview", **text)
    assert "Dear Clima Sol" in shown.text
    assert filled(shown.text)["body"] == text["body"], "a preview loses nothing"
    assert "The test was sent" in (await sent(client, there, there, do="test", **text)).text
    refused = await sent(client, there, there, subject="{{ secret }}", body="my own text")
    assert refused.status_code == 422
    assert filled(refused.text)["body"] == "my own text"
    assert (await sent(client, there, there, do="save", **text)).status_code == 303
    assert "own text" in await read(client, place)
    assert filled(await read(client, there))["subject"] == text["subject"]
    assert (await sent(client, there, there, do="save", version="7", **text)).status_code == 412
    assert (await sent(client, there, there, do="delete")).status_code == 303
    assert "own text" not in await read(client, place)
    for nowhere in (f"{place}/text/nothing/nobody/en", there.replace("/en", "/english")):
        assert (await client.get(nowhere)).status_code in {404, 422}


async def test_a_form_offers_what_can_be_named(stack: Stack) -> None:
    client = await signed_in(stack, "keyuser.es")
    page = await read(client, "/configuration/ES/wholesalers/entry/DEF")
    assert '<datalist id="known-line_up"><option value="commercial">' in page
    assert 'list="known-line_up"' in page
    assert "residential: distributes, gives no warranty" in await read(client, "/configuration/ES/wholesalers")
    policy = await read(client, "/configuration/ES/policies/entry/STD-1-5")
    assert 'name="created_at"' not in policy
    papers = filled(await read(client, "/configuration/ES/documentation/entry/commissioning/residential/invoice"))
    assert (papers["max_bytes"], papers["media_types/image/png"]) == ("10", "on")
