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
    pulled,
    seen,
    settled,
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
