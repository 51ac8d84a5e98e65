"""Queues the emails of a move, in its transaction; they are sent afterwards (`domain.md` §7)."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from activities.faces import warranty_summary
from activities.rendering.words import words_in
from domain.notifications import Notice, Recipient
from domain.requests import Carried, EndUser, WarrantyRequest
from domain.states import Kind, State
from store import accounts, cards, emails, grants, lines, requests
from store.tables.countries import Account, Country
from store.tables.effects import Card
from store.tables.requests import Request, RequestDocument


async def announce(
    session: AsyncSession,
    row: Request,
    told: tuple[Notice, ...],
    *,
    cause: str,
    at: datetime,
    base_url: str,
    comment: str = "",
) -> tuple[int, ...]:
    """Queue `told`, each once per `cause` (the version just reached, an alarm); answers the ids of the emails."""
    country = await session.get_one(Country, row.country)
    requester = await session.get(Account, row.login) if row.login else None
    company = await accounts.company_of(session, row.company_id)
    data = await requests.carried(session, row)
    end_user = _end_user_of(data)
    addresses = {
        Recipient.REQUESTER: requester.email if requester else "",
        Recipient.PARTNER: company.email if company else "",
        Recipient.END_USER: end_user.email if end_user else "",
        Recipient.KEYUSER: country.keyuser_email,
        Recipient.ESCALATION: country.escalation_email,
    }
    card = await cards.brought_by(session, row.id)
    tags = await _tags(session, row, end_user, card, language=country.language, comment=comment, base_url=base_url)
    queued = [
        await emails.queue(
            session,
            request_id=row.id,
            cause=cause,
            event=event.value,
            recipient=recipient.value,
            to=addresses[recipient],
            language=country.language,
            tags=tags,
            card_version=card.version if card and event.carries_card else None,
            card_of=card.request_id if card and event.carries_card else None,
            at=at,
        )
        for event, recipient in told
    ]
    return tuple(one for one in queued if one is not None)


def _end_user_of(data: Carried) -> EndUser | None:
    return data.end_user if isinstance(data, WarrantyRequest) else None


def _named(document: RequestDocument) -> str:
    """A denied document as its requester knows it."""
    return document.requirement if document.line is None else f"{document.requirement} ({document.line})"


async def _tags(
    session: AsyncSession,
    row: Request,
    end_user: EndUser | None,
    card: Card | None,
    *,
    language: str,
    comment: str,
    base_url: str,
) -> dict[str, str]:
    """The values of all allowed tags, as they are now."""
    company = await accounts.company_of(session, row.company_id)
    name = company.name if company else row.login or ""
    denied = {_named(one): None for one in await requests.attached(session, row.id) if one.verdict == "denied"}
    judged = await lines.judged_of(session, row) if row.kind == Kind.POINTS else ()
    return {
        "end_user_name": end_user.name if end_user else "",
        "partner_name": name,
        "company_name": name,
        "landing_url": base_url,
        "request_id": row.id,
        "request_url": f"{base_url}/requests/{row.id}",
        "card_number": card.number if card else "",
        "comment": comment,
        "denied_documents": ", ".join(denied),
        "state_label": words_in(language).states[State(row.state)],
        "points": str(sum(line.booked for line in judged)) if judged else "",
        "warranty_summary": warranty_summary(await grants.latest(session, row.id), language),
    }
