"""Everything that hangs on a page of requests, in one query per table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Owner
from domain.points import JudgedLine
from domain.replacements import Outcome
from domain.states import Kind, Side
from domain.warranties import Assignment
from store import cards, lines
from store.messages import unread
from store.replacements import outcome_of
from store.requests import owner_of
from store.snapshots import from_json
from store.tables import effects
from store.tables.countries import Company
from store.tables.documents import Document
from store.tables.requests import Request, RequestDocument
from store.tables.stock import Replacement


@dataclass
class Related:
    """What hangs on one request; `documents` are those that count, `cards` those that are printed.

    A replacement's `cards` are those that were reissued for it, too; `old_owner` is whose request brought the unit that
    it took away.
    """

    company: str | None = None
    granted: Assignment | None = None
    documents: list[tuple[RequestDocument, str]] = field(default_factory=list)
    lines: tuple[JudgedLine, ...] = ()
    cards: list[effects.Card] = field(default_factory=list)
    emails: list[effects.Email] = field(default_factory=list)
    outcome: Outcome | None = None
    old_owner: Owner | None = None
    unread: dict[Side | None, int] = field(default_factory=dict)


async def related(session: AsyncSession, rows: Sequence[Request]) -> dict[str, Related]:
    """By request id."""
    found: dict[str, Related] = defaultdict(Related)
    ids = [row.id for row in rows]
    companies = await session.execute(
        select(Request.id, Company.name).join(Company, Company.id == Request.company_id).where(Request.id.in_(ids))
    )
    for request_id, name in companies:
        found[request_id].company = name
    documents = await session.execute(
        select(RequestDocument, Document.filename)
        .join(Document, Document.id == RequestDocument.document_id)
        .where(RequestDocument.request_id.in_(ids), RequestDocument.replaced.is_(False))
        .order_by(RequestDocument.id)
    )
    for attached, filename in documents:
        found[attached.request_id].documents.append((attached, filename))
    judged = await lines.judged(session, [row for row in rows if row.kind == Kind.POINTS])
    for request_id, found_lines in judged.items():
        found[request_id].lines = found_lines
    granted = await session.scalars(
        select(effects.Assignment).where(effects.Assignment.request_id.in_(ids)).order_by(effects.Assignment.version)
    )
    for assignment in granted:
        found[assignment.request_id].granted = from_json(Assignment, assignment.snapshot)
    swaps = {row.id for row in rows if row.kind == Kind.UNIT_REPLACEMENT}
    printed = await session.scalars(
        select(effects.Card)
        .where(cards.shown_by(ids), effects.Card.sha256.is_not(None))
        .order_by(effects.Card.version, effects.Card.request_id)
    )
    for card in printed:
        for request_id in {card.request_id, *swaps.intersection([card.caused_by])}.intersection(ids):
            found[request_id].cards.append(card)
    emails = await session.scalars(
        select(effects.Email).where(effects.Email.request_id.in_(ids)).order_by(effects.Email.id)
    )
    for email in emails:
        found[email.request_id].emails.append(email)
    await _add_outcomes(session, found, ids)
    for side in (Side.REQUESTER, Side.KEYUSER):
        for request_id, count in (await unread(session, ids, side)).items():
            found[request_id].unread[side] = count
    return found


async def _add_outcomes(session: AsyncSession, found: dict[str, Related], ids: Sequence[str]) -> None:
    """What replacements have brought about, and whose request brought the unit that went."""
    replaced = (await session.scalars(select(Replacement).where(Replacement.request_id.in_(ids)))).all()
    for replacement in replaced:
        found[replacement.request_id].outcome = outcome_of(replacement)
    named = {one.outcome.old_request for one in found.values() if one.outcome is not None}
    rows = await session.scalars(select(Request).where(Request.id.in_(named)))
    owners = {row.id: owner_of(row) for row in rows}
    for one in found.values():
        if one.outcome is not None:
            one.old_owner = owners.get(one.outcome.old_request)
