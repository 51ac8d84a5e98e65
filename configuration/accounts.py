"""Accounts: logins of partners, made by keyusers, and of keyusers, made by admins (`domain.md` §1, §8).

An account that did something is not deleted but closed: `active` false.
"""

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from argon2 import PasswordHasher
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.fields import Body, Email, Flag, Line, Required, pointed
from configuration.resource import Resource
from domain.access import Role
from domain.errors import AlreadyExists, FieldError, Invalid
from store import audit
from store.accounts import NO_PASSWORD, PRO_PARTNER
from store.audit import FIRST, Author
from store.tables.countries import Account, Company
from store.tables.requests import Request

EMAIL: TypeAdapter[str] = TypeAdapter(Email)
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
PARTNERS = frozenset({Role.INSTALLER, Role.PRO_PARTNER, Role.PARTICIPANT})
OF_A_COUNTRY = PARTNERS | {Role.KEYUSER}


class AccountShape(Body):
    """Somebody who signs in. `superuser` is for keyusers: organisational units do not bind their decisions."""

    login: Required
    role: Role
    company: Required | None = None
    email: Line
    superuser: Flag = False
    active: Flag = True


class Accounts(Resource[AccountShape, dict[str, str]]):
    """The accounts of a country."""

    name = "accounts"
    one = "account"
    shape = AccountShape
    table = Account
    key = ("login",)

    def rows(self, country: str) -> Select[Any]:
        """Everybody of the country."""
        return select(Account).where(Account.country == country)

    def forbidden(self, author: Author, value: AccountShape) -> str | None:
        """Keyusers make partners' accounts only: nobody raises himself or a colleague."""
        if author.role is not Role.ADMIN and value.role not in PARTNERS:
            return "Only admins touch accounts of keyusers."
        return None

    async def values(self, session: AsyncSession, country: str, rows: Sequence[Any]) -> list[AccountShape]:
        """Each account with the name of its company; nobody reads a password."""
        found = await session.execute(
            select(Company.id, Company.name).where(Company.id.in_({row.company_id for row in rows}))
        )
        names = {company_id: name for company_id, name in found}  # noqa: C416 - not a mapping
        plain = set(AccountShape.model_fields) - {"company"}
        return [
            AccountShape(**{name: getattr(row, name) for name in plain}, company=names.get(row.company_id))
            for row in rows
        ]

    async def write(self, session: AsyncSession, country: str, row: Any, value: AccountShape) -> None:
        """The row; a new one has no password yet."""
        for name, part in value.model_dump(exclude={"company"}).items():
            setattr(row, name, part)
        row.company_id = None
        if value.company is not None:
            row.company_id = await session.scalar(
                select(Company.id).where(Company.country == country, Company.name == value.company)
            )
        if row.password_hash is None:
            row.password_hash = NO_PASSWORD

    async def known(self, session: AsyncSession, country: str) -> dict[str, str]:
        """The classes of the country's companies, by name."""
        rows = await session.execute(select(Company.name, Company.company_class).where(Company.country == country))
        return {name: company_class for name, company_class in rows}  # noqa: C416 - not a mapping

    def problems_of_new(self, value: AccountShape) -> Iterator[FieldError]:
        """A login and an address as this desk takes them; identity providers have theirs."""
        yield from _problems_of_new(value)

    def problems(self, value: AccountShape, known: dict[str, str]) -> Iterator[FieldError]:
        """Role and company go together."""
        if value.role not in OF_A_COUNTRY:
            yield FieldError("/role", "an account of a country is a partner's or a keyuser's")
        if value.superuser and value.role is not Role.KEYUSER:
            yield FieldError("/superuser", "only keyusers are superusers")
        needed = value.role in {Role.INSTALLER, Role.PRO_PARTNER}
        if needed and value.company not in known:
            yield FieldError("/company", "names a company of this country")
        elif needed and (known[value.company or ""] == PRO_PARTNER) is not (value.role is Role.PRO_PARTNER):
            yield FieldError("/company", f"is a company of the class {known[value.company or '']}")
        elif not needed and value.company is not None and (value.company not in known or value.role not in PARTNERS):
            yield FieldError("/company", "names a company of this country, and keyusers are of none")

    async def objections(
        self, session: AsyncSession, country: str, before: AccountShape, after: AccountShape
    ) -> Iterable[FieldError]:
        """A new address is one."""
        return () if before.email == after.email else _email_problems(after)

    async def users(self, session: AsyncSession, country: str, value: AccountShape) -> Iterable[str]:
        """Requests name their requester."""
        return await lookups.requests_where(session, country, Request.login == value.login)


async def set_password(session: AsyncSession, row: Account, password: str, version: int, author: Author) -> None:
    """Give the account this password. The audit log says so, and not which.

    Raises Invalid for an account for which somebody else vouches.
    """
    if row.issuer is not None:
        raise Invalid("Nobody signs in to this account with a password of this desk.")
    row.password_hash = PasswordHasher().hash(password)
    audit.note(session, row.country, Accounts.name, row.login, version + 1, "set_password", author)
    await session.flush()


async def enrol(session: AsyncSession, login: str, role: Role, email: str, author: Author) -> str:
    """A new account of the desk itself, for ops or an admin; its password, which nobody can read later.

    Raises AlreadyExists, and Invalid for a login or an address that is none.
    """
    value = _checked(login, role, email)
    if await session.get(Account, value.login) is not None:
        raise AlreadyExists(f"There is an account {value.login} already.", facts={"key": value.login})
    password = secrets.token_urlsafe(16)
    hashed = PasswordHasher().hash(password)
    session.add(Account(login=value.login, role=role, email=value.email, password_hash=hashed))
    audit.note(session, None, Accounts.name, value.login, FIRST, "create", author, after=value.model_dump(mode="json"))
    await session.flush()
    return password


def _checked(login: str, role: Role, email: str) -> AccountShape:
    if role not in {Role.ADMIN, Role.OPS}:
        raise Invalid(
            "Only ops and admins are accounts of the desk itself.", fields=[FieldError("/role", "admin, ops")]
        )
    try:
        value = AccountShape(login=login, role=role, email=email)
    except ValidationError as wrong:
        raise Invalid("This cannot be an account.", fields=pointed(wrong.errors())) from None
    if problems := list(_problems_of_new(value)):
        raise Invalid("This cannot be an account.", fields=problems)
    return value


def _problems_of_new(value: AccountShape) -> Iterator[FieldError]:
    if LOGIN.fullmatch(value.login) is None:
        yield FieldError("/login", "has lower case letters, digits, dots, dashes: two of them at least")
    yield from _email_problems(value)


def _email_problems(value: AccountShape) -> Iterator[FieldError]:
    try:
        EMAIL.validate_python(value.email)
    except ValidationError:
        yield FieldError("/email", "is no email address")


async def local(session: AsyncSession, country: str) -> frozenset[str]:
    """The logins for which this desk itself vouches: not those of an identity provider, nor of machines."""
    rows = select(Account.login).where(Account.country == country, Account.issuer.is_(None))
    return frozenset(await session.scalars(rows))
