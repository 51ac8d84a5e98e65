"""The lines of points requests, their documents, and what was decided about them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import local_date
from domain.points import JudgedDocument, JudgedLine, Rate, Verdict, rate_of
from domain.requests import Attachment, Line
from store import campaigns, ledger
from store.snapshots import from_json
from store.tables.countries import Country
from store.tables.loyalty import RequestLine
from store.tables.requests import Request, RequestDocument


async def write(session: AsyncSession, request_id: str, before: Sequence[Line], after: Sequence[Line]) -> None:
    """Make `after` the lines of the request. Nothing that was decided about a line outlives a change of it.

    A line's own verdict does not outlive its first document either.
    """
    rows = {row.n: row for row in await lines_of(session, request_id)}
    await _write_documents(session, request_id, before, after)
    await session.execute(delete(RequestLine).where(RequestLine.request_id == request_id, RequestLine.n > len(after)))
    for n, line in enumerate(after, start=1):
        row = rows.get(n)
        if row is None:
            session.add(RequestLine(request_id=request_id, n=n, product=line.product, quantity=line.quantity))
        elif _changed(n, before, after) or bool(before[n - 1].documents) != bool(line.documents):
            row.product, row.quantity = line.product, line.quantity
            row.verdict = row.reason = row.override = None
    await session.flush()


async def _write_documents(
    session: AsyncSession, request_id: str, before: Sequence[Line], after: Sequence[Line]
) -> None:
    """A document that stays on its line keeps its verdict, one that goes is kept out of sight."""
    wanted = {(n, one) for n, line in enumerate(after, start=1) for one in line.documents}
    present = set()
    for row in await documents_of(session, request_id):
        place = (row.line, Attachment(row.requirement, str(row.document_id)))
        row.replaced = place not in wanted
        present.add(place)
        if row.line is not None and row.line <= len(after) and _changed(row.line, before, after):
            row.verdict = row.reason = None
    session.add_all(
        RequestDocument(request_id=request_id, line=n, requirement=one.requirement, document_id=UUID(one.document_id))
        for n, line in enumerate(after, start=1)
        for one in line.documents
        if (n, one) not in present
    )


def _changed(n: int, before: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether line `n` asks for something else than it did; its documents aside."""
    if n > len(before):
        return True
    old, new = before[n - 1], after[n - 1]
    return (old.product, old.quantity, old.info) != (new.product, new.quantity, new.info)


async def lines_of(session: AsyncSession, request_id: str) -> list[RequestLine]:
    """The lines of a request, in order."""
    return list(
        await session.scalars(select(RequestLine).where(RequestLine.request_id == request_id).order_by(RequestLine.n))
    )


async def documents_of(session: AsyncSession, request_id: str) -> list[RequestDocument]:
    """The documents of all lines that count now, in the order in which they came."""
    return list(
        await session.scalars(
            select(RequestDocument)
            .where(
                RequestDocument.request_id == request_id,
                RequestDocument.line.is_not(None),
                RequestDocument.replaced.is_(False),
            )
            .order_by(RequestDocument.id)
        )
    )


async def judged_of(session: AsyncSession, row: Request) -> tuple[JudgedLine, ...]:
    """The lines of one request, as `judged`."""
    return (await judged(session, [row]))[row.id]


async def judged(session: AsyncSession, rows: Sequence[Request]) -> dict[str, tuple[JudgedLine, ...]]:
    """The lines of a page of points requests, by request id: verdicts, rates and what is booked.

    A credited line has the rate of its credit; any other the current one, of the day of the first submission.
    """
    if not rows:
        return {}
    ids = [row.id for row in rows]
    lines = list(
        await session.scalars(
            select(RequestLine).where(RequestLine.request_id.in_(ids)).order_by(RequestLine.request_id, RequestLine.n)
        )
    )
    documents = await _documents(session, ids)
    entries = await ledger.entries_of(session, ids)
    rates = await _rates(session, rows, lines)
    found: dict[str, tuple[JudgedLine, ...]] = defaultdict(tuple)
    for line in lines:
        found[line.request_id] += (
            JudgedLine(
                n=line.n,
                product=line.product,
                quantity=line.quantity,
                rate=from_json(Rate, line.rate) if line.rate else rates[line.request_id, line.product],
                documents=tuple(documents[line.request_id, line.n]),
                own=Verdict(line.verdict) if line.verdict else None,
                reason=line.reason,
                override=line.override,
                entries=entries[line.request_id, line.n],
            ),
        )
    return found


async def _documents(
    session: AsyncSession, request_ids: Sequence[str]
) -> dict[tuple[str, int | None], list[JudgedDocument]]:
    rows = await session.scalars(
        select(RequestDocument)
        .where(
            RequestDocument.request_id.in_(request_ids),
            RequestDocument.line.is_not(None),
            RequestDocument.replaced.is_(False),
        )
        .order_by(RequestDocument.id)
    )
    found: dict[tuple[str, int | None], list[JudgedDocument]] = defaultdict(list)
    for row in rows:
        attachment = Attachment(row.requirement, str(row.document_id))
        verdict = Verdict(row.verdict) if row.verdict else None
        found[row.request_id, row.line].append(JudgedDocument(attachment, verdict, row.reason))
    return found


async def _rates(
    session: AsyncSession, rows: Sequence[Request], lines: Iterable[RequestLine]
) -> dict[tuple[str, str], Rate]:
    """By request and product, one look per campaign."""
    products: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_id = {row.id: row for row in rows}
    for line in lines:
        request = by_id[line.request_id]
        products[request.country, request.campaign or ""].add(line.product)
    found: dict[tuple[str, str], Rate] = {}
    for (country, campaign), references in products.items():
        zone = (await session.get_one(Country, country)).time_zone
        taking_part = await campaigns.products_of(session, country, campaign, references)
        periods = await campaigns.push_periods_of(session, country, campaign, references)
        for row in rows:
            if (row.country, row.campaign) == (country, campaign):
                day = local_date(row.submitted_at, zone)
                found |= {(row.id, one): rate_of(taking_part.get(one), periods, day) for one in references}
    return found
