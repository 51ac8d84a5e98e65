"""A deploy by worker versioning: requests that wait go on with the next build, without anybody lost on the way."""

from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from temporalio.client import Client

from activities.rendering.pool import CardPress
from domain.errors import Invalid
from tests.stack.running import Stack
from tests.stack.walks import decided, filed, settled
from tests.workflows.timeline import desk_of
from workers.releasing import make_current, release
from workers.worker import serving
from workflows.client import Desk

QUEUE = "deploys"


async def build_of(client: Client, request_id: str) -> str:
    """The build that did the last task of the request's workflow."""
    described = (await client.get_workflow_handle(request_id).describe()).raw_description
    return described.workflow_execution_info.versioning_info.deployment_version.build_id


async def test_a_request_that_waits_goes_on_with_the_next_build(cluster: Stack) -> None:
    client = cluster.parts.desk.client
    desk = desk_of(cluster, cluster.temporal, replace(cluster.parts, desk=Desk(client, QUEUE)))
    async with AsyncExitStack() as new, CardPress() as press:
        async with AsyncExitStack() as old:
            first = cluster.settings.model_copy(update={"build_id": "2026-11-a"})
            await old.enter_async_context(serving(client, first, cluster.sessions, press, task_queue=QUEUE))
            await make_current(client, "2026-11-a")
            waiting = (await filed(desk))["id"]
            assert await build_of(client, waiting) == "2026-11-a"
            second = cluster.settings.model_copy(update={"build_id": "2026-11-b"})
            await new.enter_async_context(serving(client, second, cluster.sessions, press, task_queue=QUEUE))
            beside = (await filed(desk))["id"]
            assert await build_of(client, beside) == "2026-11-a"  # the new build has nothing to do yet
            await make_current(client, "2026-11-b")
        # The old build is gone; what waited and what comes is done by the new one.
        for request_id in (waiting, beside, (await filed(desk))["id"]):
            await decided(desk, "keyuser.es", request_id, "accept")
            assert (await settled(desk, request_id))["state"] == "processed"
            assert await build_of(client, request_id) == "2026-11-b"


async def test_a_release_needs_a_name(cluster: Stack) -> None:
    with pytest.raises(Invalid, match="KEYDESK_BUILD_ID is not set"):
        await release(cluster.settings)
