"""What a keyuser may judge, adjust and save, and what a participant may send again (`domain.md` §2.4)."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.api.refusals import pointers, refusal
from tests.kinds.claims import (
    ANA,
    BARE,
    KEYUSER,
    PLAIN,
    PUSHED,
    claimed,
    credits_of,
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
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, decided, history, pulled, seen, settled, version_of

LOST = "0d5f3a52-5d0e-4b5c-9d43-3f2f3f6d1a10"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> AsyncIterator[NewCountry]:
    """A country with a campaign of its own."""
    yield await loyal_country(stack)


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


async def test_a_line_that_was_denied_without_a_document_is_changed_and_judged_anew(
    stack: Stack, country: NewCountry
) -> None:
    who, keyuser = participant(country), country.keyuser
    mine = [line(BARE, site="x"), line(BARE, site="y"), line(BARE, site="z")]
    request_id = (await claimed(stack, mine, who, **in_country(country)))["id"]
    verdicts = [{"line": n, "verdict": "denied" if n > 1 else "accepted", "reason": "which?"} for n in (1, 2, 3)]
    await put(stack, keyuser, request_id, "verdicts", lines=verdicts)
    await decided(stack, keyuser, request_id, "process")
    other = {**line(BARE, site="roof"), "quantity": 4}
    for lines, refused in (
        (mine, (422, "invalid")),
        ([other, *mine[1:]], (422, "not_editable")),
        (mine[:2], (422, "not_editable")),
        ([*mine, other], (422, "not_editable")),
    ):
        answer = await pulled(stack, who, request_id, "resubmit", data={"lines": lines})
        assert refusal(answer) == refused, lines
    for bad, pointer in (
        (line(BARE), "/data/lines/1/info/site"),
        (line("CU-2Z50TBE"), "/data/lines/1/product"),
        (line(PLAIN), "/data/lines/1/documents"),
    ):
        answer = await pulled(stack, who, request_id, "resubmit", data={"lines": [mine[0], bad, mine[2]]})
        assert pointers(answer) == [pointer]
    again = await decided(stack, who, request_id, "resubmit", data={"lines": [mine[0], other, mine[2]]})
    assert [one["verdict"] for one in again["points"]["lines"]] == ["accepted", None, "denied"]
    assert [one["quantity"] for one in again["points"]["lines"]] == [1, 4, 1]
    await put(stack, keyuser, request_id, "lines/2/verdict", verdict="accepted")
    done = await decided(stack, keyuser, request_id, "process")
    assert (done["state"], done["points"]["total"]) == ("partially_accepted", 25)
    assert await credits_of(stack, who, request_id) == [(1, "grant", 5), (2, "grant", 20)]
    bill = await invoice(stack, who)
    proven = line(PLAIN, bill)
    last = await decided(stack, who, request_id, "resubmit", data={"lines": [mine[0], other, proven]})
    assert [one["verdict"] for one in last["points"]["lines"]] == ["accepted", "accepted", None]
    await judged(stack, request_id, bill, keyuser=keyuser)
    await decided(stack, keyuser, request_id, "process")
    assert (await settled(stack, request_id, keyuser))["points"]["total"] == 36


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
