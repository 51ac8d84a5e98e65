"""Accounts of people for whom an identity provider vouches: made at their first call, kept as the provider says."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Claimed, Role
from domain.errors import Forbidden
from store.accounts import NO_PASSWORD, PRO_PARTNER, company_named
from store.tables.countries import Account, Country

OF_THE_DESK = {Role.OPS, Role.ADMIN}
OF_COMPANIES = {Role.INSTALLER, Role.PRO_PARTNER}


async def admit(session: AsyncSession, claimed: Claimed) -> None:
    """Make the account what the provider says it is. Raises Forbidden for claims that fit nothing here, and for a
    login that is somebody else's: an account of this desk, of a machine, or of another provider."""
    country, company_id = await _place(session, claimed)
    values = {"role": claimed.role.value, "country": country, "company_id": company_id, "email": claimed.email}
    account = await session.get(Account, claimed.login)
    if account is None:
        new = insert(Account).values(
            login=claimed.login,
            password_hash=NO_PASSWORD,
            issuer=claimed.issuer,
            superuser=False,
            active=True,
            demo=False,
        )
        await session.execute(new.values(values).on_conflict_do_nothing())
        account = await session.get_one(Account, claimed.login, populate_existing=True)
    if account.issuer != claimed.issuer:
        raise Forbidden("This login belongs to another account of this desk.")
    if any(getattr(account, name) != value for name, value in values.items()):
        account = await session.get_one(Account, claimed.login, with_for_update=True, populate_existing=True)
        for name, value in values.items():
            setattr(account, name, value)
        await session.flush()


async def _place(session: AsyncSession, claimed: Claimed) -> tuple[str | None, int | None]:
    """Country and company of the role. Ops and admins have neither."""
    if claimed.role in OF_THE_DESK:
        return None, None
    country = await session.scalar(select(Country.code).where(Country.code == (claimed.country or "")))
    if country is None:
        raise Forbidden("Your account at the identity provider has no country of this desk.")
    company = await company_named(session, country, claimed.company) if claimed.company else None
    if claimed.company and company is None:
        raise Forbidden("Your company is not known in your country at this desk.")
    if claimed.role in OF_COMPANIES and company is None:
        raise Forbidden("Your account at the identity provider has no company.")
    if claimed.role is Role.PRO_PARTNER and company is not None and company.company_class != PRO_PARTNER:
        raise Forbidden("Your company is no PRO Partner.")
    if claimed.role is Role.KEYUSER:
        return country, None
    return country, company.id if company else None
