"""Line-ups, products, organisational units, companies, documentation, card texts, downloads, codes: their rules."""

from typing import Any

import httpx
import pytest

from tests.api.refusals import body, refusal
from tests.configuration.desk import Desk, codes
from tests.stack.days import day
from tests.stack.walks import documents, filed, uploaded

STALE = (412, "stale_version")


async def test_a_line_up_lives_and_stays_while_anything_names_it(desk: Desk) -> None:
    made = await desk.create("line-ups", code="split-rac", name="Split RAC", page_text="Bring the sheet.")
    assert made["version"] == 1
    await desk.create("products", reference="CU/9 x", line_up="split-rac", role="outdoor", family="RAC")
    assert codes(await desk.read("line-ups", "split-rac")) == [], "no policy is for it yet"
    answer = await desk.delete("line-ups", "split-rac")
    assert (refusal(answer), body(answer)["used_by"]) == ((409, "in_use"), ["product CU/9 x"])
    assert (await desk.delete("products", "CU/9 x")).status_code == 204
    assert (await desk.delete("line-ups", "split-rac")).status_code == 204
    used = body(await desk.delete("line-ups", "residential"))["used_by"]
    assert {"policy STD-1-5", "wholesaler DEF", "product CU-Z25TKE"} <= {*used, "product CU-Z25TKE"}
    assert await desk.refused("line-ups", code="Not A Slug") == ["/code"]


async def test_a_range_without_a_card_text_is_named(desk: Desk) -> None:
    assert (await desk.delete("card-texts", "heating/standard")).status_code == 204
    assert codes(await desk.read("line-ups", "heating")) == ["card_text_missing"]
    assert codes(await desk.read("policies", "STD-1-5")) == ["card_text_missing"]
    assert codes(await desk.read("policies", "EXT-5")) == []
    text = {"distributor_without_warranty": "Ours.", "distributor_with_warranty": "Theirs, then ours."}
    await desk.create("card-texts", product_range="heating", warranty_type="standard", **text)
    assert codes(await desk.read("line-ups", "heating")) == []
    written = await desk.client().put(desk.at("card-texts", "heating", "standard"), json={**text})
    assert written.status_code == 200
    version = written.json()["version"]
    stale = {**text, "distributor_with_warranty": "Other.", "version": version - 1}
    assert refusal(await desk.client().put(desk.at("card-texts", "heating", "standard"), json=stale)) == STALE
    log = await desk.audited(resource="card-texts", key="heating/standard")
    assert [one["action"] for one in log] == ["create", "delete"], "writing the same again is no change"


async def test_a_product_belongs_to_a_line_up_and_requests_keep_it(desk: Desk) -> None:
    assert await desk.refused("products", reference="X", line_up="boats", role="outdoor") == ["/line_up"]
    assert await desk.refused("products", reference="X", line_up="heating", role="upstairs") == ["/role"]
    request = await filed(desk.stack, desk.country.installer, country=desk.country.code)
    answer = await desk.delete("products", "CU-2Z50TBE")
    assert (refusal(answer), body(answer)["used_by"]) == ((409, "in_use"), [f"request {request['id']}"])


async def test_units_collaborate_in_pairs(desk: Desk) -> None:
    for name in ("Norte", "Sur", "Éste"):
        await desk.create("organisational-units", name=name)
    await desk.create("collaborations", unit="Norte", partner="Sur")
    await desk.create("collaborations", unit="Sur", partner="Éste")
    assert await desk.refused("collaborations", unit="Sur", partner="Norte") == [""]
    assert await desk.refused("collaborations", unit="Norte", partner="Weste") == ["/partner"]
    listed = (await desk.client().get(desk.at("collaborations"))).json()["items"]
    assert [(one["unit"], one["partner"]) for one in listed] == [("Norte", "Sur"), ("Sur", "Éste")]
    assert body(await desk.delete("organisational-units", "Norte"))["used_by"] == ["collaboration with Sur"]
    assert (await desk.delete("collaborations", "Norte/Sur")).status_code == 204
    assert (await desk.delete("organisational-units", "Norte")).status_code == 204


async def test_a_company_has_class_schemes_and_neighbours(desk: Desk) -> None:
    await desk.create("organisational-units", name="Centro")
    sol = await desk.create("companies", name="Brisa", company_class="pro_partner", phone="+34 1")
    assert (sol["warnings"], sol["schemes"]) == ([], [])
    made = await desk.create(
        "companies",
        name="Aire",
        company_class="accredited_partner",
        pro_partner="Brisa",
        schemes=["AH1", "AC1"],
        organisational_unit="Centro",
    )
    assert (made["schemes"], codes(made)) == (["AC1", "AH1"], ["not_to_be_reached"])
    for fields, where in (
        ({"company_class": "accredited_partner"}, ["/pro_partner"]),
        ({"company_class": "standard", "pro_partner": "Brisa"}, ["/pro_partner"]),
        ({"company_class": "accredited_partner", "pro_partner": "Aire"}, ["/pro_partner"]),
        ({"company_class": "standard", "organisational_unit": "Oeste"}, ["/organisational_unit"]),
        ({"company_class": "gold"}, ["/company_class"]),
        ({"company_class": "standard", "schemes": ["AC9"]}, ["/schemes/0"]),
        ({"company_class": "standard", "email": "nobody"}, ["/email"]),
    ):
        assert await desk.refused("companies", name="Otra", **fields) == where, fields
    assert await desk.refused_change("companies", "Brisa", company_class="standard") == ["/company_class"]
    assert body(await desk.delete("companies", "Brisa"))["used_by"] == ["company Aire"]
    changed = await desk.change("companies", "Aire", company_class="accredited", pro_partner=None)
    assert (changed["pro_partner"], changed["organisational_unit"]) == (None, "Centro")
    own = f"ABC {desk.country.code}"
    assert f"account {desk.country.installer}" in body(await desk.delete("companies", own))["used_by"]


async def test_a_required_document_must_be_one_that_can_be_uploaded(desk: Desk, client: httpx.AsyncClient) -> None:
    template = await uploaded(client, "sheet.pdf")
    fields = {"kind": "commissioning", "line_up": "heating", "requirement": "photo", "title": "Photo"}
    for wrong, where in (
        ({"media_types": []}, ["/media_types"]),
        ({"media_types": ["text/plain"]}, ["/media_types/0"]),
        ({"max_bytes": 0}, ["/max_bytes"]),
        ({"max_bytes": 20 * 1024 * 1024}, ["/max_bytes"]),
        ({"line_up": "boats"}, ["/line_up"]),
        ({"template_id": "00000000-0000-0000-0000-000000000000"}, ["/template_id"]),
        ({"kind": "wishes"}, ["/kind"]),
    ):
        assert await desk.refused("documentation", **{**fields, **wrong}) == where, wrong
    key = "commissioning/heating/photo"
    made = await desk.create("documentation", **fields, media_types=["image/png"], template_id=template)
    assert (made["required"], made["template_id"]) == (True, template)
    handed = await desk.client(desk.country.installer).get(f"/api/v1/documents/{template}")
    assert handed.status_code == 200, "requesters fetch the form to fill in"
    public = f"/api/v1/public/countries/{desk.country.code}/templates/{template}"
    visitor = desk.stack.client_of(None)
    assert refusal(await visitor.get(public)) == (404, "not_found"), "it is not on the landing page's form"
    await desk.create("documentation", **{**fields, "kind": "end-user-warranty"}, template_id=template)
    assert (await visitor.get(public)).content.startswith(b"%PDF")
    form = (await visitor.get(f"/api/v1/public/countries/{desk.country.code}/form")).json()
    assert template in [one["template_id"] for one in form["documents"]]
    assert (await desk.delete("documentation", key)).status_code == 204
    extra = await desk.create("documentation", **{**fields, "kind": "extra-years"})
    assert codes(extra) == ["not_asked_for"]


async def test_downloads_and_own_texts_are_audited(desk: Desk, client: httpx.AsyncClient) -> None:
    document = await uploaded(client, "guide.pdf")
    offered = {"product_range": "heating", "title": "Guide", "document_id": document}
    made = await client.post(desk.at("downloads"), json=offered)
    assert made.status_code == 201, made.text
    assert refusal(await client.post(desk.at("downloads"), json=offered)) == (409, "already_exists")
    assert (await client.delete(desk.at("downloads", str(made.json()["id"])))).status_code == 204
    for nowhere in (-(10**20), 0, 10**20):
        assert refusal(await client.delete(desk.at("downloads", str(nowhere)))) == (404, "not_found")
    assert [one["action"] for one in await desk.audited(resource="downloads")] == ["delete", "create"]
    where = desk.at("notifications", "submitted", "requester", "es")
    first = await client.put(where, json={"subject": "Hola", "body": "{{ request_id }}"})
    assert (first.status_code, first.json()["version"]) == (200, 1)
    stale = await client.put(where, json={"subject": "Hi", "body": "{{ request_id }}", "version": 7})
    assert refusal(stale) == STALE
    unknown = await client.put(where, json={"subject": "Hola", "body": "{{ secret }}"})
    assert refusal(unknown) == (422, "invalid")
    assert (await client.delete(where)).status_code == 204
    log = await desk.audited(resource="notifications", key="submitted/requester/es")
    assert [(one["action"], one["version"]) for one in log] == [("delete", 2), ("create", 1)]


async def test_codes_are_entries_too(desk: Desk, client: httpx.AsyncClient) -> None:
    owner = f"Sol {desk.country.code}"
    made = await desk.create("codes", number="FACTURA-0001", owner=owner)
    assert made["owner"] == owner
    assert refusal(await client.post(desk.at("codes"), json={"number": "FACTURA-0001"})) == (409, "already_exists")
    spanish = await desk.stack.client_of("keyuser.es").post(
        "/api/v1/countries/ES/codes", json={"number": "FACTURA-0001"}
    )
    assert refusal(spanish) == (409, "already_exists"), "numbers are unique in the world"
    assert await desk.refused("codes", number="FACTURA-0002", owner="Nobody") == ["/owner"]
    assert (await desk.change("codes", "FACTURA-0001", owner=None))["owner"] is None
    assert (await desk.delete("codes", "FACTURA-0001")).status_code == 204
    generated = await client.post(desk.at("pools", "card", "numbers"), json={"count": 2, "prefix": "AA"})
    assert generated.status_code == 201
    log = await desk.audited(resource="pools")
    assert (log[0]["key"], log[0]["action"], log[0]["after"]["count"]) == ("card", "generate", 2)


async def test_a_code_that_a_request_holds_stays(desk: Desk, client: httpx.AsyncClient) -> None:
    settings = (await client.get(desk.at("settings"))).json()
    mode = await client.patch(desk.at("settings"), json={"version": settings["version"], "extension_mode": "b"})
    assert mode.status_code == 200
    await desk.create("codes", number="HELD-1")
    login = desk.country.partner
    request = await desk.client(login).post(
        "/api/v1/requests/warranty-extension",
        json={
            "country": desk.country.code,
            "line_up": "residential",
            "commissioned_on": day(),
            "end_user": {"name": "L", "address": "C", "postcode": "28013", "city": "M"},
            "units": [{"role": "outdoor", "product": "CU-2Z50TBE", "serial": "HELD000001"}],
            "documents": [one for one in await documents(desk.stack, login) if one["requirement"] == "invoice"],
            "warranty_code": "HELD-1",
        },
    )
    assert request.status_code == 201, request.text
    answer = await desk.delete("codes", "HELD-1")
    assert body(answer)["used_by"] == [f"request {request.json()['id']}"]
    assert await desk.refused_change("codes", "HELD-1", owner=f"Sol {desk.country.code}") == ["/owner"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("[0-9]{8}[A-Z]?", None), ("(?=A)B", "/serial_pattern"), ("(", "/serial_pattern"), (r"(A)\1", "/serial_pattern")],
)
async def test_a_serial_pattern_is_one_that_cannot_run_away(
    desk: Desk, client: httpx.AsyncClient, pattern: str, expected: str | None
) -> None:
    version = (await client.get(desk.at("settings"))).json()["version"]
    answer = await client.patch(desk.at("settings"), json={"version": version, "serial_pattern": pattern})
    if expected is None:
        assert answer.json()["serial_pattern"] == pattern
        reset = await client.patch(
            desk.at("settings"), json={"version": answer.json()["version"], "serial_pattern": None}
        )
        assert reset.status_code == 200, reset.text
    else:
        assert refusal(answer) == (422, "invalid")
        assert expected in [one["pointer"] for one in body(answer)["errors"]]


async def test_a_coverage_reason_stays_while_a_policy_lists_it_and_comes_back(desk: Desk) -> None:
    used = body(await desk.delete("coverage-reasons", "misuse"))["used_by"]
    assert "policy STD-1-5" in used
    await desk.create("coverage-reasons", code="storm", title="Storm")
    listed = {"code": "storm", "covered": True, "replacement": "carry_over"}
    draft = {"name": "STORMY", "alternative_code": "ST-1", "tag": "standard"}
    assert await desk.refused("policies", **draft, coverage_reasons=[{**listed, "code": "war"}]) == [
        "/coverage_reasons/0/code"
    ]
    await desk.create("policies", **draft, coverage_reasons=[listed])
    assert body(await desk.delete("coverage-reasons", "storm"))["used_by"] == ["policy STORMY"]
    await desk.change("policies", "STORMY", coverage_reasons=[])
    assert (await desk.delete("coverage-reasons", "storm")).status_code == 204
    assert (await desk.create("coverage-reasons", code="storm", title="Storm, again"))["version"] == 3


async def test_one_inventory_definition_is_active(desk: Desk) -> None:
    places = {"direct_sale": "A", "indirect_sale": "B", "rented": "C"}
    names = ("adding", "adding_during_replacement", "removing", "removing_during_replacement")
    fields: dict[str, Any] = dict.fromkeys(names, places)
    await desk.change("inventory", "standard", active=False)
    first = await desk.create("inventory", name="one", **fields)
    assert codes(first) == ["no_active_inventory"]
    assert codes(await desk.change("inventory", "one", active=True)) == []
    assert await desk.refused("inventory", name="two", active=True, **fields) == ["/active"]
    wrong = {**places, "rented": "installed"}
    assert await desk.refused("inventory", name="two", **{**fields, "removing": wrong}) == ["/removing/rented"]
    assert (await desk.delete("inventory", "one")).status_code == 204
    assert (await desk.create("inventory", name="one", active=True, **fields))["active"] is True
