"""`keydesk reconcile`: where database and Temporal do not tell the same story, line by line."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.clocks import turn_of
from domain.states import Kind, State
from settings import Settings
from store.engine import connect, sessions
from store.tables.effects import Card, Email
from store.tables.requests import Intake, Request
from workflows import client as temporal
from workflows.client import STATE, workflow_id

GRACE = timedelta(minutes=1)


async def differences(settings: Settings) -> list[str]:
    """One sentence per difference; empty if both agree. What is younger than a minute may still be on its way."""
    engine = connect(settings.database_url.get_secret_value(), pool_size=1)
    client = await temporal.connect(settings.temporal_address, settings.temporal_namespace)
    try:
        async with sessions(engine)() as session:
            return [line async for line in _compare(session, client, datetime.now(UTC) - GRACE)]
    finally:
        await engine.dispose()


async def _compare(session: AsyncSession, client: Client, before: datetime) -> AsyncIterator[str]:
    lost = await session.scalars(
        select(Intake.request_id).where(Intake.outcome.is_(None), Intake.submitted_at < before)
    )
    for request_id in lost:
        yield f"{request_id}: submitted, but never recorded; the caller has not asked again"
    owing = await _owing(session)
    known: set[str] = set()
    for row in await session.scalars(select(Request).order_by(Request.id)):
        known.add(workflow_id(row.id))
        running = await _running_state(client, row.id)
        if turn_of(Kind(row.kind), State(row.state)) is None and row.state != State.ACCEPTED:
            if row.id in owing and running is None:
                yield f"{row.id}: {row.state} in the database, still owes {owing[row.id]}, but no workflow runs"
        elif running is None:
            yield f"{row.id}: {row.state} in the database, but no workflow runs"
        if running is not None and running != row.state:
            yield f"{row.id}: {row.state} in the database, {running} in Temporal"
    async for execution in client.list_workflows("ExecutionStatus = 'Running'"):
        if execution.id not in known:
            yield f"{execution.id}: a workflow runs, but the database knows no such request"


async def _owing(session: AsyncSession) -> dict[str, str]:
    """What requests still owe: emails that are queued, cards that are promised."""
    emails = await session.scalars(select(Email.request_id).where(Email.status == "queued"))
    owing = dict.fromkeys(emails, "an email")
    cards = await session.scalars(select(Card.request_id).where(Card.status == "pending"))
    return owing | dict.fromkeys(cards, "a card")


async def _running_state(client: Client, request_id: str) -> str | None:
    """The state that the running workflow shows, None if none runs. Asked of the history, not of an index."""
    try:
        described = await client.get_workflow_handle(workflow_id(request_id)).describe()
    except RPCError as failure:
        if failure.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    if described.status is not WorkflowExecutionStatus.RUNNING:
        return None
    return described.typed_search_attributes.get(STATE) or State.SUBMITTED.value
