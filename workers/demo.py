"""The two demo countries, so that everything can be tried at once (`api.md`, demo data).

They are configured as `keydesk config import` would, by `workers.demo_countries`. Loading is idempotent: what is there
already stays as somebody may have changed it.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import changing, codes, reading
from configuration.inventory import InventoryShape
from configuration.registry import INVENTORY
from configuration.transfer import imported
from domain.access import Role
from domain.pools import Pool
from store.accounts import NO_PASSWORD
from store.audit import Author
from store.engine import connect, sessions
from store.tables.countries import Account, Country
from workers import demo_loyalty
from workers.demo_countries import ACCOUNTS, CODES_OWNED, documents

PASSWORD = "keydesk-demo"  # noqa: S105 - published; demo accounts work only inside the demo
POOL_SIZE = 1000


def load(database_url: str) -> None:
    """Load what is missing of the demo countries. The schema must be there."""
    asyncio.run(_load(database_url))


async def _load(database_url: str) -> None:
    engine = connect(database_url)
    author = Author("keydesk demo", datetime.now(UTC), Role.ADMIN)
    try:
        async with sessions(engine).begin() as session:
            for document in documents():
                if await session.get(Country, document["country"]) is None:
                    await imported(session, None, document, author, delete=False)
                    await _numbers(session, document["country"], author)
                await _inventory(session, document, author)
            await demo_loyalty.set_up(session)
            await _accounts(session)
    finally:
        await engine.dispose()


async def _numbers(session: AsyncSession, country: str, author: Author) -> None:
    prefix = f"{country}X"
    owned = CODES_OWNED.get(country, {})
    await codes.generate(session, country, Pool.CARD, POOL_SIZE, country, None, author)
    for owner, count in owned.items():
        await codes.generate(session, country, Pool.EXTENSION, count, prefix, owner, author)
    free = POOL_SIZE - sum(owned.values())
    await codes.generate(session, country, Pool.EXTENSION, free, prefix, None, author)


async def _inventory(session: AsyncSession, document: dict[str, Any], author: Author) -> None:
    """What a desk that was set up before there were replacements does not have yet."""
    if not await reading.everything(session, INVENTORY, document["country"]):
        wanted = [InventoryShape.model_validate(one) for one in document["inventory"]]
        await changing.put(session, INVENTORY, document["country"], wanted, author)


async def _accounts(session: AsyncSession) -> None:
    """Accounts of the desk itself; those that have no password get the published one, and are marked as the demo's."""
    known = set(await session.scalars(select(Account.login)))
    session.add_all(
        Account(login=one.login, role=one.role, email=one.email, password_hash=NO_PASSWORD)
        for one in ACCOUNTS
        if one.country is None and one.login not in known
    )
    await session.flush()
    new = (
        Account.login.in_([one.login for one in ACCOUNTS]),
        Account.password_hash == NO_PASSWORD,
        Account.issuer.is_(None),
    )
    if await session.scalar(select(Account.login).where(*new).limit(1)):
        # One hash for all: a good one takes its time, and this password is no secret.
        hashed = PasswordHasher().hash(PASSWORD)
        await session.execute(update(Account).where(*new).values(password_hash=hashed, demo=True))
