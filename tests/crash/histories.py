"""What must be true of the workflows: their histories made the moves that the journal has, and no others."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowHistory
from temporalio.common import SearchAttributeKey

SHOWN = SearchAttributeKey.for_keyword("RequestState")
AT_REST = {"processed", "cancelled"}

Moves = list[tuple[int, str]]
ANSWERS_WITHIN = timedelta(seconds=20)


async def discrepancies(client: Client, connection: psycopg.Connection) -> list[str]:
    """Compare every run of every workflow with journal and row."""
    rows: dict[str, str] = dict(connection.execute("SELECT id, state FROM requests").fetchall())
    refused = {row[0] for row in connection.execute("SELECT request_id FROM intakes WHERE outcome = 'refused'")}
    runs: dict[str, list[WorkflowExecution]] = defaultdict(list)
    async for run in client.list_workflows():
        if run.workflow_type != "import":  # is about no request; `reconcile` answers for it
            runs[run.id].append(run)
    found = [f"{one}: a workflow without a request" for one in runs if one not in rows and one not in refused]
    for request_id, state in rows.items():
        own = sorted(runs[request_id], key=lambda run: run.start_time)
        found += [f"{request_id}: {wrong}" for wrong in await _of_request(client, connection, request_id, state, own)]
    return found


async def _of_request(
    client: Client, connection: psycopg.Connection, request_id: str, state: str, runs: list[WorkflowExecution]
) -> list[str]:
    if not runs:
        return ["no workflow ever ran"]
    moves: Moves = []
    for run in runs:
        history = await client.get_workflow_handle(request_id, run_id=run.run_id).fetch_history()
        moves += [move for event in history.events for move in _moves(event)]
        found = _of_end(history, run, last=run is runs[-1], state=state)
        if found:
            return [found]
    handle = client.get_workflow_handle(request_id)
    told = state if state in AT_REST else await handle.query("state", rpc_timeout=ANSWERS_WITHIN)
    shown = (await handle.describe()).typed_search_attributes.get(SHOWN)
    return [
        *_of_moves(moves, connection, request_id),
        *([] if shown == state else [f"{state} in the row, {shown} in the search attributes"]),
        *([] if told == state else [f"{state} in the row, not in Temporal"]),
    ]


def _of_end(history: WorkflowHistory, run: WorkflowExecution, *, last: bool, state: str) -> str | None:
    ended = history.events[-1]
    if ended.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        result = _json(ended.workflow_execution_completed_event_attributes.result.payloads[0])
        if not last or (state in AT_REST and result == state):
            return None
        return f"{state} in the row, but its workflow has ended as {result}"
    if run.status is not WorkflowExecutionStatus.RUNNING:
        return f"its workflow has ended as {run.status.name if run.status else 'nobody knows'}"
    if last and state not in AT_REST:
        return None
    return f"{state} in the row, but a workflow still runs"


def _of_moves(moves: Moves, connection: psycopg.Connection, request_id: str) -> list[str]:
    """A move whose first attempt went unheard answers a later version, if a message came in between: states count."""
    made = connection.execute(
        "SELECT version, to_state FROM journal WHERE request_id = %s"
        " AND action NOT IN ('edit', 'judge', 'set_points', 'message', 'reissue') ORDER BY version",
        (request_id,),
    ).fetchall()
    if [state for _, state in moves] == [state for _, state in made] and all(
        heard >= written for (heard, _), (written, _) in zip(moves, made, strict=True)
    ):
        return []
    return [f"the journal made {_told(made)}, the history {_told(moves)}"]


def _told(moves: Moves) -> str:
    return ", ".join(f"{version} {state}" for version, state in moves) or "nothing"


def _moves(event: HistoryEvent) -> Iterator[tuple[int, str]]:
    """The move that an event says was booked."""
    results: list[Any] = []
    if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        results = [_json(one) for one in event.activity_task_completed_event_attributes.result.payloads]
    elif event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
        results = [_json(one) for one in event.marker_recorded_event_attributes.details["result"].payloads]
    for result in results:
        booked = result.get("booked", result) if isinstance(result, dict) else None
        if booked:
            yield booked["version"], booked["state"]


def _json(payload: Any) -> Any:
    return json.loads(payload.data) if payload.data else None
