"""SAVE: the keyuser's correction, which never decides (`domain.md` §2, §2.1)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api.refusals import body as problem
from tests.api.refusals import pointers, refusal
from tests.stack.countries import new_country
from tests.stack.footprint import footprint
from tests.stack.running import Stack
from tests.stack.walks import (
    REQUESTS,
    decided,
    documents,
    filed,
    history,
    new_serial,
    outdoor,
    processed,
    seen,
    settled,
)


async def save(
    stack: Stack, request_id: str, version: int, login: str = "keyuser.es", /, **data: Any
) -> httpx.Response:
    return await stack.client_of(login).patch(f"{REQUESTS}/{request_id}", json={"version": version, "data": data})


async def saved(stack: Stack, request_id: str, version: int = 1, /, **data: Any) -> dict[str, Any]:
    answer = await save(stack, request_id, version, **data)
    assert answer.status_code == 200, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def test_a_merge_patch_changes_what_it_names(stack: Stack) -> None:
    request = await filed(stack, remarks="old")
    after = await saved(stack, request["id"], end_user={"city": "Getafe", "phone": None})
    expected = {**request["data"], "end_user": {**request["data"]["end_user"], "city": "Getafe", "phone": ""}}
    assert after["data"] == expected
    assert (after["state"], after["version"]) == ("submitted", 2)


async def test_units_and_documents_are_replaced_whole(stack: Stack) -> None:
    request = await filed(stack)
    serial = new_serial()
    after = await saved(stack, request["id"], units=outdoor(serial.lower()))
    assert after["data"]["units"] == outdoor(serial)
    sheet, _ = request["data"]["documents"]
    after = await saved(stack, request["id"], 2, documents=[sheet])
    assert after["data"]["documents"] == [sheet]
    assert [one["requirement"] for one in after["documents"]] == ["commissioning-sheet"]


async def test_the_journal_keeps_the_difference(stack: Stack) -> None:
    request = await filed(stack)
    await saved(stack, request["id"], end_user={"city": "Getafe"}, remarks="moved")
    entry = (await history(stack, request["id"]))[-1]
    assert (entry["action"], entry["actor"]) == ("edit", "keyuser.es")
    assert (entry["from_state"], entry["to_state"]) == ("submitted", "submitted")
    assert entry["changes"] == {
        "end_user/city": {"from": "Madrid", "to": "Getafe"},
        "remarks": {"from": "", "to": "moved"},
    }


@pytest.mark.parametrize("data", [{}, {"remarks": ""}, {"end_user": {"city": " Madrid "}}], ids=str)
async def test_a_save_that_changes_nothing_leaves_no_journal_entry(stack: Stack, data: dict[str, Any]) -> None:
    request = await filed(stack)
    before = await footprint(stack)
    after = await saved(stack, request["id"], **data)
    assert after["version"] == 1
    assert await footprint(stack) == before


async def test_a_stale_version_is_refused(stack: Stack) -> None:
    request = await filed(stack)
    await saved(stack, request["id"], remarks="first")
    before = await footprint(stack)
    answer = await save(stack, request["id"], 1, remarks="second")
    assert refusal(answer) == (412, "stale_version")
    assert problem(answer)["version"] == 2
    assert (await seen(stack, request["id"]))["data"]["remarks"] == "first"
    assert await footprint(stack) == before


async def test_of_two_saves_at_once_one_is_stale(stack: Stack) -> None:
    request = await filed(stack)
    answers = await asyncio.gather(*(save(stack, request["id"], 1, remarks=f"no {n}") for n in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    assert (await seen(stack, request["id"]))["version"] == 2


async def test_only_the_keyuser_saves(stack: Stack) -> None:
    request = await filed(stack)
    for login in ("installer.abc", "ops"):
        assert refusal(await save(stack, request["id"], 1, login, remarks="mine")) == (403, "forbidden")


@pytest.mark.parametrize("state", ["wrong_data", "denied"])
async def test_a_save_is_possible_while_the_requester_is_to_act(stack: Stack, state: str) -> None:
    request = await filed(stack)
    trigger = {"wrong_data": "flag_wrong_data", "denied": "deny"}[state]
    await decided(stack, "keyuser.es", request["id"], trigger, comment="look again")
    after = await saved(stack, request["id"], 2, remarks="I looked")
    assert (after["state"], after["version"]) == (state, 3)


@pytest.mark.parametrize("trigger", ["accept", "cancel"])
async def test_a_settled_request_is_not_saved(stack: Stack, trigger: str) -> None:
    request = await filed(stack)
    await decided(stack, "keyuser.es", request["id"], trigger, comment="so be it")
    now = await settled(stack, request["id"], "keyuser.es")
    answer = await save(stack, request["id"], now["version"], remarks="late")
    assert refusal(answer) == (409, "move_refused")
    assert problem(answer)["state"] == now["state"]
    assert problem(answer)["allowed_actions"] == now["allowed_actions"]


@pytest.mark.parametrize("country", ["PT", "", None, 5])
async def test_the_country_never_changes(stack: Stack, country: Any) -> None:
    request = await filed(stack)
    answer = await save(stack, request["id"], 1, country=country)
    assert refusal(answer) == (422, "not_editable")
    assert pointers(answer) == ["/data/country"]
    assert (await save(stack, request["id"], 1, country="ES")).status_code == 200


@pytest.mark.parametrize("name", ["kind", "requester", "campaign", "warranty_code", "state", "id"])
async def test_what_is_no_field_of_the_form_is_refused(stack: Stack, name: str) -> None:
    request = await filed(stack)
    answer = await save(stack, request["id"], 1, **{name: "other"})
    assert answer.status_code == 422
    assert refusal(answer)[1] in {"not_editable", "invalid"}
    assert pointers(answer) == [f"/data/{name}"]


SHAPES: list[tuple[dict[str, Any], str]] = [
    ({"end_user": None}, "/data/end_user"),
    ({"end_user": {"name": None}}, "/data/end_user/name"),
    ({"end_user": "Lucía"}, "/data/end_user"),
    ({"units": []}, "/data/units"),
    ({"units": outdoor("!!")}, "/data/units/0/serial"),
    ({"units": [*outdoor("SAME0001"), *outdoor("same-0001")]}, "/data/units/1/serial"),
    ({"wholesaler": "XYZ"}, "/data/wholesaler"),
    ({"line_up": "industrial"}, "/data/line_up"),
    ({"commissioned_on": "2999-01-01"}, "/data/commissioned_on"),
    ({"commissioned_on": None}, "/data/commissioned_on"),
    ({"remarks": "\x00"}, "/data/remarks"),
    ({"documents": [{"requirement": "passport", "document_id": "x"}]}, "/data/documents/0/document_id"),
]


@pytest.mark.parametrize(("data", "pointer"), SHAPES, ids=[str(data) for data, _ in SHAPES])
async def test_shape_references_and_format_are_checked(stack: Stack, data: dict[str, Any], pointer: str) -> None:
    request = await filed(stack)
    before = await footprint(stack)
    answer = await save(stack, request["id"], 1, **data)
    assert refusal(answer) == (422, "invalid")
    assert pointer in pointers(answer)
    assert await footprint(stack) == before


async def test_a_held_serial_cannot_be_saved(stack: Stack) -> None:
    holder, request = await filed(stack), await filed(stack)
    before = await footprint(stack)
    answer = await save(stack, request["id"], 1, units=outdoor(holder["data"]["units"][0]["serial"]))
    assert refusal(answer) == (409, "duplicate_serial")
    assert await footprint(stack) == before
    assert (await seen(stack, request["id"]))["version"] == 1


async def test_a_serial_that_was_corrected_away_is_free(stack: Stack) -> None:
    request = await filed(stack)
    typed = request["data"]["units"][0]["serial"]
    await saved(stack, request["id"], units=outdoor(new_serial()))
    assert await filed(stack, units=outdoor(typed))


async def test_what_would_refuse_a_requester_becomes_a_warning(stack: Stack) -> None:
    country = await new_country(stack, registration_limit=timedelta(days=30))
    request = await filed(
        stack, country.installer, country=country.code, commissioned_on=datetime.now(UTC).date().isoformat()
    )
    path = f"{REQUESTS}/{request['id']}"
    keyuser = stack.client_of(country.keyuser)
    assert (await keyuser.get(path)).json()["warnings"] == []
    data = {"wholesaler": "JKL", "commissioned_on": "2020-01-01", "documents": []}
    after = (await keyuser.patch(path, json={"version": 1, "data": data})).json()
    assert [one["code"] for one in after["warnings"]] == [
        "wholesaler_not_configured",
        "registration_late",
        "document_missing",
    ]
    assert (await stack.client_of(country.installer).get(path)).json()["warnings"] == []
    moved = {
        "line_up": "heating",
        "wholesaler": "DEF",
        "units": [{"role": "outdoor", "product": "WH-UD05HE5", "serial": new_serial()}],
    }
    after = (await keyuser.patch(path, json={"version": 2, "data": moved})).json()
    assert "wholesaler_not_distributing" in [one["code"] for one in after["warnings"]]


async def test_the_preview_follows_the_correction(stack: Stack) -> None:
    request = await filed(stack)
    assert (await seen(stack, request["id"], "keyuser.es"))["assignment"]["policy"] == "STD-1-5"
    after = await saved(stack, request["id"], wholesaler="GHI")
    assert after["assignment"]["policy"] == "STD-C5"


async def test_a_keyuser_may_attach_a_document_of_their_own(stack: Stack) -> None:
    request = await filed(stack)
    own = (await documents(stack, "keyuser.es"))[0]
    after = await saved(stack, request["id"], documents=[*request["data"]["documents"], own])
    assert len(after["documents"]) == 3


@pytest.mark.parametrize("depth", [9, 300, 900, 50_000])
async def test_what_is_nested_deeply_is_refused_wherever_a_patch_is_taken(stack: Stack, depth: int) -> None:
    """Deep enough to be read, and too deep for whoever walks it."""
    request = await filed(stack)
    await decided(stack, "keyuser.es", request["id"], "flag_wrong_data", comment="Which city?")
    deep = '{"version": 2, "comment": "c", "data": {"end_user": ' + '{"a":' * depth + "1" + "}" * depth + "}}"
    path, header = f"{REQUESTS}/{request['id']}", {"Content-Type": "application/json"}
    for login, method, where in (
        ("keyuser.es", "PATCH", path),
        ("installer.abc", "POST", f"{path}/actions/resubmit"),
    ):
        body = deep.replace('"comment": "c", ', "") if method == "PATCH" else deep
        answer = await stack.client_of(login).request(method, where, content=body, headers=header)
        assert refusal(answer) == (422, "invalid")
    assert (await seen(stack, request["id"]))["version"] == 2


@pytest.mark.parametrize("version", [0, -1, 1.5, "one", None, 2**40, []])
async def test_a_version_is_a_small_whole_number(stack: Stack, version: Any) -> None:
    request = await filed(stack)
    answer = await stack.client_of("keyuser.es").patch(f"{REQUESTS}/{request['id']}", json={"version": version})
    assert refusal(answer) == (422, "invalid")
    assert pointers(answer) == ["/version"]


async def test_what_is_attached_stays_when_the_country_asks_for_it_no_more(stack: Stack) -> None:
    """Who corrects a postcode keeps the evidence, whatever was configured since."""
    country = await new_country(stack)
    pending, flagged = [await filed(stack, country.installer, country=country.code) for _ in range(2)]
    done = await processed(stack, country.installer, country.keyuser, country=country.code)
    await decided(stack, country.keyuser, flagged["id"], "flag_wrong_data", comment="Which postcode?")
    keyuser = stack.client_of(country.keyuser)
    path = f"/api/v1/countries/{country.code}/documentation/commissioning/residential/invoice"
    assert (await keyuser.delete(path, params={"version": 1})).status_code == 204
    patch = {"version": 1, "data": {"end_user": {"postcode": "28014"}}}
    saved_ = (await keyuser.patch(f"{REQUESTS}/{pending['id']}", json=patch)).json()
    amended = await decided(stack, country.keyuser, done["id"], "amend", comment="Typing error.", data=patch["data"])
    again = await decided(stack, country.installer, flagged["id"], "resubmit", data=patch["data"])
    for before, after in ((pending, saved_), (done, amended), (flagged, again)):
        assert after["data"]["end_user"]["postcode"] == "28014"
        assert after["documents"] == before["documents"]
    fresh = [
        *saved_["data"]["documents"],
        {"requirement": "invoice", "document_id": done["documents"][0]["document_id"]},
    ]
    refused = await keyuser.patch(f"{REQUESTS}/{pending['id']}", json={"version": 2, "data": {"documents": fresh}})
    assert (refusal(refused), pointers(refused)) == ((422, "invalid"), ["/data/documents/2/requirement"])
