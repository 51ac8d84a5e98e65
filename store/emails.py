"""The outbox: emails are queued in the transaction of the move that causes them, and sent afterwards."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables.configuration import Notification
from store.tables.effects import Email


async def queue(
    session: AsyncSession,
    *,
    request_id: str,
    cause: str,
    event: str,
    recipient: str,
    to: str,
    language: str,
    tags: Mapping[str, str],
    card_version: int | None,
    at: datetime,
    card_of: str | None = None,
) -> int | None:
    """Queue one email and answer its id; None if the same cause queued it before."""
    return await session.scalar(
        insert(Email)
        .values(
            request_id=request_id,
            cause=cause,
            event=event,
            recipient=recipient,
            to=to,
            language=language,
            tags=dict(tags),
            card_version=card_version,
            card_of=card_of,
            status="queued",
            message_id=f"<{request_id}.{cause}.{event}.{recipient}@keydesk>",
            queued_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Email.id)
    )


async def queued_of(session: AsyncSession, request_id: str, cause: str | None = None) -> tuple[int, ...]:
    """The emails of the request that are still to be sent: of one cause, or all."""
    query = select(Email.id).where(Email.request_id == request_id, Email.status == "queued").order_by(Email.id)
    return tuple(await session.scalars(query if cause is None else query.where(Email.cause == cause)))


async def drop_unsent_with_card(session: AsyncSession, request_id: str) -> None:
    """A withdrawn card is not mailed any more. One that is being sent this moment has a locked row, and goes out."""
    unsent = (
        select(Email.id)
        .where(Email.request_id == request_id, Email.status == "queued", Email.card_version.is_not(None))
        .with_for_update(skip_locked=True)
    )
    await session.execute(update(Email).where(Email.id.in_(unsent)).values(status="dropped"))


async def emails_of(session: AsyncSession, request_id: str) -> list[Email]:
    """Every email of the request, in the order in which they were queued."""
    return list(await session.scalars(select(Email).where(Email.request_id == request_id).order_by(Email.id)))


async def own_text(
    session: AsyncSession, country: str, event: str, recipient: str, language: str
) -> Notification | None:
    """The country's own text of an email: in the language, else in English, else None (the packaged one)."""
    rows = {
        row.language: row
        for row in await session.scalars(
            select(Notification).where(
                Notification.country == country,
                Notification.event == event,
                Notification.recipient == recipient,
                Notification.language.in_([language, "en"]),
            )
        )
    }
    return rows.get(language) or rows.get("en")
