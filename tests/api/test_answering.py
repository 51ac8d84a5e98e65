"""How a requester answers: new documents after a denial, anything after wrong data (`domain.md` §2.1)."""

from typing import Any

import pytest

from tests.api.refusals import body as problem
from tests.api.refusals import pointers, refusal
from tests.stack.footprint import DECISION, footprint
from tests.stack.running import Stack
from tests.stack.walks import decided, filed, history, new_serial, outdoor, pulled, seen, settled, uploaded

Json = dict[str, Any]
KEYUSER, INSTALLER = "keyuser.es", "installer.abc"


async def flagged(stack: Stack) -> Json:
    """A request with wrong data."""
    request = await filed(stack)
    await decided(stack, KEYUSER, request["id"], "flag_wrong_data", comment="look again")
    return await settled(stack, request["id"], KEYUSER)


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
    request = await flagged(stack)
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
    request = await flagged(stack)
    before = await footprint(stack)
    answer = await pulled(stack, INSTALLER, request["id"], "resubmit", data=data)
    assert refusal(answer) == expected
    assert all(pointer.startswith("/data/") for pointer in pointers(answer))
    assert await footprint(stack) == before


async def test_a_corrected_request_may_not_take_a_held_serial(stack: Stack) -> None:
    holder, request = await filed(stack), await flagged(stack)
    before = await footprint(stack, but=DECISION)
    units = outdoor(holder["data"]["units"][0]["serial"])
    answer = await pulled(stack, INSTALLER, request["id"], "resubmit", data={"units": units})
    assert refusal(answer) == (409, "duplicate_serial")
    assert await footprint(stack, but=DECISION) == before
    assert (await seen(stack, request["id"]))["state"] == "wrong_data"
