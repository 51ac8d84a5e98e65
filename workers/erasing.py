"""`keydesk erase`: what settled requests say about people, out of the database, the document store and Temporal."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from api.wiring import cluster_of
from domain.errors import Conflict, KeydeskError
from settings import Settings
from store import erasure
from store.engine import Sessions, connect, sessions
from store.files import Files
from workflows import client as temporal
from workflows.client import workflow_id

Tell = Callable[[str], None]


async def run(settings: Settings, request_ids: Sequence[str], *, due: bool, say: Tell) -> int:
    """Erase these, and with `due` whatever is older than its country keeps it. How many could not be erased.

    What was begun and not finished is finished: running it again is safe. `say` hears a line for each.
    """
    engine = connect(settings.database_url.get_secret_value(), pool_size=2)
    client = await temporal.connect(cluster_of(settings))
    desk, files, failed = sessions(engine), Files(settings.documents), 0
    try:
        async with desk() as session:
            wanted = [*request_ids, *([one async for one in erasure.due(session, datetime.now(UTC))] if due else ())]
        for request_id in wanted:
            try:
                say(await erase(desk, files, client, request_id, datetime.now(UTC)))
            except KeydeskError as refusal:
                say(f"{request_id}: not erased: {refusal}")
                failed += 1
    finally:
        await engine.dispose()
    return failed


async def erase(desk: Sessions, files: Files, client: Client, request_id: str, at: datetime) -> str:
    """Erase one; a sentence about it. Raises NotFound, and Conflict for one that is not settled."""
    runs = await _runs(client, request_id)
    async with desk.begin() as session:
        first = await erasure.erase(session, request_id, at)
    async with desk() as session:
        leftover = await erasure.leftover_bytes(session, request_id)
    for sha256 in leftover:
        await files.remove(sha256)
    for run_id in runs:
        execution = WorkflowExecution(workflow_id=workflow_id(request_id), run_id=run_id)
        await client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=execution)
        )
    return f"{request_id}: {'erased' if first else 'was erased before'}, with {len(leftover)} files"


async def _runs(client: Client, request_id: str) -> set[str]:
    """All runs of the request's workflow; the latest is asked for itself, as the index can lag. Raises Conflict."""
    try:
        latest = await client.get_workflow_handle(workflow_id(request_id)).describe()
    except RPCError as failure:
        if failure.status in {RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT}:
            return set()
        raise
    if latest.status is WorkflowExecutionStatus.RUNNING:
        raise Conflict(f"{request_id} is not settled: its workflow runs.")
    listed = client.list_workflows(f"WorkflowId = '{workflow_id(request_id)}'")
    return {latest.run_id, *[run.run_id async for run in listed]}
