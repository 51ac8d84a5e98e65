"""SIGKILL at each named point. One kill follows the other while what the ones before struck is still mending."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client as Temporal

from tests.crash import points
from tests.crash.account import account, reconciled, settled
from tests.crash.client import INSTALLER, Client, act, new_key
from tests.crash.desk import CrashDesk, wait_until

pytestmark = pytest.mark.enable_socket

# Of a request that is filed, and of one whose id nobody knows before it is filed.
DECIDED = (points.CARD_STORED, points.AFTER_BOOKING, points.AFTER_FINISH, points.MAIL_TAKEN, points.BEFORE_UPDATE)
SUBMITTED = (points.AFTER_RECORD, points.BEFORE_RECORD, points.BEFORE_START)

# The email last of all that the worker does: its second attempt must not be struck by the next kill.
ORDER = (*SUBMITTED[:2], *DECIDED, SUBMITTED[2])
ANY = ""


@dataclass(frozen=True)
class Fallen:
    """What became of the request that each point was armed for, and how many emails had come twice before."""

    requests: dict[str, str]
    repeated_before: int


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fallen(desk: CrashDesk, client: Client) -> Fallen:
    """Kill at every point, and wait until all that was interrupted has been done."""
    repeated = (await account(desk.home)).repeated
    requests = {point: (await client.file())["id"] for point in DECIDED}
    under_way = []
    for point in ORDER:
        requests.setdefault(point, desk.next_request())
        work = submitted(client, requests[point]) if point in SUBMITTED else decided(client, requests[point], point)
        under_way.append(await struck(desk, point, requests[point], work))
    await asyncio.gather(*under_way)
    for point in DECIDED:
        await client.reach(requests[point], "processed")
    await settled(desk.home)
    return Fallen(requests, repeated)


async def struck(desk: CrashDesk, point: str, request_id: str, work: Awaitable[None]) -> asyncio.Future[None]:
    """Let somebody die at the point, wait until the part lives again; the work that goes on meanwhile."""
    part = "api" if point in points.OF_API else "worker"
    before = desk.run["pids"][part]
    desk.arm(point, ANY if point == points.CARD_STORED else request_id)  # the store knows no requests
    going_on = asyncio.ensure_future(work)
    await asyncio.to_thread(wait_until, lambda: not desk.is_armed(point), f"nobody came by: {point}")
    await asyncio.to_thread(wait_until, lambda: desk.run["pids"][part] != before, f"the {part} stays dead")
    return going_on


async def decided(client: Client, request_id: str, point: str) -> None:
    """Accept. One caller never asks again, so that nothing but the history brings the workflow up to its row."""
    if point == points.AFTER_BOOKING:
        login, body = await client.order(request_id, "accept")
        await client.once(login, "POST", act(request_id, "accept"), json=body, key=new_key(), timeout=1)
    else:
        await client.decide(request_id, "accept")


async def submitted(client: Client, request_id: str) -> None:
    """Submit, and submit again with the same key: one request."""
    key, body = new_key(), await client.body()
    assert (await client.filed(key, body))["id"] == request_id
    again = await client.patiently(INSTALLER, "POST", "/requests/commissioning", json=body, key=key)
    assert (again.status_code, again.json()["id"]) == (200, request_id)


@pytest.mark.parametrize("point", points.OF_WORKER)
async def test_the_worker_died_there_and_the_step_was_taken_again(desk: CrashDesk, fallen: Fallen, point: str) -> None:
    temporal = await Temporal.connect(desk.run["temporal"])
    history = await temporal.get_workflow_handle(fallen.requests[point]).fetch_history()
    interrupted = [
        event
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT
        or event.activity_task_started_event_attributes.attempt > 1
    ]
    assert interrupted


@pytest.mark.parametrize("point", DECIDED)
async def test_a_decision_struck_there_is_booked_once(client: Client, fallen: Fallen, point: str) -> None:
    request_id = fallen.requests[point]
    journal = (await client.patiently("ops", "GET", f"/requests/{request_id}/history")).json()["items"]
    assert [entry["action"] for entry in journal] == ["submit", "accept", "finish"]
    request = await client.see(request_id)
    assert [(card["version"], card["status"]) for card in request["cards"]] == [(1, "valid")]
    assert [(email["event"], email["status"]) for email in request["emails"]] == [
        ("submitted", "sent"),
        ("processed", "sent"),
    ]


@pytest.mark.parametrize("point", SUBMITTED)
async def test_a_submission_struck_there_is_recorded_once(client: Client, fallen: Fallen, point: str) -> None:
    request = await client.see(fallen.requests[point])
    assert (request["state"], request["version"]) == ("submitted", 1)
    assert [(email["event"], email["status"]) for email in request["emails"]] == [("submitted", "sent")]


async def test_the_email_whose_reply_was_lost_came_twice(desk: CrashDesk, fallen: Fallen) -> None:
    copies = [
        file
        for file in (desk.home / "mail").glob("*.eml")
        if f"Message-ID: <{fallen.requests[points.MAIL_TAKEN]}.v3.processed.requester@keydesk>" in file.read_text()
    ]
    assert len(copies) == 2
    assert (await account(desk.home)).repeated - fallen.repeated_before in range(1, len(points.OF_WORKER) + 1)


async def test_the_account_is_empty_afterwards(desk: CrashDesk, client: Client, fallen: Fallen) -> None:
    assert fallen.requests
    assert (await account(desk.home)).sentences == []
    assert reconciled(desk.home) == "0 differences between database and Temporal\n"
    assert client.wrong == []
