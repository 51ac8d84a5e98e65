"""Decisions, emails and retries that come by signal, as ops type them; whatever comes, the workflow stays healthy."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from store import emails
from tests.stack.outbox import emails_about
from tests.stack.running import Stack
from tests.stack.walks import decided, eventually, filed, history, seen, settled
from tests.workflows.walks import ended, query_state, signalled, workflow_of

KEYUSER = "keyuser.es"
PROMPT = timedelta(seconds=5)


async def state_of(stack: Stack, request_id: str) -> str:
    state: str = (await seen(stack, request_id))["state"]
    return state


async def healthy(stack: Stack, request_id: str) -> None:
    """The workflow answers and the next decision is booked: nothing of a bad signal is left behind."""
    assert await query_state(stack, request_id) == await state_of(stack, request_id)
    await decided(stack, KEYUSER, request_id, "cancel", comment="Enough.")
    await settled(stack, request_id)


async def passable(stack: Stack, request_id: str, what: str) -> None:
    """A decision gets through to the booking: nothing holds the door. Nobody wrote down this one."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await workflow_of(stack, request_id).execute_update(
            "decide", {"key": what, "trigger": "cancel"}, rpc_timeout=PROMPT
        )
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "not_found", what


async def test_ops_decide_by_signal_in_the_name_of_a_keyuser(stack: Stack) -> None:
    request_id = (await filed(stack))["id"]
    decision = {"trigger": "flag_wrong_data", "login": KEYUSER, "comment": "By hand.", "version": 1, "key": "by-hand"}
    await signalled(stack, request_id, "decide", decision)
    await eventually(lambda: journal_of(stack, request_id, 2), "the signalled decision is not booked")
    last = (await history(stack, request_id))[-1]
    assert (last["actor"], last["action"], last["comment"]) == (KEYUSER, "flag_wrong_data", "By hand.")
    await signalled(stack, request_id, "decide", decision)
    await healthy(stack, request_id)
    assert len(await history(stack, request_id)) == 3, "the same key decides once"


async def journal_of(stack: Stack, request_id: str, length: int) -> bool:
    return len(await history(stack, request_id)) == length


BAD: dict[str, list[Any]] = {
    "not on offer": [{"trigger": "accept", "login": KEYUSER}],
    "of another side": [{"trigger": "cancel", "login": "installer.abc", "comment": "C."}],
    "of another country": [{"trigger": "cancel", "login": "keyuser.pt", "comment": "C."}],
    "of an endless name": [{"trigger": "cancel", "login": "k" * 256, "comment": "C."}],
    "stale": [{"trigger": "cancel", "login": KEYUSER, "comment": "C.", "version": 1}],
    "of no version that can be": [{"trigger": "cancel", "login": KEYUSER, "comment": "C.", "version": 2**40}],
    "of no version at all": [{"trigger": "cancel", "login": KEYUSER, "comment": "C.", "version": "newest"}],
    "without a comment": [{"trigger": "cancel", "login": KEYUSER, "comment": " "}],
    "with what is no text": [{"trigger": "cancel", "login": KEYUSER, "comment": "\x00"}],
    "with an endless key": [{"trigger": "cancel", "login": KEYUSER, "comment": "C.", "key": "k" * 256}],
    "without its data": [{"trigger": "resubmit", "login": "installer.abc"}],
    "of the system": [{"trigger": "expire", "login": KEYUSER}],
    "unknown": [{"trigger": "fly", "login": KEYUSER}],
    "without a trigger": [{"login": KEYUSER}],
    "a list": [["cancel"]],
    "a word": ["cancel"],
    "a number": [17],
    "null": [None],
    "nothing": [],
    "two arguments": [{"trigger": "cancel", "login": KEYUSER, "comment": "C."}, 2],
}


async def test_a_bad_signal_changes_nothing(stack: Stack) -> None:
    request_id = (await filed(stack))["id"]
    await decided(stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong.")
    for what, arguments in BAD.items():
        await signalled(stack, request_id, "decide", *arguments)
        await passable(stack, request_id, what)
    await healthy(stack, request_id)
    assert [one["action"] for one in await history(stack, request_id)] == ["submit", "flag_wrong_data", "cancel"]


@pytest.mark.parametrize("login", ["nobody.at.all", ""])
async def test_the_signal_of_an_unknown_account_changes_nothing(stack: Stack, login: str) -> None:
    request_id = (await filed(stack))["id"]
    await signalled(stack, request_id, "decide", {"trigger": "cancel", "login": login, "comment": "C."})
    await passable(stack, request_id, login)
    await healthy(stack, request_id)
    assert [one["action"] for one in await history(stack, request_id)] == ["submit", "cancel"]


async def test_a_signal_that_comes_too_late_finds_nobody(stack: Stack) -> None:
    """Signals do not reopen: the server refuses one for a workflow that has ended, and nothing changes."""
    request_id = (await filed(stack))["id"]
    await decided(stack, KEYUSER, request_id, "cancel", comment="Enough.")
    await settled(stack, request_id)
    await ended(stack, request_id)
    with pytest.raises(RPCError) as refused:
        await signalled(stack, request_id, "decide", {"trigger": "cancel", "login": KEYUSER, "comment": "C."})
    assert refused.value.status is RPCStatusCode.NOT_FOUND
    assert len(await history(stack, request_id)) == 2


UPDATES: dict[str, list[Any]] = {
    "nothing": [],
    "null": [None],
    "a number": [17],
    "an unknown trigger": [{"key": "k", "trigger": "fly"}],
    "what is no key": [{"key": "\x00", "trigger": "cancel"}],
    "an endless key": [{"key": "k" * 256, "trigger": "cancel"}],
    "two arguments": [{"key": "k", "trigger": "cancel"}, 2],
    "a key that nobody wrote down": [{"key": "k", "trigger": "cancel"}],
    "a move that is not on offer": [{"key": "k", "trigger": "amend"}],
}


async def test_a_bad_update_is_refused(stack: Stack) -> None:
    request_id = (await filed(stack))["id"]
    for what, arguments in UPDATES.items():
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await workflow_of(stack, request_id).execute_update("decide", args=arguments, rpc_timeout=PROMPT)
        assert isinstance(refused.value.cause, ApplicationError), what
    await healthy(stack, request_id)


async def test_a_bad_delivery_changes_nothing(stack: Stack) -> None:
    request_id = (await filed(stack))["id"]
    bad: list[list[Any]] = [[], [None], [[]], ["x"], [[None]], [[2**70]], [{"emails": [1]}], [[1], 2]]
    for arguments in bad:
        await signalled(stack, request_id, "deliver", *arguments)
        await passable(stack, request_id, str(arguments))
    await healthy(stack, request_id)
    await ended(stack, request_id)


async def test_signals_that_need_no_argument_take_any(stack: Stack) -> None:
    request_id = (await filed(stack))["id"]
    for name in ("catch_up", "retry_card"):
        for arguments in ([], [1], [1, {"two": 2}]):
            await signalled(stack, request_id, name, *arguments)
            await passable(stack, request_id, name)
    await healthy(stack, request_id)


async def test_an_email_that_is_delivered_twice_is_sent_once(stack: Stack) -> None:
    request_id = (await filed(stack))["id"]
    await settled(stack, request_id)
    async with stack.sessions() as session:
        queued = [one.id for one in await emails.emails_of(session, request_id)]
    await signalled(stack, request_id, "deliver", [*queued, *queued])
    await healthy(stack, request_id)
    subjects = [one.message_id for one in emails_about(stack, request_id)]
    assert subjects == [
        f"<{request_id}.v1.submitted.requester@keydesk>",
        f"<{request_id}.v2.cancelled.requester@keydesk>",
    ]
