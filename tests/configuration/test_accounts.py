"""Countries by admins, accounts by admins and keyusers, and that nobody raises himself."""

import asyncio
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from domain.errors import AlreadyExists, Invalid
from store import audit
from store.accounts import NO_PASSWORD
from store.audit import Wanted
from store.tables.countries import Account
from tests.api.refusals import body, pointers, refusal
from tests.configuration.desk import Desk
from tests.stack.running import Stack
from workers import transfer
from workers.cli import app

PASSWORD = "correct horse battery"


async def test_a_keyuser_makes_partners_accounts_and_no_keyusers(desk: Desk, client: httpx.AsyncClient) -> None:
    own = f"ABC {desk.country.code}"
    made = await desk.create("accounts", login="ana.new", role="installer", company=own, email="ana@keydesk.example")
    assert made == {
        "login": "ana.new",
        "role": "installer",
        "company": own,
        "email": "ana@keydesk.example",
        "superuser": False,
        "active": True,
        "version": 1,
        "warnings": [],
    }
    assert (await desk.stack.client_of("ana.new").get("/api/v1/requests")).status_code == 200
    await desk.change("accounts", "ana.new", active=False)
    assert refusal(await desk.stack.client_of("ana.new").get("/api/v1/requests")) == (401, "not_authenticated")

    keyuser = {"login": "boss", "role": "keyuser", "email": "boss@keydesk.example"}
    assert refusal(await client.post(desk.at("accounts"), json=keyuser)) == (403, "forbidden")
    raised = await client.patch(desk.at("accounts", "ana.new"), json={"version": 2, "role": "keyuser", "company": None})
    assert refusal(raised) == (403, "forbidden")
    myself = await client.patch(desk.at("accounts", desk.country.keyuser), json={"version": 1, "superuser": True})
    assert refusal(myself) == (403, "forbidden")
    assert (await desk.create("accounts", "admin", **keyuser, superuser=True))["superuser"] is True
    assert refusal(await desk.delete("accounts", "boss")) == (403, "forbidden")


async def test_role_and_company_go_together(desk: Desk, client: httpx.AsyncClient) -> None:
    sol = f"Sol {desk.country.code}"
    for fields, where in (
        ({"role": "installer"}, ["/company"]),
        ({"role": "installer", "company": "Nobody"}, ["/company"]),
        ({"role": "installer", "company": sol}, ["/company"]),
        ({"role": "pro_partner", "company": f"ABC {desk.country.code}"}, ["/company"]),
        ({"role": "participant", "company": "Nobody"}, ["/company"]),
        ({"role": "participant", "superuser": True}, ["/superuser"]),
        ({"role": "participant", "email": "nobody"}, ["/email"]),
        ({"role": "participant", "login": "Not A Login"}, ["/login"]),
    ):
        entry = {"login": "somebody", "email": "s@keydesk.example", **fields}
        assert await desk.refused("accounts", **entry) == where, fields
    ops = {"login": "spy", "role": "ops", "email": "spy@keydesk.example"}
    answer = await desk.client("admin").post(desk.at("accounts"), json=ops)
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/role"])
    taken = {"login": "participant.ana", "role": "participant", "email": "a@keydesk.example"}
    assert refusal(await client.post(desk.at("accounts"), json=taken)) == (409, "already_exists")


async def test_a_password_is_set_and_never_read(desk: Desk, client: httpx.AsyncClient) -> None:
    await desk.create("accounts", login="ana.pass", role="participant", email="p@keydesk.example")
    where = desk.at("accounts", "ana.pass", "password")
    assert refusal(await client.put(where, json={"version": 1, "password": "short"})) == (422, "invalid")
    assert (await client.put(where, json={"version": 1, "password": PASSWORD})).status_code == 204
    assert refusal(await client.put(where, json={"version": 1, "password": PASSWORD})) == (412, "stale_version")
    async with desk.stack.sessions() as session:
        row = await session.get_one(Account, "ana.pass")
    assert PasswordHasher().verify(row.password_hash, PASSWORD)
    log = await desk.audited(resource="accounts", key="ana.pass")
    assert [(one["action"], one["version"]) for one in log] == [("set_password", 2), ("create", 1)]
    assert PASSWORD not in str(log)
    assert row.password_hash not in str(log)
    theirs = desk.at("accounts", desk.country.keyuser, "password")
    assert refusal(await client.put(theirs, json={"version": 1, "password": PASSWORD})) == (403, "forbidden")


async def test_an_account_with_requests_is_closed_not_deleted(desk: Desk) -> None:
    answer = await desk.delete("accounts", desk.country.partner)
    assert answer.status_code == 204, "it did nothing yet"


async def test_admins_make_countries_and_decide_nothing(stack: Stack) -> None:
    admin = stack.client_of("admin")
    country = {
        "code": "ZA",
        "name": "South Africa",
        "time_zone": "Africa/Johannesburg",
        "language": "en",
        "card_language": "en",
        "keyuser_email": "k@keydesk.example",
        "escalation_email": "e@keydesk.example",
    }
    for login in ("keyuser.es", "installer.abc", "ops"):
        for sent in (country, {}):
            assert refusal(await stack.client_of(login).post("/api/v1/countries", json=sent)) == (403, "forbidden")
    for wrong, where in (
        ({"code": "Z1"}, "/code"),
        ({"time_zone": "Mars/Base"}, "/time_zone"),
        ({"language": "fr"}, "/language"),
        ({"keyuser_reminder": "P30D"}, "/keyuser_reminder"),
        ({"serial_pattern": "("}, "/serial_pattern"),
    ):
        answer = await admin.post("/api/v1/countries", json={**country, **wrong})
        assert (refusal(answer), pointers(answer)) == ((422, "invalid"), [where]), wrong
    made = await admin.post("/api/v1/countries", json=country)
    assert made.status_code == 201, made.text
    assert refusal(await admin.post("/api/v1/countries", json=country)) == (409, "already_exists")
    listed = [one["code"] for one in (await admin.get("/api/v1/countries")).json()["items"]]
    assert {"ES", "PT", "ZA"} <= set(listed)
    own = await stack.client_of("keyuser.es").get("/api/v1/countries")
    assert [one["code"] for one in own.json()["items"]] == ["ES"]
    for method, path in (
        ("GET", "wholesalers"),
        ("POST", "wholesalers"),
        ("POST", "pools/card/numbers"),
        ("POST", "codes/X/release"),
        ("PATCH", "settings"),
        ("GET", "audit"),
    ):
        answer = await admin.request(method, f"/api/v1/countries/ZA/{path}", json=None if method == "GET" else {})
        assert answer.status_code == 403, (method, path, body(answer))


async def test_the_first_admin_is_enrolled_on_the_command_line(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.embedded.joining.settings_beside", lambda: stack.settings)

    async def enrolled(*words: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, app, ["enrol", *words])

    made = await enrolled("first.admin", "first@keydesk.example")
    assert made.exit_code == 0, made.output
    async with stack.sessions() as session:
        row = await session.get_one(Account, "first.admin")
        log = await audit.changes(session, None, Wanted(key="first.admin"), below=None, limit=1)
    assert PasswordHasher().verify(row.password_hash, made.stdout.strip())
    assert (row.role, row.country, log[0].actor, log[0].action) == ("admin", None, "keydesk enrol", "create")
    for words, wrong in (
        (("first.admin", "first@keydesk.example"), AlreadyExists),
        (("Second Admin", "second@keydesk.example"), Invalid),
        (("second.admin", "nobody"), Invalid),
        (("second.admin", "s@keydesk.example", "--role", "keyuser"), Invalid),
        (("second.admin", "s@keydesk.example", "--role", "king"), Invalid),
    ):
        assert isinstance((await enrolled(*words)).exception, wrong), words


async def test_people_of_an_identity_provider_are_listed_and_have_no_password_here(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    async with desk.stack.sessions.begin() as session:
        session.add(
            Account(
                login="Ana@Corp.example",
                role="participant",
                country=desk.country.code,
                email="ana at corp",
                password_hash=NO_PASSWORD,
                issuer="https://login.corp.example",
            )
        )
    found = await desk.read("accounts", "Ana@Corp.example")
    assert (found["login"], found["email"]) == ("Ana@Corp.example", "ana at corp")
    body = {"version": 1, "password": PASSWORD}
    assert refusal(await client.put(desk.at("accounts", "Ana@Corp.example", "password"), json=body)) == (422, "invalid")
    assert (await desk.change("accounts", "Ana@Corp.example", active=False))["active"] is False
    assert "Ana@Corp.example" not in await transfer.export(desk.stack.settings, desk.country.code)
