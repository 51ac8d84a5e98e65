"""Accounts and companies."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller, Role
from store.tables.countries import Account, Company


async def account_of(session: AsyncSession, login: str) -> Account | None:
    """The account, active or not."""
    return await session.get(Account, login)


async def caller_of(session: AsyncSession, login: str, *, demo: bool) -> Caller | None:
    """The caller behind `login`; None if unknown, inactive, or a demo account outside the demo."""
    row = (
        await session.execute(
            select(Account, Company.name)
            .outerjoin(Company, Company.id == Account.company_id)
            .where(Account.login == login, Account.active)
        )
    ).one_or_none()
    if row is None:
        return None
    account, company = row
    if account.demo and not demo:
        return None
    return Caller(
        login=account.login,
        role=Role(account.role),
        country=account.country,
        company=company,
        company_id=account.company_id,
        superuser=account.superuser,
    )


async def company_of(session: AsyncSession, company_id: int | None) -> Company | None:
    """The company of a request or an account."""
    return None if company_id is None else await session.get(Company, company_id)
