"""The journal: who did what, when, from where to where, and what changed (`domain.md` §2)."""

from datetime import datetime
from itertools import pairwise

from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, decided, filed, history, seen, settled, uploaded


async def test_the_journal_tells_the_whole_story(stack: Stack) -> None:
    request = await filed(stack)
    request_id = request["id"]
    client = stack.client_of("keyuser.es")
    await client.patch(f"{REQUESTS}/{request_id}", json={"version": 1, "data": {"remarks": "checked"}})
    await decided(stack, "keyuser.es", request_id, "flag_wrong_data", comment="which city?")
    await decided(
        stack, "installer.abc", request_id, "resubmit", comment="this one", data={"end_user": {"city": "Toledo"}}
    )
    await decided(stack, "keyuser.es", request_id, "deny", comment="illegible", documents=["invoice"])
    better = await uploaded(stack.client_of("installer.abc"), "better.pdf")
    answer = [{"requirement": "invoice", "document_id": better}]
    await decided(stack, "installer.abc", request_id, "resubmit", documents=answer)
    await decided(stack, "keyuser.es", request_id, "accept")
    number = (await settled(stack, request_id))["cards"][0]["number"]
    await decided(
        stack, "keyuser.es", request_id, "amend", comment="typing error", data={"end_user": {"city": "Getafe"}}
    )
    await settled(stack, request_id)
    await decided(stack, "keyuser.es", request_id, "cancel", comment="returned")
    await settled(stack, request_id)

    entries = await history(stack, request_id)
    assert [(one["actor"], one["action"], one["from_state"], one["to_state"], one["comment"]) for one in entries] == [
        ("installer.abc", "submit", None, "submitted", ""),
        ("keyuser.es", "edit", "submitted", "submitted", ""),
        ("keyuser.es", "flag_wrong_data", "submitted", "wrong_data", "which city?"),
        ("installer.abc", "resubmit", "wrong_data", "submitted", "this one"),
        ("keyuser.es", "deny", "submitted", "denied", "illegible"),
        ("installer.abc", "resubmit", "denied", "submitted", ""),
        ("keyuser.es", "accept", "submitted", "accepted", ""),
        ("system", "finish", "accepted", "processed", ""),
        ("keyuser.es", "amend", "processed", "processed", "typing error"),
        ("keyuser.es", "cancel", "processed", "cancelled", "returned"),
    ]
    assert [one["version"] for one in entries] == list(range(1, 11))
    instants = [datetime.fromisoformat(one["at"]) for one in entries]
    assert all(earlier <= later for earlier, later in pairwise(instants))
    changes = [one["changes"] for one in entries]
    assert changes[1] == {"remarks": {"from": "", "to": "checked"}}
    assert changes[3] == {"end_user/city": {"from": "Madrid", "to": "Toledo"}}
    assert changes[4]["documents/invoice"] == {"from": None, "to": "denied"}
    assert "documents" in changes[5]
    assert changes[6] == {"policy": {"from": None, "to": "STD-1-5"}, "card_number": {"from": None, "to": number}}
    assert changes[8] == {"end_user/city": {"from": "Toledo", "to": "Getafe"}}
    assert (await seen(stack, request_id))["version"] == 10


async def test_both_sides_read_the_same_journal(stack: Stack) -> None:
    request = await filed(stack)
    await decided(stack, "keyuser.es", request["id"], "deny", comment="illegible", documents=["invoice"])
    assert await history(stack, request["id"], "installer.abc") == await history(stack, request["id"], "keyuser.es")
