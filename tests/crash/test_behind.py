"""A decision that reaches a workflow whose row is ahead of it: the move was committed, its task was lost in a crash."""

import asyncio

import pytest

from tests.crash import points
from tests.crash.account import settled
from tests.crash.client import KEYUSER, Client, act, new_key
from tests.crash.desk import CrashDesk, wait_until

pytestmark = pytest.mark.enable_socket


async def test_a_cancellation_waits_until_the_workflow_hears_that_the_request_is_processed(
    desk: CrashDesk, client: Client
) -> None:
    request_id = (await client.file())["id"]
    desk.arm(points.AFTER_FINISH, request_id)
    await client.decide(request_id, "accept")
    await asyncio.to_thread(wait_until, lambda: not desk.is_armed(points.AFTER_FINISH), "nobody came by")
    assert (await client.see(request_id))["state"] == "processed"
    login, order = await client.order(request_id, "cancel")
    assert login == KEYUSER
    answer = await client.patiently(login, "POST", act(request_id, "cancel"), json=order, key=new_key())
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled"), answer.text
    assert (await settled(desk.home)).sentences == []
