"""`keydesk reconcile`: where database and Temporal do not tell the same story, line by line."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from api.deciding import reopening
from api.wiring import cluster_of
from domain.clocks import turn_of
from domain.states import Kind, State
from settings import Settings
from store import imports, lines
from store.engine import connect, sessions
from store.tables.effects import Card, Email
from store.tables.imports import Import
from store.tables.requests import Intake, Request
from workflows import client as temporal
from workflows.client import STATE, import_workflow_id, workflow_id

GRACE = timedelta(minutes=1)
PAGE = 500


@dataclass(frozen=True)
class Difference:
    """One sentence. `row` is the request that its workflow could follow, None where only a person can help."""

    sentence: str
    row: Request | None = None


async def reconcile(settings: Settings, *, mend: bool = False) -> list[str]:
    """One sentence per difference; empty if both agree. What is younger than a minute may still be on its way.

    With `mend`, workflows are told to follow the database and to do what their requests still owe.
    """
    engine = connect(settings.database_url.get_secret_value(), pool_size=2)
    client = await temporal.connect(cluster_of(settings))
    now = datetime.now(UTC)
    try:
        async with sessions(engine)() as session:
            found = [difference async for difference in _compare(session, client, now - GRACE)]
            for row in (difference.row for difference in found if mend and difference.row is not None):
                await temporal.Desk(client).catch_up(await reopening(session, row, now))
    finally:
        await engine.dispose()
    return [difference.sentence for difference in found]


async def _compare(session: AsyncSession, client: Client, before: datetime) -> AsyncIterator[Difference]:
    lost = await session.scalars(
        select(Intake.request_id).where(Intake.outcome.is_(None), Intake.submitted_at < before)
    )
    for request_id in lost:
        yield Difference(f"{request_id}: submitted, but never recorded; the caller has not asked again")
    owing = await _owing(session)
    async for page in _pages(session, select(Request)):
        for row in page:
            running = await _running_state(client, row.id)
            if running is not None and running != row.state:
                yield Difference(f"{row.id}: {row.state} in the database, {running} in Temporal", row)
            elif running is None and (_waits(row) or row.id in owing):
                yield Difference(
                    f"{row.id}: {row.state}, waits for {owing.get(row.id, 'somebody')}, but no workflow runs", row
                )
    async for sentence in _forgotten(session, client, before):
        yield Difference(sentence)
    async for sentence in misbooked(session):
        yield Difference(sentence)
    async for execution in client.list_workflows("ExecutionStatus = 'Running' AND WorkflowType != 'import'"):
        if await session.get(Intake, execution.id) is None:
            yield Difference(f"{execution.id}: a workflow runs, but the database knows no such request")


async def _forgotten(session: AsyncSession, client: Client, before: datetime) -> AsyncIterator[str]:
    """Imports that have not ended, and on which nobody works."""
    waiting = Import.state.in_([imports.WAITING, imports.RUNNING])
    for one in await session.scalars(select(Import).where(waiting, Import.created_at < before)):
        if await _running_state(client, import_workflow_id(one.id)) is None:
            yield f"import {one.id} of {one.country}: {one.state}, but no workflow runs; send the file again"


async def misbooked(session: AsyncSession) -> AsyncIterator[str]:
    """Where the ledger is not what was granted."""
    async for page in _pages(session, select(Request).where(Request.kind == Kind.POINTS)):
        judged = await lines.judged(session, page)
        for row in page:
            for line in judged[row.id]:
                if line.booked != line.due:
                    yield f"{row.id}: line {line.n} has {line.booked} points in the ledger, {line.due} are granted"
            if row.credited is not any(line.credited for line in judged[row.id]):
                yield f"{row.id}: the request and the ledger do not agree whether points are credited"


async def _pages(session: AsyncSession, query: Select[Request]) -> AsyncIterator[Sequence[Request]]:
    """The requests by id, some at a time: each page is read just before it is compared, and all are never in memory."""
    query = query.order_by(Request.id).limit(PAGE)
    page = (await session.scalars(query)).all()
    while page:
        yield page
        page = (await session.scalars(query.where(Request.id > page[-1].id))).all()


def _waits(row: Request) -> bool:
    """Whether the request needs a running workflow: somebody is to act, or the card is on its way."""
    return turn_of(Kind(row.kind), State(row.state)) is not None or row.state == State.ACCEPTED


async def _owing(session: AsyncSession) -> dict[str, str]:
    """What requests still owe: emails that are queued, cards that are promised."""
    emails = await session.scalars(select(Email.request_id).where(Email.status == "queued"))
    owing = dict.fromkeys(emails, "an email")
    owed_by = func.coalesce(Card.caused_by, Card.request_id)
    cards = await session.scalars(select(owed_by).where(Card.status == "pending"))
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
