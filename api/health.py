"""Whether the process lives, whether the desk can work, and its figures."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse

from api.dependencies import Parts, PartsOf
from api.figures import told
from store.figures import figures
from store.migrate import serves
from workflows.effects import mail_queue

router = APIRouter(tags=["operations"])
log = structlog.get_logger("keydesk.api")
LIMIT = 3.0
# A worker asks for work anew at least once a minute; one that did not is gone.
POLLED = timedelta(seconds=70)
QUEUES = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz", responses={503: {"description": "something that the desk needs is missing; it is named"}})
async def ready(request: Request, parts: PartsOf) -> Response:
    """Whether the database is there with a schema that this version can use, Temporal, and a worker that polls.

    A process that was asked to end says that it is leaving, and goes on answering for a while.
    """
    if getattr(request.app.state, "leaving", False):
        return JSONResponse({"status": "leaving", "checks": {}}, 503)
    checks = {"database": _database(parts), "temporal": _temporal(parts), "worker": _worker(parts)}
    answers = await asyncio.gather(*(_answers(check) for check in checks.values()))
    found = dict(zip(checks, answers, strict=True))
    return JSONResponse(
        {"status": "ready" if all(answers) else "not ready", "checks": found}, 200 if all(answers) else 503
    )


@router.get("/metrics", response_class=Response)
async def metrics(parts: PartsOf) -> Response:
    """Figures for Prometheus: of this process, and of the desk."""
    try:
        async with asyncio.timeout(LIMIT), parts.sessions() as session:
            found = await figures(session, parts.now())
    except (SQLAlchemyError, TimeoutError):
        log.warning("no figures from the database")
        found = None
    return Response(generate_latest() + told(found), media_type=CONTENT_TYPE_LATEST)


async def _answers(check: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(LIMIT):
            return await check
    except Exception:  # noqa: BLE001 - whatever went wrong, the part is not ready
        return False


async def _database(parts: Parts) -> bool:
    async with parts.sessions() as session:
        return await serves(session)


async def _temporal(parts: Parts) -> bool:
    return bool(await parts.desk.client.service_client.check_health())


async def _worker(parts: Parts) -> bool:
    """Whether somebody has lately asked for workflows, for their activities, and for emails."""
    workflows, activities = QUEUES
    wanted = (
        (parts.desk.task_queue, workflows),
        (parts.desk.task_queue, activities),
        (mail_queue(parts.desk.task_queue), activities),
    )
    return all(await asyncio.gather(*(_polled(parts, name, kind) for name, kind in wanted)))


async def _polled(parts: Parts, name: str, kind: TaskQueueType.ValueType) -> bool:
    described: DescribeTaskQueueResponse = await parts.desk.client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=parts.desk.client.namespace, task_queue=TaskQueue(name=name), task_queue_type=kind
        )
    )
    since = datetime.now(UTC) - POLLED
    return any(poller.last_access_time.ToDatetime(UTC) > since for poller in described.pollers)
