"""What the form of a draft shows: what the country offers, what it asks for, what was typed, what was denied before."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.pages.bodies import ATTEMPT, rows_of
from api.pages.forms import flat, nested
from api.pages.visits import Visit
from domain.calendar import local_date
from domain.points import JudgedLine
from domain.states import Kind, State
from store import documents, lines, offered, requests
from store.offered import Offer, Offered
from store.tables.countries import Country
from store.tables.loyalty import Campaign
from store.tables.pages import Draft

ROWS = 2


@dataclass(frozen=True)
class Paper:
    """A document that the form asks for, under its title; `denied` is why the last one was not taken."""

    requirement: str
    title: str
    required: bool = False
    template_id: UUID | None = None
    denied: str | None = None


@dataclass(frozen=True)
class Sheet:
    """What the page of a draft shows. `judged` are the lines of points that are sent in again, `attached` the documents
    that the request has already."""

    draft: Draft
    country: Country
    offered: Offered
    fields: dict[str, str]
    rows: int
    today: str
    only_documents: bool
    papers: list[Paper]
    campaigns: list[Campaign]
    offer: Offer
    judged: tuple[JudgedLine, ...]
    attached: list[documents.Named]


async def sheet_of(visit: Visit, session: AsyncSession, draft: Draft) -> Sheet:
    """Everything that the page of the draft shows."""
    country = await session.get_one(Country, draft.country)
    body = nested(draft.fields, but=(ATTEMPT,))
    kind = Kind(draft.kind)
    row = await requests.request(session, draft.request_id) if draft.request_id else None
    only_documents = row is not None and row.state in {State.DENIED, State.PARTIALLY_ACCEPTED}
    line_up = str(body.get("line_up", ""))
    if kind is Kind.UNIT_REPLACEMENT:
        line_up = await offered.line_up_of(session, draft.country, draft.fields.get("new_unit/product", ""))
    form = await offered.offered(session, draft.country, kind, line_up)
    campaign = row.campaign if row is not None else draft.fields.get("campaign")
    offer = await offered.offer(session, draft.country, campaign or "")
    listed = body.get("lines" if kind is Kind.POINTS else "units") or []
    papers = _papers_of_points(draft, body, offer) if kind is Kind.POINTS else _papers(draft, form)
    return Sheet(
        draft=draft,
        country=country,
        offered=form,
        fields=_fields(draft, body, only_documents=only_documents),
        rows=max(len(listed) + 1, ROWS),
        today=local_date(visit.parts.now(), country.time_zone).isoformat(),
        only_documents=only_documents,
        papers=await _with_denied(session, draft, list(papers), offer),
        campaigns=await offered.campaigns(session, draft.country) if kind is Kind.POINTS else [],
        offer=offer,
        judged=await lines.judged_of(session, row) if row is not None and kind is Kind.POINTS else (),
        attached=await documents.named(session, draft.request_id) if draft.request_id else [],
    )


def _fields(draft: Draft, body: dict[str, Any], *, only_documents: bool) -> dict[str, str]:
    """What the form's fields hold: rows close up, unless some lines of many are shown under their own numbers."""
    if only_documents:
        return draft.fields
    loose = {name: value for name, value in draft.fields.items() if not any(p.isdigit() for p in name.split("/"))}
    return loose | flat(body)


def _papers(draft: Draft, form: Offered) -> Iterator[Paper]:
    """What the range that was chosen asks for; who sends in again has sent most of it already."""
    for one in form.documents:
        yield Paper(one.requirement, one.title, one.required and not draft.request_id, one.template_id)


def _papers_of_points(draft: Draft, body: dict[str, Any], offer: Offer) -> Iterator[Paper]:
    """What the products that were chosen ask for, before that what any product of the campaign does."""
    chosen = {str(row.get("product", "")) for row in rows_of(body)} & offer.products.keys()
    asked = frozenset[str]().union(*(offer.documents_for(one) for one in chosen or offer.products))
    for requirement, title in offer.documents.items():
        if requirement in asked:
            yield Paper(requirement, title, bool(chosen) and not draft.request_id)


async def _with_denied(session: AsyncSession, draft: Draft, papers: list[Paper], offer: Offer) -> list[Paper]:
    """The papers with the reasons of those that were denied, whether or not they are still asked for."""
    if draft.request_id is None:
        return papers
    denied = {
        one.requirement: one.reason or ""
        for one in await requests.attached(session, draft.request_id)
        if one.verdict == "denied"
    }
    known = {one.requirement for one in papers}
    titles = offer.documents
    papers += [Paper(one, titles.get(one, one)) for one in denied if one not in known]
    return [
        replace(one, required=True, denied=denied[one.requirement]) if one.requirement in denied else one
        for one in papers
    ]
