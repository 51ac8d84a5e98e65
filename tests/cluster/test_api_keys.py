"""API keys: admins give them out and take them back, machines reach with them what they are for and nothing else."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from store.tables.access import ApiKey
from store.tables.audit import Audit
from tests.stack.running import Stack
from tests.stack.walks import body_of, documents, filed

KEYS = "/api/v1/api-keys"
ERP: dict[str, Any] = {
    "name": "erp-es",
    "role": "installer",
    "country": "ES",
    "company": "ABC",
    "email": "it@abc.example",
}


async def issued(stack: Stack, **body: Any) -> dict[str, Any]:
    answer = await stack.client_of("admin").post(KEYS, json={**ERP, **body})
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    return key


async def asked(stack: Stack, key: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return await stack.client_of(None).request(method, f"/api/v1{path}", headers=headers, **more)


async def test_a_machine_files_and_reads_for_its_company(cluster: Stack) -> None:
    key = (await issued(cluster))["key"]
    body = await body_of(cluster, "installer.abc")
    answer = await asked(cluster, key, "POST", "/requests/commissioning", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["requester"] == {"login": "machine.erp-es", "company": "ABC"}
    elsewhere = (await filed(cluster, "installer.ac1", documents=await documents(cluster, "installer.ac1")))["id"]
    assert (await asked(cluster, key, "GET", f"/requests/{elsewhere}")).status_code == 404


async def test_the_key_is_shown_once_and_stored_as_its_hash(cluster: Stack) -> None:
    new = await issued(cluster, name="once")
    listed = (await cluster.client_of("admin").get(KEYS)).json()["items"]
    [shown] = [one for one in listed if one["id"] == new["id"]]
    assert shown == {name: value for name, value in new.items() if name != "key"}
    async with cluster.sessions() as session:
        digest = await session.scalar(select(ApiKey.digest).where(ApiKey.id == new["id"]))
        tables = "SELECT coalesce(string_agg(k::text, ''), '') FROM api_keys k"
        kept = await session.scalar(text(tables))
    assert digest is not None
    assert len(digest) == 64
    assert new["key"].removeprefix("kdk_") not in kept


async def test_kinds_outside_the_scope_do_not_exist(cluster: Stack) -> None:
    seen = await filed(cluster)
    reader = (await issued(cluster, name="reader", kinds=["commissioning"]))["key"]
    blind = (await issued(cluster, name="blind", kinds=["unit-replacement"]))["key"]
    path = f"/requests/{seen['id']}"
    for key, status in ((reader, 200), (blind, 404)):
        assert (await asked(cluster, key, "GET", path)).status_code == status
        assert (await asked(cluster, key, "GET", f"{path}/history")).status_code == status
        listed = (await asked(cluster, key, "GET", "/requests?limit=100")).json()["items"]
        assert (seen["id"] in {one["id"] for one in listed}) == (status == 200)
    withdrawn = await asked(cluster, blind, "POST", f"{path}/actions/withdraw", json={"version": seen["version"]})
    assert withdrawn.status_code == 404
    body = await body_of(cluster, "installer.abc")
    assert (await asked(cluster, blind, "POST", "/requests/commissioning", json=body)).status_code == 403


async def test_a_revoked_key_is_good_for_nothing(cluster: Stack) -> None:
    first, second = await issued(cluster, name="rotated"), await issued(cluster, name="rotated")
    admin = cluster.client_of("admin")
    for _ in range(2):
        assert (await admin.delete(f"{KEYS}/{first['id']}")).status_code == 204
    assert (await asked(cluster, first["key"], "GET", "/requests")).status_code == 401
    assert (await asked(cluster, second["key"], "GET", "/requests")).status_code == 200
    async with cluster.sessions() as session:
        noted = await session.scalars(
            select(Audit).where(Audit.resource == "api-keys", Audit.key == str(first["id"])).order_by(Audit.version)
        )
        told = [(one.action, one.actor, one.country) for one in noted]
    assert told == [("create", "admin", "ES"), ("revoke", "admin", "ES")]


async def test_an_expired_key_is_good_for_nothing(cluster: Stack) -> None:
    new = await issued(cluster, name="brief", days=1)
    assert (await asked(cluster, new["key"], "GET", "/requests")).status_code == 200
    async with cluster.sessions.begin() as session:
        row = await session.get_one(ApiKey, new["id"])
        assert row.expires_at is not None
        assert row.last_used_on is not None
        row.expires_at -= timedelta(days=2)
    assert (await asked(cluster, new["key"], "GET", "/requests")).status_code == 401


@pytest.mark.parametrize(
    "key", ["kdk_", "kdk_nobody", "kdk_" + "A" * 43, "kdk_ñ\udcff".encode("utf-8", "replace").decode()]
)
async def test_no_text_is_a_key(cluster: Stack, key: str) -> None:
    headers = [(b"Authorization", f"Bearer {key}".encode())]
    assert (await cluster.client_of(None).get("/api/v1/requests", headers=headers)).status_code == 401


@pytest.mark.parametrize("login", ["ops", "keyuser.es", "installer.abc", "partner.pro", None])
async def test_only_admins_give_them_out(cluster: Stack, login: str | None) -> None:
    client, status = cluster.client_of(login), 401 if login is None else 403
    assert (await client.get(KEYS)).status_code == status
    assert (await client.post(KEYS, json=ERP)).status_code == status
    assert (await client.delete(f"{KEYS}/1")).status_code == status


async def test_a_machine_gives_out_no_keys(cluster: Stack) -> None:
    ops = (await issued(cluster, name="watcher", role="ops", country=None, company=None))["key"]
    assert (await asked(cluster, ops, "POST", "/api-keys", json=ERP)).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "admin"},
        {"role": "ops"},
        {"role": "keyuser"},
        {"company": None},
        {"company": "Clima Tejo"},
        {"role": "pro_partner"},
        {"country": "XX"},
        {"country": None},
        {"kinds": []},
        {"kinds": ["weather"]},
        {"days": 0},
        {"name": "x"},
        {"name": "Ünder"},
        {"email": "nowhere"},
        {"superuser": True},
    ],
)
async def test_keys_that_make_no_sense_are_refused(cluster: Stack, wrong: dict[str, Any]) -> None:
    answer = await cluster.client_of("admin").post(KEYS, json={**ERP, "name": "wrong", **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


async def test_a_name_belongs_to_one_machine(cluster: Stack) -> None:
    await issued(cluster, name="taken")
    other = {**ERP, "name": "taken", "company": "Frio Norte"}
    answer = await cluster.client_of("admin").post(KEYS, json=other)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize("key_id", [0, 999999, 2**31])
async def test_a_key_that_is_not_there_cannot_be_revoked(cluster: Stack, key_id: int) -> None:
    answer = await cluster.client_of("admin").delete(f"{KEYS}/{key_id}")
    assert answer.status_code in {404, 422}
