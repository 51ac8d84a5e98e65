"""Accounts of a country: partners' by its keyusers, keyusers' by admins; and their passwords."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import SecretStr, StringConstraints

from api.configuring import REFUSALS, author_of, configurer, reader, routes
from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from api.fields import Body
from api.schemas.requests import Version
from configuration import accounts, changing, reading
from configuration.registry import ACCOUNTS
from domain import errors
from domain.access import Caller, Role
from domain.errors import Forbidden, NotFound
from store.tables.countries import Country

Password = Annotated[SecretStr, StringConstraints(min_length=12, max_length=200)]


class PasswordBody(Body):
    """A new password, of twelve characters and more, and the version of the account that the caller has seen."""

    version: Version
    password: Password


async def account_maker(country: str, caller: CallerOf, parts: PartsOf) -> Caller:
    """An admin, or the country's keyuser. Raises Forbidden by role, NotFound for another country."""
    if caller.role is not Role.ADMIN:
        return await configurer(country, caller)
    async with parts.sessions() as session:
        if await session.get(Country, country) is None:
            raise NotFound(f"There is no country {country}.")
    return caller


async def account_reader(country: str, caller: CallerOf, parts: PartsOf) -> Caller:
    """An admin, the country's keyuser, or ops. Raises Forbidden by role, NotFound for another country."""
    if caller.role is Role.ADMIN:
        return await account_maker(country, caller, parts)
    return await reader(country, caller, parts)


router = APIRouter()


@router.put(
    "/countries/{country}/accounts/{login}/password",
    status_code=204,
    tags=["configuration"],
    responses=documented(*REFUSALS, errors.StaleVersion),
)
async def set_password(
    country: str,
    login: str,
    body: PasswordBody,
    caller: Annotated[Caller, Depends(account_maker)],
    parts: PartsOf,
) -> None:
    """Give an account a password. Nobody can read it afterwards."""
    author = author_of(caller, parts)
    async with parts.sessions.begin() as session:
        await changing.lock(session, country)
        stored = await reading.find(session, ACCOUNTS, country, login)
        if (reason := ACCOUNTS.forbidden(author, stored.entry.value)) is not None:
            raise Forbidden(reason)
        changing.same_version(ACCOUNTS, stored.entry, body.version)
        password = body.password.get_secret_value()
        await accounts.set_password(session, stored.row, password, stored.entry.version, author)


router.include_router(routes(ACCOUNTS, may=account_maker, may_read=account_reader))
