"""Warranty cards: promised with the decision, valid once their PDF is stored."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables.effects import Card


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
) -> None:
    """Write down the card that version `request_version` of the request owes; it has no PDF so far."""
    session.add(
        Card(
            request_id=request_id,
            version=version,
            request_version=request_version,
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
    """The card that the request still owes: there is never more than one."""
    return await session.scalar(
        select(Card)
        .where(Card.request_id == request_id, Card.status == "pending")
        .order_by(Card.version.desc())
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
