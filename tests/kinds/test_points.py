"""A points request, from the form to the balance (`domain.md` §2.4)."""

from datetime import date

from tests.api.refusals import refusal
from tests.kinds.claims import (
    ANA,
    KEYUSER,
    PLAIN,
    PUSHED,
    claimed,
    credits_of,
    invoice,
    judged,
    line,
    put,
    statement,
)
from tests.stack.outbox import emails_about
from tests.stack.running import Stack
from tests.stack.walks import decided, history, pulled, seen, settled


async def test_from_the_form_to_the_balance(stack: Stack) -> None:
    bill = await invoice(stack)
    before = (await statement(stack, ANA))["balance"]
    request = await claimed(stack, [line(PLAIN, bill), line(PUSHED, bill, quantity=2)])
    assert request["id"].startswith("ES-PTS-")
    assert (request["kind"], request["state"], request["label"]) == ("points", "submitted", "Check pending")
    assert request["allowed_actions"] == ["withdraw"]
    assert [one["document_id"] for one in request["documents"]] == [bill], "one document serves both lines"
    assert request["points"]["push"] is True
    assert request["points"]["total"] == 11 + 120
    plain, pushed = request["points"]["lines"]
    assert (plain["default_points"], plain["multiplier"], plain["push"], plain["points"]) == (11, 1, None, 11)
    assert (pushed["default_points"], pushed["multiplier"], pushed["points"]) == (20, 3, 120)
    assert date.fromisoformat(pushed["push"]["first_day"]) <= date.fromisoformat(request["submitted_at"][:10])

    await judged(stack, request["id"], bill)
    overridden = (await put(stack, KEYUSER, request["id"], "lines/1/points", points=80)).json()["points"]
    assert [(one["override"], one["points"]) for one in overridden["lines"]] == [(80, 80), (None, 120)]
    await decided(stack, KEYUSER, request["id"], "process", comment="gracias")
    done = await settled(stack, request["id"], ANA)
    assert (done["state"], done["label"], done["turn"]) == ("processed", "Accepted", None)
    assert [one["credited"] for one in done["points"]["lines"]] == [True, True]
    assert done["cards"] == []
    assert done["assignment"] is None
    assert await credits_of(stack, ANA, request["id"]) == [(1, "grant", 80), (2, "grant", 120)]
    assert (await statement(stack, ANA))["balance"] == before + 200
    submitted, processed = emails_about(stack, request["id"])
    assert "200" in processed.text
    assert "gracias" in processed.text
    assert {submitted.envelope_to, processed.envelope_to} == {"participant.ana@keydesk.example"}


async def test_an_override_is_not_multiplied(stack: Stack) -> None:
    bill = await invoice(stack)
    request = await claimed(stack, [line(PUSHED, bill, quantity=2)])
    await judged(stack, request["id"], bill)
    answer = await put(stack, KEYUSER, request["id"], "lines/1/points", points=80)
    assert answer.json()["points"]["total"] == 80
    back = await put(stack, KEYUSER, request["id"], "lines/1/points", points=None)
    assert back.json()["points"]["total"] == 120


async def test_process_waits_for_every_verdict_and_says_which(stack: Stack) -> None:
    first, second = await invoice(stack), await invoice(stack)
    request = await claimed(stack, [line(PLAIN, first), line(PUSHED, first, second)])
    await judged(stack, request["id"], first)
    answer = await pulled(stack, KEYUSER, request["id"], "process")
    assert refusal(answer) == (409, "undecided")
    assert answer.json()["undecided"] == [{"line": 2, "requirement": "invoice", "document_id": second}]
    assert (await seen(stack, request["id"]))["state"] == "submitted"


async def test_one_of_three_lines_is_denied_and_answered(stack: Stack) -> None:
    bills = [await invoice(stack) for _ in range(3)]
    request = await claimed(stack, [line(PLAIN, one) for one in bills])
    for one, verdict in zip(bills, ("accepted", "denied", "accepted"), strict=True):
        await judged(stack, request["id"], one, verdict)
    partly = await decided(stack, KEYUSER, request["id"], "process")
    assert (partly["state"], partly["label"], partly["turn"]) == (
        "partially_accepted",
        "Partially accepted",
        "requester",
    )
    assert [one["credited"] for one in partly["points"]["lines"]] == [True, False, True]
    assert await credits_of(stack, ANA, request["id"]) == [(1, "grant", 11), (3, "grant", 11)]
    assert partly["due_at"] is None, "what is credited does not expire"
    [mail] = [one for one in emails_about(stack, (await settled(stack, request["id"]))["id"]) if "22" in one.text]
    assert "invoice (2)" in mail.text
    assert "unreadable" in mail.text

    fresh = await invoice(stack)
    again = await decided(
        stack,
        ANA,
        request["id"],
        "resubmit",
        documents=[{"line": 2, "requirement": "invoice", "document_id": fresh}],
    )
    assert (again["state"], again["allowed_actions"]) == ("submitted", []), "no withdrawal after a credit"
    assert [one["verdict"] for one in again["points"]["lines"]] == ["accepted", None, "accepted"]
    assert refusal(await pulled(stack, ANA, request["id"], "withdraw")) == (409, "move_refused")
    await judged(stack, request["id"], fresh)
    await decided(stack, KEYUSER, request["id"], "process")
    done = await settled(stack, request["id"])
    assert done["state"] == "processed"
    granted = [(1, "grant", 11), (3, "grant", 11), (2, "grant", 11)]
    assert await credits_of(stack, ANA, request["id"]) == granted

    before = (await statement(stack, ANA))["balance"]
    cancelled = await decided(stack, KEYUSER, request["id"], "cancel", comment="a return")
    assert [one["credited"] for one in cancelled["points"]["lines"]] == [False, False, False]
    assert (cancelled["points"]["total"], {one["points"] for one in cancelled["points"]["lines"]}) == (0, {0})
    entries = await credits_of(stack, ANA, request["id"])
    assert entries == [*granted, (1, "cancel", -11), (2, "cancel", -11), (3, "cancel", -11)]
    assert (await statement(stack, ANA))["balance"] == before - 33
    booked = [one["changes"] for one in await history(stack, request["id"]) if one["action"] == "process"]
    assert booked[1] == {"lines/2/booked": {"from": 0, "to": 11}}


async def test_all_denied_is_denied_and_can_be_withdrawn(stack: Stack) -> None:
    bill = await invoice(stack)
    request = await claimed(stack, [line(PLAIN, bill)])
    await judged(stack, request["id"], bill, "denied")
    denied = await decided(stack, KEYUSER, request["id"], "process")
    assert (denied["state"], denied["points"]["total"]) == ("denied", 0)
    assert (await seen(stack, request["id"], ANA))["allowed_actions"] == ["resubmit", "withdraw"]
    gone = await decided(stack, ANA, request["id"], "withdraw")
    assert (gone["state"], gone["label"]) == ("cancelled", "Canceled")
    assert await credits_of(stack, ANA, request["id"]) == []


async def test_an_adjustment_books_the_difference_and_a_balance_may_become_negative(stack: Stack) -> None:
    bill = await invoice(stack)
    request = await claimed(stack, [line(PLAIN, bill)])
    await judged(stack, request["id"], bill)
    await decided(stack, KEYUSER, request["id"], "process")
    version = (await settled(stack, request["id"]))["version"]
    assert refusal(await pulled(stack, KEYUSER, request["id"], "adjust", line=1, points=4)) == (422, "reason_required")
    done = await decided(stack, KEYUSER, request["id"], "adjust", line=1, points=4, reason="half was returned")
    assert (done["state"], done["version"]) == ("processed", version + 1)
    assert (done["points"]["total"], done["points"]["lines"][0]["override"]) == (4, 4)
    assert await credits_of(stack, ANA, request["id"]) == [(1, "grant", 11), (1, f"adjust:{version + 1}", -7)]
    assert (await history(stack, request["id"]))[-1]["comment"] == "half was returned"
    adjusted = emails_about(stack, (await settled(stack, request["id"]))["id"])[-1]
    assert "half was returned" in adjusted.text
