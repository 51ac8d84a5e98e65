"""Whose a bearer token is: this desk's own tokens, those of an OpenID Connect issuer, and API keys of machines."""

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller
from domain.errors import NotAuthenticated
from domain.states import Kind
from store import accounts, admissions, api_keys

if TYPE_CHECKING:
    from api.dependencies import Parts


async def caller_behind(parts: "Parts", token: str) -> Caller:
    """The account behind a bearer token. Raises NotAuthenticated, Forbidden for claims that give no place here,
    Unavailable while an issuer cannot be asked."""
    if token.startswith(api_keys.PREFIX):
        return await _machine(parts, token)
    if parts.issuer is not None and parts.issuer.issued(token):
        return await admitted(parts, token)
    login = parts.tokens.login_of(token)
    async with parts.sessions() as session:
        return await _account(session, parts, login)


async def admitted(parts: "Parts", token: str, *, nonce: str | None = None, audience: str | None = None) -> Caller:
    """The account for which the issuer vouches with this token, made or changed as its claims say. Raises as above."""
    if parts.issuer is None:
        raise NotAuthenticated("This desk knows no identity provider.")
    claimed = await parts.issuer.proved(token, nonce=nonce, audience=audience)
    async with parts.sessions.begin() as session:
        await admissions.admit(session, claimed)
        return await _account(session, parts, claimed.login)


async def _machine(parts: "Parts", token: str) -> Caller:
    async with parts.sessions.begin() as session:
        key = await api_keys.used(session, token, parts.now())
        if key is None:
            raise NotAuthenticated("The API key is not valid, or no longer.")
        caller = await _account(session, parts, key.login)
    return caller if key.kinds is None else replace(caller, kinds=frozenset(Kind(kind) for kind in key.kinds))


async def _account(session: AsyncSession, parts: "Parts", login: str) -> Caller:
    caller = await accounts.caller_of(session, login, demo=parts.demo)
    if caller is None:
        raise NotAuthenticated("This account does not exist or is closed.")
    return caller
