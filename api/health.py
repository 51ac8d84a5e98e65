"""Whether the process lives, whether the desk can work, and its figures."""

import asyncio
from collections.abc import Awaitable

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse

from api.dependencies import Parts, PartsOf

router = APIRouter(tags=["operations"])
LIMIT = 3.0


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz", responses={503: {"description": "something that the desk needs is missing; it is named"}})
async def ready(parts: PartsOf) -> Response:
    """Whether database, Temporal and a polling worker are there."""
    checks = {"database": _database(parts), "temporal": _temporal(parts), "worker": _worker(parts)}
    answers = await asyncio.gather(*(_answers(check) for check in checks.values()))
    found = dict(zip(checks, answers, strict=True))
    return JSONResponse(
        {"status": "ready" if all(answers) else "not ready", "checks": found}, 200 if all(answers) else 503
    )


@router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """Figures for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _answers(check: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(LIMIT):
            return await check
    except Exception:  # noqa: BLE001 - whatever went wrong, the part is not ready
        return False


async def _database(parts: Parts) -> bool:
    async with parts.sessions() as session:
        return bool(await session.scalar(text("SELECT 1")))


async def _temporal(parts: Parts) -> bool:
    return bool(await parts.desk.client.service_client.check_health())


async def _worker(parts: Parts) -> bool:
    described: DescribeTaskQueueResponse = await parts.desk.client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=parts.desk.client.namespace,
            task_queue=TaskQueue(name=parts.desk.task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    return bool(described.pollers)
