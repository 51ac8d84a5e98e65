"""A request about which much is said goes on in a new history: Temporal ends a run whose history is too long."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus
from temporalio.worker import Replayer

from activities.rendering.pool import CardPress
from tests.stack.running import Stack
from tests.stack.servers import temporal
from tests.stack.walks import decided, eventually, filed, seen, settled
from tests.workflows.timeline import desk_of
from tests.workflows.walks import details_of, ended, query_state, run_of, signalled, workflow_of
from workers import worker
from workers.sandbox import runner
from workflows.client import TASK_QUEUE, Desk
from workflows.encryption import converter
from workflows.registry import WORKFLOWS
from workflows.request import DUE_AT, STATE

KEYUSER = "keyuser.es"
LONG = 60  # events: after so many the server suggests a new run, instead of after 4,096
TALK = 20


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def short(stack: Stack) -> AsyncIterator[Stack]:
    """The desk on a Temporal server of its own, which soon finds a history long."""
    limit = f"limit.historyCount.suggestContinueAsNew={LONG}"
    async with temporal(dynamic_config=[limit]) as client, CardPress() as press:
        desk = desk_of(stack, client, replace(stack.parts, desk=Desk(client)))
        async with worker.serving(client, stack.settings, stack.sessions, press, task_queue=TASK_QUEUE):
            yield desk


async def test_a_long_history_ends_and_the_request_goes_on_where_it_stood(short: Stack) -> None:
    request_id = (await filed(short))["id"]
    first = await run_of(short, request_id)
    before = await workflow_of(short, request_id).describe()
    told = await details_of(short, request_id)
    for _ in range(TALK):
        await signalled(short, request_id, "deliver", [])
    await eventually(lambda: another_run(short, request_id, first), "the run does not end")
    after = await workflow_of(short, request_id).describe()
    assert after.status is WorkflowExecutionStatus.RUNNING
    assert await query_state(short, request_id) == "submitted"
    assert lasting(await details_of(short, request_id)) == lasting(told)
    for attribute in (STATE, DUE_AT):
        assert after.typed_search_attributes.get(attribute) == before.typed_search_attributes.get(attribute)
    assert [one["event"] for one in (await seen(short, request_id))["emails"]] == ["submitted"]
    await replayed(short, request_id, first)
    await decided(short, KEYUSER, request_id, "accept")
    assert (await settled(short, request_id))["state"] == "processed"
    assert await ended(short, request_id) == "processed"


def lasting(details: str) -> list[str]:
    """What the details say, but for the instants: those of a new run are counted from its own beginning."""
    return [line for line in details.split("\n\n") if not line.startswith(("**Since", "**Due"))]


async def another_run(short: Stack, request_id: str, first: str) -> bool:
    return await run_of(short, request_id) != first


async def replayed(short: Stack, request_id: str, run_id: str) -> None:
    """Replay a run that has ended. Raises what the workflow does otherwise than then."""
    past = await short.temporal.get_workflow_handle(request_id, run_id=run_id).fetch_history()
    replayer = Replayer(workflows=list(WORKFLOWS.values()), workflow_runner=runner(), data_converter=converter({}))
    await replayer.replay_workflow(past)
