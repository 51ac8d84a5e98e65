"""PROCESS: every move of a commissioning request, and every refusal of one (`domain.md` §2.1)."""

from typing import Any

import pytest

from tests.api.refusals import body as problem
from tests.api.refusals import pointers, refusal
from tests.stack.footprint import DECISION, footprint
from tests.stack.running import Stack
from tests.stack.walks import (
    REQUESTS,
    decided,
    documents,
    filed,
    history,
    new_serial,
    outdoor,
    pulled,
    seen,
    settled,
    uploaded,
)

Json = dict[str, Any]
KEYUSER, INSTALLER = "keyuser.es", "installer.abc"
COMMENTED = ("deny", "flag_wrong_data", "cancel")


async def in_state(stack: Stack, state: str) -> Json:
    """A request that has come to this state, with nothing under way."""
    request = await filed(stack)
    walks: dict[str, list[tuple[str, str]]] = {
        "submitted": [],
        "wrong_data": [(KEYUSER, "flag_wrong_data")],
        "denied": [(KEYUSER, "deny")],
        "processed": [(KEYUSER, "accept")],
        "cancelled": [(INSTALLER, "withdraw")],
    }
    for login, trigger in walks[state]:
        await decided(stack, login, request["id"], trigger, comment="as it is")
    return await settled(stack, request["id"], KEYUSER)


OFFERS = {
    "submitted": (["accept", "deny", "flag_wrong_data", "cancel"], ["withdraw"]),
    "wrong_data": (["cancel"], ["resubmit", "withdraw"]),
    "denied": (["cancel"], ["resubmit", "withdraw"]),
    "processed": (["cancel", "amend"], []),
    "cancelled": ([], []),
}
LABELS = {
    "submitted": "Check pending",
    "wrong_data": "Wrong data",
    "denied": "Denied",
    "processed": "Accepted",
    "cancelled": "Canceled",
}


@pytest.mark.parametrize("state", OFFERS)
async def test_each_state_offers_its_moves_to_each_side_and_refuses_the_others(stack: Stack, state: str) -> None:
    request = await in_state(stack, state)
    assert (request["state"], request["label"]) == (state, LABELS[state])
    for login, offered in zip((KEYUSER, INSTALLER), OFFERS[state], strict=True):
        assert sorted((await seen(stack, request["id"], login))["allowed_actions"]) == sorted(offered)
        own = {KEYUSER: ("accept", "deny", "flag_wrong_data", "cancel", "amend"), INSTALLER: ("resubmit", "withdraw")}
        before = await footprint(stack)
        for trigger in set(own[login]) - set(offered):
            answer = await pulled(stack, login, request["id"], trigger, version=request["version"], comment="now")
            assert refusal(answer) == (409, "move_refused"), trigger
            assert problem(answer)["state"] == state
            assert sorted(problem(answer)["allowed_actions"]) == sorted(offered)
        assert await footprint(stack) == before


@pytest.mark.parametrize("trigger", COMMENTED)
@pytest.mark.parametrize("comment", [None, "", "  \n "])
async def test_a_move_against_the_requester_needs_a_comment(stack: Stack, trigger: str, comment: str | None) -> None:
    request = await filed(stack)
    before = await footprint(stack)
    body = {} if comment is None else {"comment": comment}
    answer = await pulled(stack, KEYUSER, request["id"], trigger, version=1, **body)
    assert refusal(answer) == (422, "comment_required")
    assert pointers(answer) == ["/comment"]
    assert await footprint(stack) == before


async def test_an_amendment_needs_a_comment(stack: Stack) -> None:
    request = await in_state(stack, "processed")
    answer = await pulled(stack, KEYUSER, request["id"], "amend", data={"remarks": "x"})
    assert refusal(answer) == (422, "comment_required")


@pytest.mark.parametrize("trigger", ["accept", "deny", "cancel"])
async def test_a_stale_version_is_refused(stack: Stack, trigger: str) -> None:
    request = await filed(stack)
    client = stack.client_of(KEYUSER)
    await client.patch(f"{REQUESTS}/{request['id']}", json={"version": 1, "data": {"remarks": "changed"}})
    before = await footprint(stack)
    answer = await pulled(stack, KEYUSER, request["id"], trigger, version=1, comment="too late")
    assert refusal(answer) == (412, "stale_version")
    assert problem(answer)["version"] == 2
    assert await footprint(stack) == before


@pytest.mark.parametrize("trigger", ["finish", "expire", "cancel_by_end_user", "process", "adjust", "explode", "%00"])
async def test_what_is_no_move_of_this_kind_is_refused(stack: Stack, trigger: str) -> None:
    request = await filed(stack)
    before = await footprint(stack, but=DECISION)
    answer = await pulled(stack, KEYUSER, request["id"], trigger, version=1)
    assert refusal(answer) in {(404, "not_found"), (409, "move_refused")}
    assert await footprint(stack, but=DECISION) == before


async def test_a_denial_marks_the_named_documents(stack: Stack) -> None:
    request = await filed(stack)
    denied = await decided(stack, KEYUSER, request["id"], "deny", comment="illegible", documents=["invoice"])
    assert (denied["state"], denied["label"]) == ("denied", "Denied")
    assert {one["requirement"]: (one["verdict"], one["reason"]) for one in denied["documents"]} == {
        "commissioning-sheet": (None, None),
        "invoice": ("denied", "illegible"),
    }


@pytest.mark.parametrize("named", [["passport"], ["invoice", "passport"], [""], [5], "invoice", [{}]])
async def test_only_attached_documents_can_be_denied(stack: Stack, named: Any) -> None:
    request = await filed(stack)
    before = await footprint(stack)
    answer = await pulled(stack, KEYUSER, request["id"], "deny", version=1, comment="which?", documents=named)
    assert refusal(answer) == (422, "invalid")
    assert all(pointer.startswith("/documents") for pointer in pointers(answer))
    assert "constrained" not in "".join(pointers(answer))
    assert await footprint(stack) == before


async def denied_invoice(stack: Stack) -> Json:
    request = await filed(stack)
    return await decided(stack, KEYUSER, request["id"], "deny", comment="illegible", documents=["invoice"])


async def fresh(stack: Stack, requirement: str = "invoice", login: str = INSTALLER) -> Json:
    document = await uploaded(stack.client_of(login), f"better-{requirement}.pdf")
    return {"requirement": requirement, "document_id": document}


async def test_a_denial_is_answered_with_the_denied_documents(stack: Stack) -> None:
    request = await denied_invoice(stack)
    better = await fresh(stack)
    after = await decided(stack, INSTALLER, request["id"], "resubmit", documents=[better])
    assert (after["state"], after["version"]) == ("submitted", 3)
    assert {one["requirement"]: one["document_id"] for one in after["documents"]} == {
        "commissioning-sheet": request["data"]["documents"][0]["document_id"],
        "invoice": better["document_id"],
    }
    assert [one["verdict"] for one in after["documents"]] == [None, None]
    assert (await decided(stack, KEYUSER, request["id"], "accept"))["state"] in {"accepted", "processed"}


async def test_others_may_be_added_to_the_answer(stack: Stack) -> None:
    request = await denied_invoice(stack)
    more = [await fresh(stack), await fresh(stack, "commissioning-sheet")]
    after = await decided(stack, INSTALLER, request["id"], "resubmit", documents=more)
    assert sorted(one["requirement"] for one in after["documents"]) == [
        "commissioning-sheet",
        "commissioning-sheet",
        "invoice",
    ]


async def test_a_denied_document_that_is_not_replaced_is_still_denied(stack: Stack) -> None:
    request = await denied_invoice(stack)
    before = await footprint(stack)
    same = next(one for one in request["data"]["documents"] if one["requirement"] == "invoice")
    for documents_ in ([], [same], None):
        answer = await pulled(stack, INSTALLER, request["id"], "resubmit", version=2, documents=documents_)
        assert refusal(answer) == (422, "document_still_denied")
        assert problem(answer)["denied"] == ["invoice"]
    assert await footprint(stack) == before
    sheet = await fresh(stack, "commissioning-sheet")
    answer = await pulled(stack, INSTALLER, request["id"], "resubmit", version=2, documents=[sheet])
    assert refusal(answer) == (422, "document_still_denied")
    assert (await seen(stack, request["id"]))["state"] == "denied"


async def test_after_a_denial_nothing_but_documents_changes(stack: Stack) -> None:
    request = await denied_invoice(stack)
    better = await fresh(stack)
    before = await footprint(stack)
    answer = await pulled(
        stack, INSTALLER, request["id"], "resubmit", version=2, documents=[better], data={"remarks": "and this"}
    )
    assert refusal(answer) == (422, "not_editable")
    assert pointers(answer) == ["/data/remarks"]
    assert await footprint(stack) == before


async def test_a_denial_without_documents_is_answered_by_adding_some_or_none(stack: Stack) -> None:
    request = await filed(stack)
    await decided(stack, KEYUSER, request["id"], "deny", comment="add a photo, please")
    after = await decided(stack, INSTALLER, request["id"], "resubmit", documents=[await fresh(stack)])
    assert (after["state"], len(after["documents"])) == ("submitted", 3)


async def test_the_answer_may_not_bring_somebody_elses_document(stack: Stack) -> None:
    request = await denied_invoice(stack)
    theirs = await fresh(stack, login="installer.ac1")
    answer = await pulled(stack, INSTALLER, request["id"], "resubmit", version=2, documents=[theirs])
    assert refusal(answer) == (422, "invalid")
    assert pointers(answer) == ["/documents/0/document_id"]


@pytest.mark.parametrize("wrong", [["invoice"], [{"requirement": "invoice"}], [{}], [None]])
async def test_the_answer_names_requirement_and_document(stack: Stack, wrong: Any) -> None:
    request = await denied_invoice(stack)
    answer = await pulled(stack, INSTALLER, request["id"], "resubmit", version=2, documents=wrong)
    assert refusal(answer) == (422, "invalid")
    assert all(pointer.startswith("/documents/0") for pointer in pointers(answer))
    assert "Body" not in "".join(pointers(answer))


async def test_wrong_data_is_answered_by_changing_anything(stack: Stack) -> None:
    request = await in_state(stack, "wrong_data")
    serial = new_serial()
    change = {"wholesaler": "GHI", "end_user": {"city": "Getafe"}, "units": outdoor(serial), "remarks": "corrected"}
    after = await decided(stack, INSTALLER, request["id"], "resubmit", data=change)
    assert (after["state"], after["data"]["wholesaler"], after["data"]["end_user"]["city"]) == (
        "submitted",
        "GHI",
        "Getafe",
    )
    assert after["data"]["end_user"]["name"] == "Lucía Pérez"
    assert after["data"]["units"] == outdoor(serial)
    changes = (await history(stack, request["id"]))[-1]["changes"]
    assert changes["wholesaler"] == {"from": "DEF", "to": "GHI"}


RULES: list[tuple[Json, tuple[int, str]]] = [
    ({"wholesaler": "JKL"}, (422, "wholesaler_not_configured")),
    ({"documents": []}, (422, "document_missing")),
    ({"units": []}, (422, "invalid")),
    ({"commissioned_on": "2999-01-01"}, (422, "invalid")),
    ({"country": "PT"}, (422, "not_editable")),
    ({"colour": "red"}, (422, "invalid")),
]


@pytest.mark.parametrize(("data", "expected"), RULES, ids=[str(data) for data, _ in RULES])
async def test_a_corrected_request_is_held_to_every_rule(stack: Stack, data: Json, expected: tuple[int, str]) -> None:
    request = await in_state(stack, "wrong_data")
    before = await footprint(stack)
    answer = await pulled(stack, INSTALLER, request["id"], "resubmit", data=data)
    assert refusal(answer) == expected
    assert all(pointer.startswith("/data/") for pointer in pointers(answer))
    assert await footprint(stack) == before


async def test_a_corrected_request_may_not_take_a_held_serial(stack: Stack) -> None:
    holder, request = await filed(stack), await in_state(stack, "wrong_data")
    before = await footprint(stack, but=DECISION)
    units = outdoor(holder["data"]["units"][0]["serial"])
    answer = await pulled(stack, INSTALLER, request["id"], "resubmit", data={"units": units})
    assert refusal(answer) == (409, "duplicate_serial")
    assert await footprint(stack, but=DECISION) == before
    assert (await seen(stack, request["id"]))["state"] == "wrong_data"


@pytest.mark.parametrize("state", ["submitted", "wrong_data", "denied"])
async def test_the_requester_may_withdraw(stack: Stack, state: str) -> None:
    request = await in_state(stack, state)
    after = await decided(stack, INSTALLER, request["id"], "withdraw")
    assert (after["state"], after["label"], after["cancelled_by"]) == ("cancelled", "Canceled", "requester")
    assert after["allowed_actions"] == []


@pytest.mark.parametrize("state", ["submitted", "wrong_data", "denied", "processed"])
async def test_the_keyuser_may_cancel_at_any_time(stack: Stack, state: str) -> None:
    request = await in_state(stack, state)
    after = await decided(stack, KEYUSER, request["id"], "cancel", comment="returned")
    assert (after["state"], after["cancelled_by"]) == ("cancelled", "keyuser")
    assert (await history(stack, request["id"]))[-1]["comment"] == "returned"


async def test_a_cancelled_requests_number_stays_spent(stack: Stack) -> None:
    request = await in_state(stack, "processed")
    number = request["cards"][0]["number"]
    await decided(stack, KEYUSER, request["id"], "cancel", comment="returned")
    after = await settled(stack, request["id"], KEYUSER)
    assert after["cards"][0]["number"] == number
    units = request["data"]["units"]
    again = await filed(stack, units=units, documents=await documents(stack, INSTALLER))
    await decided(stack, KEYUSER, again["id"], "accept")
    assert (await settled(stack, again["id"]))["cards"][0]["number"] != number


AMENDMENTS = ["country", "wholesaler", "line_up", "sales_method"]


@pytest.mark.parametrize("name", AMENDMENTS)
async def test_an_amendment_does_not_change_what_the_warranty_rests_on(stack: Stack, name: str) -> None:
    request = await in_state(stack, "processed")
    before = await footprint(stack)
    answer = await pulled(stack, KEYUSER, request["id"], "amend", comment="x", data={name: "other"})
    assert refusal(answer) == (422, "not_editable")
    assert pointers(answer) == [f"/data/{name}"]
    assert await footprint(stack) == before
