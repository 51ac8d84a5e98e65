"""API keys: machines' accounts with what signs in to them."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Role
from domain.errors import AlreadyExists
from domain.states import Kind
from store.accounts import NO_PASSWORD
from store.tables.access import ApiKey
from store.tables.countries import Account

PREFIX = "kdk_"
MACHINES = "machine."
BY_KEY = "api-key"


@dataclass(frozen=True)
class Machine:
    """What a machine's account is to be. `name` is unique over all countries."""

    name: str
    role: Role
    country: str | None
    company_id: int | None
    email: str

    @property
    def login(self) -> str:
        """The login of its account."""
        return f"{MACHINES}{self.name}"


async def issue(
    session: AsyncSession,
    machine: Machine,
    kinds: Iterable[Kind] | None,
    author: str,
    at: datetime,
    until: datetime | None,
) -> tuple[ApiKey, str]:
    """A new key, and its text, which nobody can learn again. A second key of one machine replaces none.

    Raises AlreadyExists if the name belongs to a machine that is something else.
    """
    account = await session.get(Account, machine.login, with_for_update=True)
    if account is None:
        account = Account(
            login=machine.login,
            role=machine.role,
            country=machine.country,
            company_id=machine.company_id,
            email=machine.email,
            password_hash=NO_PASSWORD,
            issuer=BY_KEY,
        )
        session.add(account)
        await session.flush()
    same = (account.role, account.country, account.company_id) == (machine.role, machine.country, machine.company_id)
    if account.issuer != BY_KEY or not same:
        raise AlreadyExists(f"Another machine has the name {machine.name}.")
    account.email = machine.email
    text = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        login=account.login,
        digest=_digest(text),
        kinds=sorted(kinds) if kinds is not None else None,
        created_by=author,
        created_at=at,
        expires_at=until,
    )
    session.add(key)
    await session.flush()
    return key, text


async def used(session: AsyncSession, text: str, at: datetime) -> ApiKey | None:
    """The key of this text, if it is good; the day of its last use is noted."""
    key = await session.scalar(
        select(ApiKey).where(
            ApiKey.digest == _digest(text),
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > at),
        )
    )
    if key is not None and key.last_used_on != at.date():
        await session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_on=at.date()))
    return key


async def listed(session: AsyncSession) -> list[tuple[ApiKey, Account]]:
    """Every key with its account, newest first; revoked ones, too."""
    query = select(ApiKey, Account).join(Account, Account.login == ApiKey.login).order_by(ApiKey.id.desc())
    return [(key, account) for key, account in await session.execute(query)]


async def locked(session: AsyncSession, key_id: int) -> ApiKey | None:
    """One key, to revoke it."""
    return await session.get(ApiKey, key_id, with_for_update=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
