"""Accounts and companies."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller, Role
from store.tables.countries import Account, Company

PRO_PARTNER = "pro_partner"
NO_PASSWORD = "!"  # noqa: S105 - no hash, so no password proves it


async def account_of(session: AsyncSession, login: str) -> Account | None:
    """The account, active or not."""
    return await session.get(Account, login)


async def caller_of(session: AsyncSession, login: str, *, demo: bool) -> Caller | None:
    """The caller behind `login`; None if unknown, inactive, or a demo account outside the demo."""
    row = (
        await session.execute(
            select(Account, Company.name, Company.company_class)
            .outerjoin(Company, Company.id == Account.company_id)
            .where(Account.login == login, Account.active)
        )
    ).one_or_none()
    if row is None:
        return None
    account, company, company_class = row
    if account.demo and not demo:
        return None
    return Caller(
        login=account.login,
        role=Role(account.role),
        country=account.country,
        company=company,
        company_id=account.company_id,
        company_class=company_class,
        superuser=account.superuser,
    )


async def company_of(session: AsyncSession, company_id: int | None) -> Company | None:
    """The company of a request or an account."""
    return None if company_id is None else await session.get(Company, company_id)


async def partner_named(session: AsyncSession, country: str, name: str) -> Company | None:
    """The country's PRO Partner of this name."""
    return await session.scalar(
        select(Company).where(Company.country == country, Company.name == name, Company.company_class == PRO_PARTNER)
    )


async def partners_of(session: AsyncSession, country: str) -> list[str]:
    """The names of the country's PRO Partners."""
    return list(
        await session.scalars(
            select(Company.name)
            .where(Company.country == country, Company.company_class == PRO_PARTNER)
            .order_by(Company.name)
        )
    )


async def company_named(session: AsyncSession, country: str, name: str) -> Company | None:
    """The country's company of this name."""
    return await session.scalar(select(Company).where(Company.country == country, Company.name == name))
