"""Erasing what a settled request says about people. Its journal's facts stay: who did what, and when."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

from sqlalchemy import Exists, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from domain.access import SYSTEM
from domain.clocks import turn_of
from domain.errors import Conflict, NotFound
from domain.privacy import ERASED, erased_changes, erased_data, erased_face, keep_until
from domain.states import Kind, State
from store import requests
from store.tables.countries import Country
from store.tables.documents import Document
from store.tables.effects import Assignment, Card, Email
from store.tables.loyalty import RequestLine
from store.tables.pages import Draft
from store.tables.requests import Decision, Intake, JournalEntry, Message, Request, RequestDocument

ACTION = "erase"
PEOPLE = "end_user"


async def erase(session: AsyncSession, request_id: str, at: datetime) -> bool:
    """Erase, in one transaction; False if that was done before. Raises NotFound, and Conflict while somebody is to act,
    a card is to be printed or an email to be sent."""
    row = await requests.locked(session, request_id)
    if row is None:
        raise NotFound(f"There is no request {request_id}.")
    if row.erased_at is not None:
        return False
    if not await _settled(session, row):
        raise Conflict(f"{request_id} is not settled: its data is still needed.")
    row.erased_at = at
    row.data, row.postcode = erased_data(row.data), None
    await _erase_talk(session, row.id)
    for card in await session.scalars(select(Card).where(Card.request_id == row.id)):
        card.face = erased_face(card.face)
    for entry in await requests.journal(session, row.id):
        entry.comment, entry.changes = ERASED if entry.comment else "", erased_changes(entry.changes)
    for document in await _only_here(session, row.id):
        document.filename, document.erased_at = ERASED, at
    requests.journalise(session, row, requests.Step(SYSTEM, ACTION, State(row.state), at))
    await session.flush()
    return True


async def _settled(session: AsyncSession, row: Request) -> bool:
    waiting = turn_of(Kind(row.kind), State(row.state)) is not None or row.state == State.ACCEPTED
    return not waiting and not await session.scalar(select(or_(_unsent(row.id), _unprinted(row.id))))


def _unsent(request_id: str | QueryableAttribute[str]) -> Exists:
    return exists().where(Email.request_id == request_id, Email.status == "queued")


def _unprinted(request_id: str | QueryableAttribute[str]) -> Exists:
    return exists().where(Card.request_id == request_id, Card.status == "pending")


async def _erase_talk(session: AsyncSession, request_id: str) -> None:
    """What was written about the request: submission, decisions, reasons, messages, emails."""
    await session.execute(delete(Draft).where(Draft.request_id == request_id))
    await session.execute(update(Intake).where(Intake.request_id == request_id).values(body={}))
    await session.execute(
        update(Decision).where(Decision.request_id == request_id).values(payload={}, answer=None, refusal=None)
    )
    for table in (RequestDocument, RequestLine):
        denied = update(table).where(table.request_id == request_id, table.reason.is_not(None))
        await session.execute(denied.values(reason=ERASED))
    await session.execute(update(Message).where(Message.request_id == request_id).values(text=ERASED))
    await session.execute(update(Email).where(Email.request_id == request_id).values(tags={}))
    await session.execute(
        update(Email).where(Email.request_id == request_id, Email.recipient == PEOPLE).values(to=ERASED)
    )


async def _only_here(session: AsyncSession, request_id: str) -> list[Document]:
    """Documents of the request that hang on no other one whose data is still there."""
    elsewhere = (
        select(RequestDocument.document_id)
        .join(Request, Request.id == RequestDocument.request_id)
        .where(Request.id != request_id, Request.erased_at.is_(None))
    )
    own = select(RequestDocument.document_id).where(RequestDocument.request_id == request_id)
    return list(await session.scalars(select(Document).where(Document.id.in_(own), Document.id.not_in(elsewhere))))


async def leftover_bytes(session: AsyncSession, request_id: str) -> list[str]:
    """Hashes of what the erased request had stored, and nobody else has: its documents, and all its cards."""
    documents = (
        select(Document.sha256)
        .join(RequestDocument, RequestDocument.document_id == Document.id)
        .where(RequestDocument.request_id == request_id, Document.erased_at.is_not(None))
    )
    cards = select(Card.sha256).where(Card.request_id == request_id, Card.sha256.is_not(None))
    mine = {sha256 for query in (documents, cards) for sha256 in await session.scalars(query) if sha256}
    live = set(
        await session.scalars(select(Document.sha256).where(Document.sha256.in_(mine), Document.erased_at.is_(None)))
    )
    return sorted(mine - live)


async def due(session: AsyncSession, now: datetime) -> AsyncIterator[str]:
    """Settled requests whose country keeps personal data no longer than until now, the oldest first."""
    settled_at = select(func.max(JournalEntry.at)).where(JournalEntry.request_id == Request.id).scalar_subquery()
    tiers_of = (
        select(Assignment.snapshot["tiers"])
        .where(Assignment.request_id == Request.id)
        .order_by(Assignment.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    past = now - Country.personal_data_retention
    rows = await session.stream(
        select(Request.id, Country.personal_data_retention, settled_at, tiers_of)
        .join(Country, Country.code == Request.country)
        .where(
            Request.erased_at.is_(None),
            Country.personal_data_retention.is_not(None),
            Request.turn.is_(None),
            Request.state != State.ACCEPTED,
            Request.submitted_at < past,
            settled_at < past,
            ~_unsent(Request.id),
            ~_unprinted(Request.id),
        )
        .order_by(Request.submitted_at, Request.id)
    )
    async for request_id, retention, at, tiers in rows:
        last_covered = max((date.fromisoformat(one["end"]) for one in tiers or ()), default=None)
        if keep_until(at, last_covered, retention or timedelta()) <= now:
            yield request_id
