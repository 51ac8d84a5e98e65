"""Who is signed in on the pages. Tokens are kept as hashes: whoever reads the table cannot use it."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables.pages import PageSession

LIFETIME = timedelta(hours=12)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def sign_in(session: AsyncSession, login: str, now: datetime) -> str:
    """The token of a new session; sessions that have run out are forgotten."""
    token = secrets.token_urlsafe(32)
    await session.execute(delete(PageSession).where(PageSession.expires_at <= now))
    session.add(PageSession(token_hash=_hashed(token), login=login, expires_at=now + LIFETIME))
    return token


async def login_of(session: AsyncSession, token: str, now: datetime) -> str | None:
    """Whose session it is; None once it has run out or was ended."""
    return await session.scalar(
        select(PageSession.login).where(PageSession.token_hash == _hashed(token), PageSession.expires_at > now)
    )


async def sign_out(session: AsyncSession, token: str) -> None:
    """End the session."""
    await session.execute(delete(PageSession).where(PageSession.token_hash == _hashed(token)))
