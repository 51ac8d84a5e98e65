"""How Temporal learns that a killed worker will not finish what it had taken.

Without a sign of life an activity counts as under way until its timeout: half a minute for a booking, two for a card
or an email. So every activity beats, and one that falls silent is given to the next worker after seconds.
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

BEAT = timedelta(seconds=1)
# Several beats may come late: a worker that only is slow keeps its activity. If it loses it, both do the same once.
SILENCE = timedelta(seconds=10)


class Pulse(Interceptor):
    """Makes every activity of a worker beat, and every workflow expect it."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Beating(next)

    def workflow_interceptor_class(self, _: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        return _Listening


class _Beating(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        if activity.info().heartbeat_timeout is None:  # a local activity: its workflow task is its sign of life
            return await super().execute_activity(input)
        beating = asyncio.create_task(_beat())
        try:
            return await super().execute_activity(input)
        except asyncio.CancelledError:
            # A bare cancellation is no failure that the server takes: it would wait for the timeout instead.
            raise ApplicationError("the worker lost this activity", type="lost") from None
        finally:
            beating.cancel()


async def _beat() -> None:
    while True:
        await asyncio.sleep(BEAT.total_seconds())
        activity.heartbeat()


class _Listening(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Expecting(outbound))


class _Expecting(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:  # noqa: A002
        if input.heartbeat_timeout is None:
            input.heartbeat_timeout = SILENCE
        return super().start_activity(input)
