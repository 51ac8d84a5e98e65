"""Decisions typed by ops on Temporal's command line: a signal to the workflow, which never raises."""

from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from domain.messages import SignalledDecision
from domain.states import Trigger
from tests.stack.footprint import DECISION, footprint, quiet
from tests.stack.running import Stack
from tests.stack.walks import eventually, filed, history, pulled, seen, settled


async def signal(stack: Stack, request_id: str, trigger: Trigger, login: str, **more: Any) -> None:
    handle = stack.temporal.get_workflow_handle(request_id)
    await handle.signal("decide", SignalledDecision(trigger, login, **more))


async def handled(stack: Stack, request_id: str) -> None:
    """Wait until the workflow is done with every signal so far: it answers queries, and nothing is under way."""
    handle = stack.temporal.get_workflow_handle(request_id)
    await handle.query("state")

    async def nothing_pending() -> bool:
        described = await handle.describe()
        raw = described.raw_description
        return not raw.pending_activities and not raw.HasField("pending_workflow_task")

    await eventually(nothing_pending, f"{request_id} does not come to rest")
    await quiet(stack)


async def test_a_signal_accepts(stack: Stack) -> None:
    request = await filed(stack)
    await signal(stack, request["id"], Trigger.ACCEPT, "keyuser.es", comment="by hand")

    async def moved() -> bool:
        return bool((await seen(stack, request["id"]))["state"] == "processed")

    await eventually(moved, "the signal did not arrive")
    after = await settled(stack, request["id"])
    assert [card["status"] for card in after["cards"]] == ["valid"]
    entry = (await history(stack, request["id"]))[1]
    assert (entry["actor"], entry["action"], entry["comment"]) == ("keyuser.es", "accept", "by hand")


@pytest.mark.parametrize(
    ("trigger", "login", "more"),
    [
        (Trigger.ACCEPT, "nobody", {}),
        (Trigger.ACCEPT, "keyuser.pt", {}),
        (Trigger.ACCEPT, "installer.abc", {}),
        (Trigger.ACCEPT, "ops", {}),
        (Trigger.WITHDRAW, "installer.ac1", {}),
        (Trigger.ACCEPT, "keyuser.es", {"version": 7}),
        (Trigger.RESUBMIT, "installer.abc", {}),
        (Trigger.AMEND, "keyuser.es", {"comment": "x"}),
    ],
    ids=lambda value: str(value),
)
async def test_a_signal_that_cannot_be_followed_changes_nothing(
    stack: Stack, trigger: Trigger, login: str, more: dict[str, Any]
) -> None:
    request = await filed(stack)
    before = await footprint(stack, but=DECISION)
    await signal(stack, request["id"], trigger, login, **more)
    await handled(stack, request["id"])
    assert await footprint(stack, but=DECISION) == before
    assert (await seen(stack, request["id"]))["version"] == 1
    answer = await pulled(stack, "keyuser.es", request["id"], "deny", comment="the workflow lives", version=1)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("trigger", [Trigger.DENY, Trigger.FLAG_WRONG_DATA, Trigger.CANCEL])
async def test_a_signal_against_the_requester_needs_a_comment_too(stack: Stack, trigger: Trigger) -> None:
    request = await filed(stack)
    await signal(stack, request["id"], trigger, "keyuser.es")
    await handled(stack, request["id"])
    assert (await seen(stack, request["id"]))["state"] == "submitted"


async def test_a_signal_cannot_resubmit_for_it_carries_no_data(stack: Stack) -> None:
    request = await filed(stack)
    await pulled(stack, "keyuser.es", request["id"], "flag_wrong_data", comment="which city?", version=1)
    await signal(stack, request["id"], Trigger.RESUBMIT, "installer.abc")
    await handled(stack, request["id"])
    answer = await pulled(stack, "installer.abc", request["id"], "resubmit", data={"remarks": "this"}, version=2)
    assert answer.status_code == 200, answer.text


async def test_a_signal_with_unprintable_text_changes_nothing(stack: Stack) -> None:
    request = await filed(stack)
    await signal(stack, request["id"], Trigger.DENY, "keyuser.es", comment="a\x00b")
    await handled(stack, request["id"])
    answer = await pulled(stack, "keyuser.es", request["id"], "deny", comment="the workflow lives", version=1)
    assert answer.status_code == 200, answer.text


async def test_a_signal_that_comes_too_late_changes_nothing(stack: Stack) -> None:
    request = await filed(stack)
    await pulled(stack, "keyuser.es", request["id"], "deny", comment="first", version=1)
    await signal(stack, request["id"], Trigger.ACCEPT, "keyuser.es")
    await handled(stack, request["id"])
    assert (await seen(stack, request["id"]))["state"] == "denied"
    described = await stack.temporal.get_workflow_handle(request["id"]).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING
