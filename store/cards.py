"""Warranty cards: promised with the decision, valid once their PDF is stored."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from domain.states import Kind
from store.tables.effects import Card
from store.tables.requests import Request


def shown_by(request_ids: Iterable[str]) -> ColumnElement[bool]:
    """The cards that these requests show: their own, and for a replacement those that were reissued for it.

    Extra years whose card was reissued for an amended warranty show it themselves.
    """
    ids = list(request_ids)
    swaps = select(Request.id).where(Request.id.in_(ids), Request.kind == Kind.UNIT_REPLACEMENT)
    # The ids once more beside the query: without them PostgreSQL reads every card.
    return or_(Card.request_id.in_(ids), and_(Card.caused_by.in_(ids), Card.caused_by.in_(swaps)))


def new_token() -> str:
    """What the QR code carries: 128 bits that nobody can guess."""
    return secrets.token_urlsafe(16)


async def next_version(session: AsyncSession, request_id: str) -> int:
    """The version that the request's next card will have, from 1."""
    return (await session.scalar(select(func.max(Card.version)).where(Card.request_id == request_id)) or 0) + 1


async def promise(
    session: AsyncSession,
    *,
    request_id: str,
    request_version: int,
    version: int,
    number: str,
    token: str,
    face: dict[str, Any],
    caused_by: str | None = None,
) -> None:
    """Write down the card that version `request_version` of the request owes; it has no PDF so far.

    One that is reissued for a replacement, or for an amended warranty (`caused_by`), is owed by that one.
    """
    session.add(
        Card(
            request_id=request_id,
            version=version,
            request_version=request_version,
            caused_by=caused_by,
            number=number,
            status="pending",
            token=token,
            face=face,
        )
    )
    await session.flush()


async def abandon(session: AsyncSession, request_id: str) -> None:
    """A card that is still to be printed is not printed any more: a later version takes its place."""
    await session.execute(
        update(Card).where(Card.request_id == request_id, Card.status == "pending").values(status="withdrawn")
    )


async def promised(session: AsyncSession, request_id: str) -> Card | None:
    """The card that the request still owes: one of its own, or the next of those that are reissued for it."""
    return await session.scalar(
        select(Card)
        .where(func.coalesce(Card.caused_by, Card.request_id) == request_id, Card.status == "pending")
        .order_by(Card.request_id, Card.version.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


async def issue(session: AsyncSession, card: Card, *, sha256: str, libraries: dict[str, str], at: datetime) -> None:
    """The PDF is stored: the card is valid from now on, and the one before it superseded."""
    await session.execute(
        update(Card).where(Card.request_id == card.request_id, Card.status == "valid").values(status="superseded")
    )
    card.status, card.sha256, card.libraries, card.issued_at = "valid", sha256, dict(libraries), at


async def withdraw(session: AsyncSession, request_id: str) -> None:
    """No card of the request is valid any longer, printed or still promised."""
    await session.execute(
        update(Card)
        .where(Card.request_id == request_id, Card.status.in_(["pending", "valid"]))
        .values(status="withdrawn")
    )


async def cards_of(session: AsyncSession, request_id: str) -> list[Card]:
    """Every card whose PDF exists, oldest first."""
    return list(
        await session.scalars(
            select(Card).where(Card.request_id == request_id, Card.sha256.is_not(None)).order_by(Card.version)
        )
    )


async def latest(session: AsyncSession, request_id: str) -> Card | None:
    """The newest version of the request's card, printed or not; None if it has no card."""
    return await session.scalar(
        select(Card).where(Card.request_id == request_id).order_by(Card.version.desc()).limit(1)
    )


async def brought_by(session: AsyncSession, request_id: str) -> Card | None:
    """The newest card that the request has brought, printed or not: one of its own, else one reissued for it."""
    return await session.scalar(
        select(Card)
        .where(shown_by([request_id]))
        .order_by((Card.request_id == request_id).desc(), Card.version.desc(), Card.request_id)
        .limit(1)
    )


async def printed_for(session: AsyncSession, request_id: str) -> list[Card]:
    """Every printed card that the request has brought, oldest first: its own, and those reissued for it."""
    return list(
        await session.scalars(
            select(Card)
            .where(shown_by([request_id]), Card.sha256.is_not(None))
            .order_by(Card.version, Card.request_id.desc())
        )
    )


async def naming(session: AsyncSession, request_ids: Iterable[str], serial: str) -> list[Card]:
    """Of each of the requests the newest card, if it counts (or is about to) and the serial stands on it; locked."""
    newest = (
        select(Card.request_id, func.max(Card.version).label("version"))
        .where(Card.request_id.in_(list(request_ids)))
        .group_by(Card.request_id)
        .subquery()
    )
    found = await session.scalars(
        select(Card)
        .join(newest, and_(newest.c.request_id == Card.request_id, newest.c.version == Card.version))
        .where(
            Card.status.in_(["pending", "valid"]),
            cast(Card.face["units"], JSONB).contains([{"serial": serial}]),
        )
        .order_by(Card.request_id)
        .with_for_update(of=Card)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def card_version(session: AsyncSession, request_id: str, version: int) -> Card | None:
    """One version of the request's card."""
    return await session.get(Card, {"request_id": request_id, "version": version}, populate_existing=True)


async def card_of_token(session: AsyncSession, token: str) -> Card | None:
    """The card whose QR code carries `token`, once it is printed."""
    if "\0" in token:
        return None  # PostgreSQL cannot even be asked about it
    return await session.scalar(select(Card).where(Card.token == token, Card.sha256.is_not(None)))


async def request_of_number(session: AsyncSession, number: str) -> str | None:
    """The request on whose cards the number stands."""
    return await session.scalar(select(Card.request_id).where(Card.number == number).limit(1))
