"""A desk whose workflows can be moved through time: the stack's database, files and mail, a Temporal of its own."""

import asyncio
import shutil
import sysconfig
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from activities.rendering.pool import CardPress
from api.app import create_app
from api.deciding import reopening
from api.dependencies import Parts
from domain.errors import Unavailable
from store import emails
from store.tables.effects import Email
from store.tables.requests import Request
from tests.stack.running import Stack
from tests.stack.servers import NAMESPACE
from tests.stack.walks import eventually
from workers import worker
from workers.embedded.temporal import DYNAMIC_CONFIG
from workflows.client import PATIENCE, TASK_QUEUE, Case, Desk
from workflows.namespace import prepare

SKIPPING = ("frontend.WorkflowTimeSkippingEnabled=true", 'history.timerProcessorMaxTimeShift="10ms"')
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def days(count: float) -> timedelta:
    """So many days."""
    return timedelta(days=count)


@dataclass
class Clock:
    """The wall clock, put forward as far as a test has moved its request through time."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        """The instant that API and activities write down."""
        return datetime.now(UTC) + self.ahead


@dataclass
class Timeline:
    """`stack` is the desk on the Temporal server that skips time; `clock` is what its API and activities look at."""

    stack: Stack
    clock: Clock
    environment: WorkflowEnvironment
    press: CardPress

    async def passes(self, request_id: str, time: timedelta) -> None:
        """Let `time` pass for one request's workflow, and for API and activities with it, until it is quiet again.

        A second more, so that an alarm of that very moment has rung: the server loses its way when a timer and the
        end of the skip come within the same milliseconds.
        """
        self.clock.ahead += time + SECOND
        await self.environment.fast_forward(self.handle(request_id), time + SECOND)
        await eventually(lambda: self._quiet(request_id), f"{request_id} does not come to rest")

    async def _quiet(self, request_id: str) -> bool:
        raw = (await self.handle(request_id).describe()).raw_description
        return not raw.pending_activities and not raw.HasField("pending_workflow_task")

    def handle(self, request_id: str) -> WorkflowHandle[Any, Any]:
        """The workflow of a request."""
        return self.stack.temporal.get_workflow_handle(request_id)

    async def case(self, request_id: str) -> Case:
        """What it takes to reopen the request's workflow, as the API would put it."""
        async with self.stack.sessions() as session:
            return await reopening(session, await session.get_one(Request, request_id), self.clock())

    async def reopen(self, request_id: str) -> None:
        """Open a run of a request whose workflow has ended, without a decision."""
        await self.stack.parts.desk.deliver(await self.case(request_id), ())

    async def emails(self, request_id: str) -> list[tuple[str, str]]:
        """Event and recipient of every email of the request, once all are sent."""
        found: list[Email] = []

        async def sent() -> bool:
            nonlocal found
            async with self.stack.sessions() as session:
                found = await emails.emails_of(session, request_id)
            return all(one.status == "sent" for one in found)

        await eventually(sent, f"the emails of {request_id} are not sent")
        return [(one.event, one.recipient) for one in found]

    async def row(self, request_id: str) -> Request:
        """The request as the database has it."""
        async with self.stack.sessions() as session:
            return await session.get_one(Request, request_id)

    @asynccontextmanager
    async def serving(self, task_queue: str = TASK_QUEUE) -> AsyncIterator[None]:
        """The product's worker, looking at this clock."""
        async with AsyncExitStack() as opened:
            with patch.object(worker, "now", self.clock):
                await opened.enter_async_context(
                    worker.serving(
                        self.stack.temporal, self.stack.settings, self.stack.sessions, self.press, task_queue=task_queue
                    )
                )
            yield

    def queue(self, task_queue: str, *, patience: float = PATIENCE) -> "Timeline":
        """The same desk on another task queue, where no worker serves until a test starts one."""
        parts = replace(self.stack.parts, desk=Desk(self.stack.temporal, task_queue, patience))
        return replace(self, stack=desk_of(self.stack, self.stack.temporal, parts))


class Unreachable(Desk):
    """A desk whose Temporal nobody reaches."""

    async def submit(self, case: Case) -> None:
        raise Unavailable(f"nobody hears of {case.order.request_id}")


def desk_of(stack: Stack, temporal: Client, parts: Parts) -> Stack:
    """The API with other parts, on the same database and files."""
    app = create_app(stack.settings)
    app.state.parts = parts
    return Stack(stack.settings, stack.sessions, temporal, app, stack.folder, uploads=stack.uploads)


@asynccontextmanager
async def timeline(stack: Stack) -> AsyncIterator[Timeline]:
    """A second Temporal server that skips time, and a desk on it beside the stack's."""
    async with AsyncExitStack() as opened:
        pressing = asyncio.create_task(opened.enter_async_context(CardPress()))
        environment = await opened.enter_async_context(
            await WorkflowEnvironment.start_time_skipping_v2(
                ts_config=TimeSkippingConfig(enabled=False),
                namespace=NAMESPACE,
                data_converter=pydantic_data_converter,
                dev_server_existing_path=shutil.which("temporal", path=sysconfig.get_path("scripts")),
                dev_server_log_level="error",
                dev_server_extra_args=[
                    *(part for one in (*DYNAMIC_CONFIG, *SKIPPING) for part in ("--dynamic-config-value", one)),
                    *("--disable-config-file", "--disable-config-env"),
                ],
            )
        )
        await prepare(environment.client)
        clock = Clock()
        own = desk_of(stack, environment.client, replace(stack.parts, desk=Desk(environment.client), now=clock))
        times = Timeline(own, clock, environment, await pressing)
        await opened.enter_async_context(times.serving())
        yield times
