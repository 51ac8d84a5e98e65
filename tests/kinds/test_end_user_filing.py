"""End users file on the landing page: the form, uploads, the request and who may do what with it (§2.2, §9)."""

from datetime import timedelta
from typing import Any

import pytest

from store.tables.configuration import Documentation
from tests.api.refusals import pointers, refusal
from tests.kinds.walks import (
    PUBLIC,
    ask_end_user_warranty,
    end_user_body,
    end_user_filed,
    later,
    public_upload,
    visitor,
)
from tests.stack.countries import NewCountry, new_country
from tests.stack.footprint import INTAKE, footprint
from tests.stack.running import Stack
from tests.stack.walks import PDF, REQUESTS, Json, decided, documents, history, new_serial, outdoor, pulled, seen

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


async def test_the_form_of_a_country(stack: Stack) -> None:
    form = (await visitor(stack).get(f"{PUBLIC}/countries/ES/form")).json()
    assert (form["country"], form["name"], form["language"], form["end_user_warranties"]) == (
        "ES",
        "España",
        "es",
        True,
    )
    assert form["partners"] == ["Clima Sol"]
    assert form["line_ups"] == ["commercial", "heating", "residential"]
    assert {"reference": "CU-2Z50TBE", "line_up": "residential", "role": "outdoor"} in form["products"]
    assert form["documents"] == [
        {
            "requirement": "invoice",
            "title": "Factura",
            "line_up": "residential",
            "required": True,
            "media_types": ["application/pdf", "image/jpeg", "image/png"],
            "max_bytes": 10 * 1024 * 1024,
            "template_id": None,
        }
    ]
    assert form["messages"]["extra_years"].startswith("Para añadir años")
    assert form["messages"]["cancellation"].startswith("Si cancela")


async def test_the_form_of_pt_says_that_it_takes_none_and_an_unknown_country_has_no_form(stack: Stack) -> None:
    assert (await visitor(stack).get(f"{PUBLIC}/countries/PT/form")).json()["end_user_warranties"] is False
    assert refusal(await visitor(stack).get(f"{PUBLIC}/countries/ZZ/form")) == (404, "not_found")


async def test_an_end_user_files_a_request_that_names_a_pro_partner(stack: Stack) -> None:
    request = await end_user_filed(stack)
    assert request["id"].startswith("ES-EUW-")
    assert (request["kind"], request["state"], request["version"]) == ("end-user-warranty", "submitted", 1)
    assert request["requester"] == {"login": None, "company": "Clima Sol"}
    assert (request["turn"], request["data"]["partner"]) == ("keyuser", "Clima Sol")
    [entry] = await history(stack, request["id"])
    assert (entry["actor"], entry["action"], entry["to_state"]) == ("end_user", "submit", "submitted")


async def refused(stack: Stack, body: Json, **client: Any) -> tuple[tuple[int, str], list[str]]:
    """File, and hold that nothing is left but the memory of the refusal."""
    before = await footprint(stack, but=INTAKE)
    answer = await ask_end_user_warranty(stack, body, **client)
    assert await footprint(stack, but=INTAKE) == before
    return refusal(answer), pointers(answer)


async def test_what_is_not_right_is_refused_and_leaves_nothing(stack: Stack) -> None:
    good = await end_user_body(stack)
    without_email = {**good, "end_user": {**good["end_user"], "email": ""}}
    bad_email = {**good, "end_user": {**good["end_user"], "email": "lucia"}}
    assert await refused(stack, without_email) == ((422, "invalid"), ["/end_user/email"])
    assert await refused(stack, bad_email) == ((422, "invalid"), ["/end_user/email"])
    assert await refused(stack, {**good, "partner": "Nobody"}) == ((422, "invalid"), ["/partner"])
    assert await refused(stack, {**good, "partner": "Clima Tejo"}) == ((422, "invalid"), ["/partner"])
    assert await refused(stack, {**good, "partner": "ABC"}) == ((422, "invalid"), ["/partner"])
    assert await refused(stack, {**good, "documents": []}) == ((422, "document_missing"), ["/documents"])
    assert await refused(stack, {**good, "country": "ZZ"}) == ((404, "not_found"), [])
    assert await refused(stack, {**good, "country": "PT", "partner": "Clima Tejo"}) == ((422, "kind_not_enabled"), [])
    assert await refused(stack, {**good, "wholesaler": "XYZ"}) == ((422, "invalid"), ["/wholesaler"])
    assert await refused(stack, {**good, "warranty_code": "X"}) == ((422, "invalid"), ["/warranty_code"])
    assert (await ask_end_user_warranty(stack, good)).status_code == 201, "no refusal has used the document"


async def test_a_serial_has_one_live_end_user_warranty(stack: Stack) -> None:
    serial = new_serial()
    first = await end_user_filed(stack, units=outdoor(serial))
    assert await refused(stack, await end_user_body(stack, units=outdoor(serial))) == ((409, "duplicate_serial"), [])
    await decided(stack, "keyuser.es", first["id"], "deny", comment="Not ours.")
    assert (await end_user_filed(stack, units=outdoor(serial)))["state"] == "submitted"


async def test_accounts_are_sent_away(stack: Stack) -> None:
    client = stack.client_of("partner.pro")
    answers = [
        await client.get(f"{PUBLIC}/countries/ES/form"),
        await client.post(f"{PUBLIC}/documents", files={"file": ("f.pdf", PDF)}),
        await client.post(f"{PUBLIC}/requests/end-user-warranty", json=await end_user_body(stack)),
        await client.post(
            f"{PUBLIC}/requests/extra-years", json={"warranty_card": "X", "serial": "T1", "postcode": "1"}
        ),
        await client.post(f"{PUBLIC}/warranties/search", json={"country": "ES", "serial": "TTTT", "postcode": "28013"}),
    ]
    assert [refusal(answer) for answer in answers] == [(403, "forbidden")] * 5


@pytest.mark.parametrize("kind", ["end-user-warranty", "extra-years"])
async def test_no_account_files_these_kinds(stack: Stack, kind: str) -> None:
    for login in ("partner.pro", "keyuser.es"):
        answer = await stack.client_of(login).post(f"{REQUESTS}/{kind}", json=await end_user_body(stack))
        assert refusal(answer)[0] in {404, 405}


async def test_a_key_files_once_and_belongs_to_one_visitor(stack: Stack) -> None:
    body, who = await end_user_body(stack), visitor(stack)
    first = await ask_end_user_warranty(stack, body, key="mine", who=who)
    again = await ask_end_user_warranty(stack, body, key="mine", who=who)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    other = await ask_end_user_warranty(stack, {**body, "remarks": "Other."}, key="mine", who=who)
    assert refusal(other) == (422, "idempotency_conflict")
    elsewhere = await ask_end_user_warranty(stack, body, key="mine")
    assert refusal(elsewhere) == (409, "duplicate_serial"), "another visitor's key is another key"


async def test_a_key_keeps_its_answer_whatever_is_enabled_meanwhile(stack: Stack) -> None:
    country, who = await new_country(stack), visitor(stack)
    body = await end_user_body(stack, country=country.code, partner=f"Sol {country.code}")
    other = await end_user_body(stack, country=country.code, partner=f"Sol {country.code}")
    filed = await ask_end_user_warranty(stack, body, key="first", who=who)
    await enabled(stack, country, on=False)
    again = await ask_end_user_warranty(stack, body, key="first", who=who)
    assert (filed.status_code, again.status_code, again.json()) == (201, 200, filed.json())
    closed = await ask_end_user_warranty(stack, other, key="second", who=who)
    assert refusal(closed) == (422, "kind_not_enabled")
    await enabled(stack, country, on=True)
    still = await ask_end_user_warranty(stack, other, key="second", who=who)
    assert (refusal(still), still.json()) == (refusal(closed), closed.json())
    assert (await ask_end_user_warranty(stack, other, key="third", who=who)).status_code == 201


async def enabled(stack: Stack, country: NewCountry, *, on: bool) -> None:
    where = f"/api/v1/countries/{country.code}/settings"
    client = stack.client_of(country.keyuser)
    version = (await client.get(where)).json()["version"]
    answer = await client.patch(where, json={"version": version, "end_user_warranties": on})
    assert answer.status_code == 200, answer.text


async def test_without_a_key_it_is_filed_each_time_it_is_sent(stack: Stack) -> None:
    body = await end_user_body(stack)
    first = await ask_end_user_warranty(stack, body)
    second = await ask_end_user_warranty(stack, body)
    assert (first.status_code, refusal(second)) == (201, (409, "duplicate_serial"))


async def test_an_upload_is_usable_once(stack: Stack) -> None:
    document = [{"requirement": "invoice", "document_id": await public_upload(stack)}]
    await end_user_filed(stack, documents=document)
    answer = await ask_end_user_warranty(stack, await end_user_body(stack, documents=document))
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/documents"])


async def test_an_upload_is_usable_for_a_day(stack: Stack) -> None:
    document = [{"requirement": "invoice", "document_id": await public_upload(stack)}]
    body = await end_user_body(stack, documents=document)
    answer = await ask_end_user_warranty(later(stack, DAY + SECOND), body)
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/documents"])
    in_time = await ask_end_user_warranty(later(stack, DAY - timedelta(minutes=5)), body)
    assert in_time.status_code == 201, in_time.text


async def test_an_upload_that_answers_two_requirements_is_used_once(stack: Stack) -> None:
    country = await new_country(stack)
    async with stack.sessions.begin() as session:
        session.add(
            Documentation(
                country=country.code,
                kind="end-user-warranty",
                line_up="residential",
                requirement="receipt",
                title="Receipt",
                required=True,
                media_types=["application/pdf"],
                max_bytes=1000,
                position=2,
            )
        )
    document = await public_upload(stack)
    both = [{"requirement": name, "document_id": document} for name in ("invoice", "receipt")]
    request = await end_user_filed(stack, country, documents=both)
    assert [one["requirement"] for one in request["documents"]] == ["invoice", "receipt"]


@pytest.mark.parametrize("login", ["partner.pro", "keyuser.es", "installer.abc"])
async def test_a_document_of_an_account_is_not_an_end_users(stack: Stack, login: str) -> None:
    _, theirs = await documents(stack, login)
    answer = await ask_end_user_warranty(stack, await end_user_body(stack, documents=[theirs]))
    assert refusal(answer) == (422, "invalid")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (422, "invalid")),
        (b"MZ\x90\x00" * 20, (415, "unsupported_type")),
        (PDF + b"0" * 10_485_760, (413, "too_large")),
    ],
)
async def test_visitors_uploads_are_judged_like_any(stack: Stack, content: bytes, expected: tuple[int, str]) -> None:
    before = await footprint(stack)
    answer = await visitor(stack).post(f"{PUBLIC}/documents", files={"file": ("f.pdf", content)})
    assert refusal(answer) == expected
    assert await footprint(stack) == before


async def test_the_pro_partner_named_reads_everything_and_may_do_nothing(stack: Stack) -> None:
    request = await end_user_filed(stack)
    seen_by_partner = await seen(stack, request["id"], "partner.pro")
    assert seen_by_partner["allowed_actions"] == []
    assert seen_by_partner["assignment"] is None
    client = stack.client_of("partner.pro")
    document = await client.get(f"/api/v1/documents/{request['documents'][0]['document_id']}")
    assert (document.status_code, document.content) == (200, PDF)
    listed = (await client.get(REQUESTS, params={"kind": "end-user-warranty"})).json()["items"]
    assert request["id"] in [one["id"] for one in listed]
    for trigger in ("accept", "deny", "cancel", "amend"):
        answer = await pulled(stack, "partner.pro", request["id"], trigger, comment="I say so.")
        assert refusal(answer) == (403, "forbidden")
    saved = await client.patch(f"{REQUESTS}/{request['id']}", json={"version": 1, "data": {"remarks": "x"}})
    assert refusal(saved) == (403, "forbidden")
    assert (await seen(stack, request["id"]))["version"] == 1


@pytest.mark.parametrize("login", ["installer.abc", "installer.linked", "partner.pt", "keyuser.pt", "participant.ana"])
async def test_to_others_it_does_not_exist(stack: Stack, login: str) -> None:
    request = await end_user_filed(stack)
    client = stack.client_of(login)
    assert refusal(await client.get(f"{REQUESTS}/{request['id']}")) == (404, "not_found")
    document = request["documents"][0]["document_id"]
    assert refusal(await client.get(f"/api/v1/documents/{document}")) == (404, "not_found")
    answer = await pulled(stack, login, request["id"], "cancel", comment="Mine.")
    assert refusal(answer) == (404, "not_found")


async def test_the_other_pro_partner_of_the_country_does_not_see_it_either(stack: Stack) -> None:
    country = await new_country(stack)
    request = await end_user_filed(stack, country)
    assert (await seen(stack, request["id"], country.partner))["id"] == request["id"]
    answer = await stack.client_of(country.other_partner).get(f"{REQUESTS}/{request['id']}")
    assert refusal(answer) == (404, "not_found")


@pytest.mark.parametrize("login", ["keyuser.es", "partner.pro"])
@pytest.mark.parametrize("trigger", ["flag_wrong_data", "resubmit", "withdraw"])
async def test_there_is_no_wrong_data_no_resubmission_and_no_withdrawal(stack: Stack, login: str, trigger: str) -> None:
    request = await end_user_filed(stack)
    answer = await pulled(stack, login, request["id"], trigger, comment="Which city?")
    assert refusal(answer) == (409, "move_refused")


@pytest.mark.parametrize("trigger", ["cancel_by_end_user", "cancel_with_base", "expire", "finish"])
async def test_nobody_pulls_the_triggers_of_others(stack: Stack, trigger: str) -> None:
    request = await end_user_filed(stack)
    answer = await pulled(stack, "keyuser.es", request["id"], trigger, comment="Now.")
    assert answer.status_code in {403, 404, 409, 422}
    assert (await seen(stack, request["id"]))["state"] == "submitted"
