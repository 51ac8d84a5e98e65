"""Messages on requests, with an unread marker for each side."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.states import Side
from store.tables.requests import Message

UNREAD = {Side.REQUESTER: Message.read_by_requester, Side.KEYUSER: Message.read_by_keyuser}


async def find(session: AsyncSession, request_id: str, login: str, key: str) -> Message | None:
    """The message that this account wrote under this key."""
    return await session.scalar(
        select(Message).where(Message.request_id == request_id, Message.login == login, Message.idempotency_key == key)
    )


def write(
    session: AsyncSession,
    *,
    request_id: str,
    version: int,
    login: str,
    side: Side | None,
    key: str,
    body_hash: str,
    text: str,
    at: datetime,
) -> Message:
    """Add a message; its own side has read it."""
    message = Message(
        request_id=request_id,
        version=version,
        login=login,
        side=side,
        idempotency_key=key,
        body_hash=body_hash,
        text=text,
        at=at,
        read_by_requester=side is Side.REQUESTER,
        read_by_keyuser=side is Side.KEYUSER,
    )
    session.add(message)
    return message


async def messages_of(session: AsyncSession, request_id: str) -> list[Message]:
    """All messages of the request, oldest first."""
    return list(
        await session.scalars(select(Message).where(Message.request_id == request_id).order_by(Message.version))
    )


async def unread(session: AsyncSession, request_ids: list[str], side: Side | None) -> dict[str, int]:
    """How many messages a side has not read, by request; nothing for those who only look."""
    if side not in UNREAD:
        return {}
    rows = await session.execute(
        select(Message.request_id, func.count())
        .where(Message.request_id.in_(request_ids), UNREAD[side].is_(False))
        .group_by(Message.request_id)
    )
    return dict(rows.all())


async def mark_read(session: AsyncSession, request_id: str, side: Side | None) -> None:
    """The side has read everything so far."""
    if side in UNREAD:
        await session.execute(
            update(Message)
            .where(Message.request_id == request_id, UNREAD[side].is_(False))
            .values({UNREAD[side]: True})
        )
