"""What a points request is refused for, and who may do what with it (`domain.md` §1, §2.4)."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from domain.campaigns import Audience
from store.snapshots import to_json
from tests.api.refusals import pointers, refusal
from tests.kinds.claims import (
    ANA,
    BARE,
    KEYUSER,
    PLAIN,
    PUSHED,
    attached,
    claim,
    claimed,
    in_country,
    invoice,
    judged,
    line,
    loyal_country,
    participant,
    put,
    statement,
)
from tests.stack.countries import NewCountry
from tests.stack.footprint import footprint
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, decided, history, pulled, seen, version_of

OTHERS = ("installer.abc", "partner.pro", "keyuser.es", "ops", "admin")
LOST = "0d5f3a52-5d0e-4b5c-9d43-3f2f3f6d1a10"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> AsyncIterator[NewCountry]:
    """A country with a campaign of its own."""
    yield await loyal_country(stack)


@pytest.mark.parametrize("login", OTHERS)
async def test_only_participants_claim_points(stack: Stack, login: str) -> None:
    assert refusal(await claim(stack, [line(PLAIN, LOST)], login)) == (403, "forbidden")


async def test_another_country_is_none(stack: Stack, country: NewCountry) -> None:
    answer = await claim(stack, [line(BARE, site="x")], **in_country(country))
    assert refusal(answer) == (404, "not_found")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"campaign": "AUTUMN"}, "/campaign"),
        ({"lines": []}, "/lines"),
        ({"lines": [line("CU-2Z50TBE", LOST)]}, "/lines/0/product"),
        ({"lines": [line(PLAIN, LOST)]}, "/lines/0/documents/0/document_id"),
        ({"lines": [line(PLAIN, colour="red")]}, "/lines/0/info"),
        ({"lines": [line(PLAIN, quantity=0)]}, "/lines/0/quantity"),
        ({"lines": [line(PLAIN, quantity=1001)]}, "/lines/0/quantity"),
        ({"lines": [{**line(PLAIN), "points": 80}]}, "/lines/0/points"),
        ({"lines": [{**line(PLAIN), "documents": [attached(LOST, "receipt")]}]}, "/lines/0/documents/0/requirement"),
        ({"coupon": None}, "/coupon"),
    ],
)
async def test_a_wrong_body_leaves_nothing(stack: Stack, changes: Json, pointer: str) -> None:
    before = await footprint(stack)
    answer = await claim(stack, changes.pop("lines", [line(PLAIN, LOST)]), **changes)
    assert refusal(answer) == (422, "invalid")
    assert pointer in pointers(answer)
    assert await footprint(stack) == before


@pytest.mark.parametrize(
    ("lines", "changes", "code"),
    [
        ([line(BARE, site="x")], {"coupon": "Luna"}, "code_invalid"),
        ([line(BARE)], {}, "invalid"),
        ([line(PLAIN)], {}, "document_missing"),
    ],
)
async def test_a_refused_claim_is_no_request_and_its_key_gets_the_same_again(
    stack: Stack, country: NewCountry, lines: list[Json], changes: Json, code: str
) -> None:
    who, what = participant(country), {**in_country(country), **changes}
    key = f"refused {code}"
    for _ in range(2):
        assert refusal(await claim(stack, lines, who, key=key, **what)) == (422, code)
    assert refusal(await claim(stack, [line(BARE, site="y")], who, key=key, **what))[1] == "idempotency_conflict"


@pytest.mark.parametrize(
    ("campaign", "code"),
    [
        ({"starts_on": date(2098, 1, 1)}, "invalid"),
        ({"ends_on": date(2026, 2, 1), "claim_deadline": date(2026, 2, 2)}, "registration_late"),
        ({"audience": to_json(Audience(logins=("single.es",)))}, "invalid"),
        ({"audience": to_json(Audience(companies=("Rival",)))}, "invalid"),
    ],
)
async def test_a_campaign_takes_claims_in_its_days_and_from_its_audience(
    stack: Stack, campaign: dict[str, Any], code: str
) -> None:
    country = await loyal_country(stack, campaign=campaign)
    answer = await claim(stack, [line(BARE, site="x")], participant(country), **in_country(country))
    assert refusal(answer) == (422, code)


async def test_the_same_key_gives_the_same_request(stack: Stack, country: NewCountry) -> None:
    who, what = participant(country), in_country(country)
    first = await claim(stack, [line(BARE, site="x")], who, key="once", **what)
    again = await claim(stack, [line(BARE, site="x")], who, key="once", **what)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


async def test_a_document_of_somebody_else_is_none(stack: Stack, country: NewCountry) -> None:
    theirs = await invoice(stack, f"single.{country.code.lower()}")
    answer = await claim(stack, [line(PLAIN, theirs)], participant(country), **in_country(country))
    assert pointers(answer) == ["/lines/0/documents/0/document_id"]
    of_a_colleague = await invoice(stack, f"mate.{country.code.lower()}")
    await claimed(stack, [line(PLAIN, of_a_colleague)], participant(country), **in_country(country))


async def test_colleagues_keyuser_and_ops_see_it_and_nobody_else(stack: Stack, country: NewCountry) -> None:
    code = country.code.lower()
    request = await claimed(stack, [line(BARE, site="x")], participant(country), **in_country(country))
    for login, status in (
        (participant(country), 200),
        (f"mate.{code}", 200),
        (country.keyuser, 200),
        ("ops", 200),
        (f"single.{code}", 404),
        (country.rival, 404),
        (ANA, 404),
        (KEYUSER, 404),
    ):
        for path in (f"{REQUESTS}/{request['id']}", f"/api/v1/participants/{participant(country)}/points"):
            answer = await stack.client_of(login).get(path)
            assert answer.status_code == status, (login, path)
    assert (await stack.client_of("admin").get(f"/api/v1/participants/{ANA}/points")).status_code == 404
    assert refusal(await stack.client_of("ops").get("/api/v1/participants/keyuser.es/points")) == (404, "not_found")
    assert refusal(await stack.client_of("ops").get("/api/v1/participants/nobody/points")) == (404, "not_found")
    assert (await stack.client_of(None).get(f"/api/v1/participants/{ANA}/points")).status_code == 401


async def test_only_the_countrys_keyuser_judges_and_processes(stack: Stack, country: NewCountry) -> None:
    request = await claimed(stack, [line(BARE, site="x")], participant(country), **in_country(country))
    for login, wanted in (
        (participant(country), (403, "forbidden")),
        ("ops", (403, "forbidden")),
        (KEYUSER, (404, "not_found")),
        (country.rival, (404, "not_found")),
    ):
        for path, body in (
            ("lines/1/verdict", {"verdict": "accepted"}),
            ("lines/1/points", {"points": 3}),
            (f"documents/{LOST}/verdict", {"verdict": "accepted"}),
            ("verdicts", {"lines": [{"line": 1, "verdict": "accepted"}]}),
        ):
            assert refusal(await put(stack, login, request["id"], path, **body)) == wanted, (login, path)
        assert refusal(await pulled(stack, login, request["id"], "process")) == wanted
    assert await version_of(stack, request["id"]) == 1


async def test_verdicts_are_refused_where_they_make_no_sense(stack: Stack, country: NewCountry) -> None:
    who, keyuser = participant(country), country.keyuser
    bill = await invoice(stack, who)
    lines = [line(PLAIN, bill), line(BARE, site="x")]
    request_id = (await claimed(stack, lines, who, **in_country(country)))["id"]
    for path, body, wanted in (
        ("lines/1/verdict", {"verdict": "accepted"}, (422, "not_editable")),
        ("lines/3/verdict", {"verdict": "accepted"}, (404, "not_found")),
        ("lines/0/verdict", {"verdict": "accepted"}, (422, "invalid")),
        ("lines/x/verdict", {"verdict": "accepted"}, (422, "invalid")),
        ("lines/2/verdict", {"verdict": "perhaps"}, (422, "invalid")),
        ("lines/2/verdict", {"verdict": "denied"}, (422, "reason_required")),
        ("lines/2/verdict", {"verdict": "accepted", "version": 9}, (412, "stale_version")),
        (f"documents/{LOST}/verdict", {"verdict": "accepted"}, (404, "not_found")),
        (f"documents/{bill}/verdict", {"verdict": "denied", "reason": " "}, (422, "reason_required")),
        ("documents/bill/verdict", {"verdict": "accepted"}, (422, "invalid")),
        ("lines/2/points", {"points": 3}, (422, "not_editable")),
        ("lines/3/points", {"points": 3}, (404, "not_found")),
        ("lines/2/points", {"points": -1}, (422, "invalid")),
        ("lines/2/points", {"points": 10**10}, (422, "invalid")),
        ("lines/2/points", {}, (422, "invalid")),
        ("verdicts", {}, (422, "invalid")),
        ("verdicts", {"lines": [{"line": 2, "verdict": "denied"}]}, (422, "reason_required")),
        (
            "verdicts",
            {"lines": [{"line": 2, "verdict": "accepted"}, {"line": 3, "verdict": "accepted"}]},
            (404, "not_found"),
        ),
    ):
        assert refusal(await put(stack, keyuser, request_id, path, **body)) == wanted, (path, body)
    assert await version_of(stack, request_id) == 1, "all of it or nothing"
    together = await put(
        stack,
        keyuser,
        request_id,
        "verdicts",
        documents=[{"document_id": bill, "verdict": "denied", "reason": "torn"}],
        lines=[{"line": 2, "verdict": "accepted"}],
    )
    assert [one["verdict"] for one in together.json()["points"]["lines"]] == ["denied", "accepted"]
    assert together.json()["documents"][0]["reason"] == "torn"
    entry = (await history(stack, request_id))[-1]
    assert (entry["action"], entry["version"], entry["from_state"]) == ("judge", 2, "submitted")
    assert entry["changes"] == {
        f"lines/1/documents/invoice/{bill}/verdict": {"from": None, "to": "denied"},
        f"lines/1/documents/invoice/{bill}/reason": {"from": None, "to": "torn"},
        "lines/2/verdict": {"from": None, "to": "accepted"},
    }
    await put(stack, keyuser, request_id, "verdicts", lines=[{"line": 2, "verdict": "accepted"}])
    assert await version_of(stack, request_id) == 2, "nothing changed"


async def test_an_override_goes_when_its_line_is_denied(stack: Stack) -> None:
    bill = await invoice(stack)
    request_id = (await claimed(stack, [line(PUSHED, bill)]))["id"]
    await judged(stack, request_id, bill)
    await put(stack, KEYUSER, request_id, "lines/1/points", points=80)
    denied = await judged(stack, request_id, bill, "denied")
    assert (denied["points"]["lines"][0]["override"], denied["points"]["total"]) == (None, 0)
    back = await judged(stack, request_id, bill)
    assert back["points"]["total"] == 60


async def test_nothing_of_a_warranty_is_judged_and_nothing_that_is_decided(stack: Stack, country: NewCountry) -> None:
    who = participant(country)
    request_id = (await claimed(stack, [line(BARE, site="x")], who, **in_country(country)))["id"]
    await decided(stack, country.keyuser, request_id, "flag_wrong_data", comment="which site?")
    answer = await put(stack, country.keyuser, request_id, "lines/1/verdict", verdict="accepted")
    assert refusal(answer) == (409, "move_refused")
    assert answer.json()["state"] == "wrong_data"
    for trigger in ("accept", "deny", "amend", "process", "adjust"):
        body = {"comment": "why", "data": {}} if trigger == "amend" else {"comment": "why"}
        assert refusal(await pulled(stack, country.keyuser, request_id, trigger, **body)) == (409, "move_refused")


async def test_after_wrong_data_everything_may_change_but_campaign_and_coupon(
    stack: Stack, country: NewCountry
) -> None:
    who = participant(country)
    request_id = (await claimed(stack, [line(BARE, site="x")], who, **in_country(country)))["id"]
    await decided(stack, country.keyuser, request_id, "flag_wrong_data", comment="which site?")
    for data in ({"campaign": "AUTUMN"}, {"coupon": "x"}, {"country": "ES"}):
        assert refusal(await pulled(stack, who, request_id, "resubmit", data=data)) == (422, "not_editable")
    bad = await pulled(stack, who, request_id, "resubmit", data={"lines": [line("CU-2Z50TBE")]})
    assert pointers(bad) == ["/data/lines/0/product"]
    again = await decided(stack, who, request_id, "resubmit", data={"lines": [line(BARE, quantity=3, site="y")]})
    assert (again["state"], again["points"]["total"]) == ("submitted", 15)


async def test_a_keyuser_saves_lines_and_a_changed_line_is_judged_anew(stack: Stack, country: NewCountry) -> None:
    who, keyuser = participant(country), country.keyuser
    lines = [line(BARE, site="x"), line(BARE, site="y")]
    request_id = (await claimed(stack, lines, who, **in_country(country)))["id"]
    both = [{"line": n, "verdict": "accepted"} for n in (1, 2)]
    await put(stack, keyuser, request_id, "verdicts", lines=both)
    lines[1]["quantity"] = 2
    body = {"version": await version_of(stack, request_id), "data": {"lines": lines}}
    saved = await stack.client_of(keyuser).patch(f"{REQUESTS}/{request_id}", json=body)
    assert saved.status_code == 200, saved.text
    assert [one["verdict"] for one in saved.json()["points"]["lines"]] == ["accepted", None]
    assert saved.json()["points"]["total"] == 15
    body = {"version": await version_of(stack, request_id), "data": {"lines": lines[:1]}}
    saved = await stack.client_of(keyuser).patch(f"{REQUESTS}/{request_id}", json=body)
    assert len(saved.json()["points"]["lines"]) == 1


async def test_a_denied_claim_that_the_keyuser_corrects_comes_back_without_new_documents(
    stack: Stack, country: NewCountry
) -> None:
    who, keyuser = participant(country), country.keyuser
    request_id = (await claimed(stack, [line(BARE, site="x")], who, **in_country(country)))["id"]
    await put(stack, keyuser, request_id, "lines/1/verdict", verdict="denied", reason="another site")
    await decided(stack, keyuser, request_id, "process")
    assert refusal(await pulled(stack, who, request_id, "resubmit", documents=[])) == (422, "invalid")
    body = {"version": await version_of(stack, request_id), "data": {"lines": [line(BARE, site="y")]}}
    assert (await stack.client_of(keyuser).patch(f"{REQUESTS}/{request_id}", json=body)).status_code == 200
    again = await decided(stack, who, request_id, "resubmit", documents=[])
    assert (again["state"], again["points"]["lines"][0]["verdict"]) == ("submitted", None)


async def test_credited_lines_stay_and_what_answers_a_denial_is_new(stack: Stack) -> None:
    good, bad = await invoice(stack), await invoice(stack)
    request = await claimed(stack, [line(PLAIN, good), line(PLAIN, bad)])
    request_id = request["id"]
    await judged(stack, request_id, good)
    await judged(stack, request_id, bad, "denied")
    await decided(stack, KEYUSER, request_id, "process")

    def answered(n: int | None, document: str, requirement: str = "invoice") -> Json:
        return {**({} if n is None else {"line": n}), "requirement": requirement, "document_id": document}

    fresh = await invoice(stack)
    for documents, code in (
        ([], "document_still_denied"),
        ([answered(2, bad)], "document_still_denied"),
        ([answered(1, fresh)], "invalid"),
        ([answered(2, fresh), answered(1, fresh)], "invalid"),
        ([answered(None, fresh)], "invalid"),
        ([answered(2, LOST)], "invalid"),
        ([answered(2, fresh, "photo")], "invalid"),
        (["invoice"], "invalid"),
    ):
        answer = await pulled(stack, ANA, request_id, "resubmit", documents=documents)
        assert refusal(answer) == (422, code), documents
    other = await pulled(stack, ANA, request_id, "resubmit", documents=[answered(2, fresh)], data={"lines": []})
    assert refusal(other) == (422, "not_editable")
    await decided(stack, ANA, request_id, "resubmit", documents=[answered(2, good)])
    now = await seen(stack, request_id)
    assert [one["verdict"] for one in now["points"]["lines"]] == ["accepted", None], "accepted on another line only"
    judging = await judged(stack, request_id, good, "denied")
    assert [one["verdict"] for one in judging["points"]["lines"]] == ["accepted", "denied"]
    await decided(stack, KEYUSER, request_id, "flag_wrong_data", comment="which?")
    lines = now["data"]["lines"]
    changed = [{**lines[0], "quantity": 9}, lines[1]]
    answer = await pulled(stack, ANA, request_id, "resubmit", data={"lines": changed})
    assert refusal(answer) == (422, "not_editable")
    assert pointers(answer) == ["/data/lines/0"]
    body = {"version": await version_of(stack, request_id), "data": {"lines": changed}}
    saved = await stack.client_of(KEYUSER).patch(f"{REQUESTS}/{request_id}", json=body)
    assert (refusal(saved), pointers(saved)) == ((422, "not_editable"), ["/data/lines/0"])
    await decided(stack, ANA, request_id, "resubmit", data={"lines": [lines[0], line(PLAIN, fresh)]})


async def test_only_a_credited_line_is_adjusted(stack: Stack) -> None:
    good, bad = await invoice(stack), await invoice(stack)
    request_id = (await claimed(stack, [line(PLAIN, good), line(PLAIN, bad)]))["id"]
    await judged(stack, request_id, good)
    await judged(stack, request_id, bad, "denied")
    await decided(stack, KEYUSER, request_id, "process")
    for body, wanted in (
        ({"line": 2, "points": 3, "reason": "kind"}, (422, "not_editable")),
        ({"line": 9, "points": 3, "reason": "kind"}, (422, "not_editable")),
        ({"points": 3, "reason": "kind"}, (422, "invalid")),
        ({"line": 1, "reason": "kind"}, (422, "invalid")),
        ({"line": 1, "points": -3, "reason": "kind"}, (422, "invalid")),
        ({"line": 1, "points": 3, "reason": "kind", "documents": ["invoice"]}, (422, "invalid")),
    ):
        assert refusal(await pulled(stack, KEYUSER, request_id, "adjust", **body)) == wanted, body
    key = "adjusted once"
    before = (await statement(stack, ANA))["balance"]
    version = await version_of(stack, request_id)
    for _ in range(2):
        await decided(stack, KEYUSER, request_id, "adjust", line=1, points=100, reason="kind", key=key, version=version)
    assert (await statement(stack, ANA))["balance"] == before + 89


async def test_lists_are_narrowed_to_a_campaign(stack: Stack, country: NewCountry) -> None:
    request = await claimed(stack, [line(BARE, site="x")], participant(country), **in_country(country))
    client = stack.client_of(country.keyuser)
    found = (await client.get(REQUESTS, params={"campaign": "LOYAL"})).json()["items"]
    assert request["id"] in {one["id"] for one in found}
    assert {one["kind"] for one in found} == {"points"}
    assert found[0]["points"]["lines"]
    assert (await client.get(REQUESTS, params={"campaign": "SPRING"})).json()["items"] == []
    by_id = (await client.get(REQUESTS, params={"q": request["id"].lower()})).json()["items"]
    assert [one["id"] for one in by_id] == [request["id"]]
