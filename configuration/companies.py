"""Companies of installers and PRO Partners, with class and schemes (`domain.md` §1, §8)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.fields import Body, EmailOrNothing, Line, Required
from configuration.resource import Advice, Resource
from domain.errors import FieldError
from domain.policies import Scheme
from store.accounts import PRO_PARTNER
from store.tables.countries import Account, Company
from store.tables.effects import PoolNumber
from store.tables.requests import Request


class CompanyClass(StrEnum):
    """What a company is: an installer of one of three classes, or a PRO Partner."""

    STANDARD = "standard"
    ACCREDITED = "accredited"
    ACCREDITED_PARTNER = "accredited_partner"
    PRO_PARTNER = PRO_PARTNER


class CompanyShape(Body):
    """A company. An `accredited_partner` names the PRO Partner to which it is linked. Cards show its city and name."""

    name: Required
    company_class: CompanyClass
    schemes: tuple[Scheme, ...] = ()
    pro_partner: Required | None = None
    organisational_unit: Required | None = None
    address: Line = ""
    postcode: Line = ""
    city: Line = ""
    phone: Line = ""
    email: EmailOrNothing = ""


@dataclass(frozen=True)
class Neighbours:
    """What a company may name: organisational units and PRO Partners."""

    organisational_units: frozenset[str]
    pro_partners: frozenset[str]


class Companies(Resource[CompanyShape, Neighbours]):
    """The companies of a country."""

    name = "companies"
    one = "company"
    shape = CompanyShape
    table = Company
    key = ("name",)

    async def values(self, session: AsyncSession, country: str, rows: Sequence[Any]) -> list[CompanyShape]:
        """Each company with the name of its PRO Partner."""
        linked = {row.pro_partner_id for row in rows if row.pro_partner_id is not None}
        found = await session.execute(select(Company.id, Company.name).where(Company.id.in_(linked)))
        names = {company_id: name for company_id, name in found}  # noqa: C416 - not a mapping
        plain = set(CompanyShape.model_fields) - {"pro_partner"}
        return [
            CompanyShape(**{name: getattr(row, name) for name in plain}, pro_partner=names.get(row.pro_partner_id))
            for row in rows
        ]

    def settled(self, value: CompanyShape) -> CompanyShape:
        """Each scheme once, in their order."""
        return value.model_copy(update={"schemes": tuple(one for one in Scheme if one in value.schemes)})

    def rank(self, value: CompanyShape) -> int:
        """PRO Partners come before those that name them."""
        return 0 if value.company_class is CompanyClass.PRO_PARTNER else 1

    async def write(self, session: AsyncSession, country: str, row: Any, value: CompanyShape) -> None:
        """The row, with its PRO Partner's id."""
        for name, part in value.model_dump(exclude={"pro_partner", "schemes"}).items():
            setattr(row, name, part)
        row.schemes = list(value.schemes)
        row.pro_partner_id = None
        if value.pro_partner is not None:
            row.pro_partner_id = await session.scalar(
                select(Company.id).where(Company.country == country, Company.name == value.pro_partner)
            )

    async def known(self, session: AsyncSession, country: str) -> Neighbours:
        """The country's organisational units and PRO Partners."""
        partners = await session.scalars(
            select(Company.name).where(Company.country == country, Company.company_class == PRO_PARTNER)
        )
        return Neighbours(await lookups.organisational_units(session, country), frozenset(partners))

    def foreseen(self, known: Neighbours, values: Iterable[CompanyShape]) -> Neighbours:
        """With the PRO Partners among them."""
        more = {one.name for one in values if one.company_class is CompanyClass.PRO_PARTNER}
        return replace(known, pro_partners=known.pro_partners | more)

    def problems(self, value: CompanyShape, known: Neighbours) -> Iterator[FieldError]:
        """Who is linked is an accredited partner, and the other way round."""
        linked = value.company_class is CompanyClass.ACCREDITED_PARTNER
        if linked and value.pro_partner not in known.pro_partners:
            yield FieldError("/pro_partner", "an accredited partner names a PRO Partner of this country")
        if not linked and value.pro_partner is not None:
            yield FieldError("/pro_partner", f"a company of the class {value.company_class} is linked to none")
        if value.organisational_unit is not None and value.organisational_unit not in known.organisational_units:
            yield FieldError("/organisational_unit", "not an organisational unit of this country")

    def advice(self, value: CompanyShape, known: Neighbours) -> Iterator[Advice]:
        """The landing page shows how to reach a company."""
        if not value.phone and not value.email:
            yield Advice("not_to_be_reached", "/phone", f"end users find neither phone nor email of {value.name}")

    async def objections(
        self, session: AsyncSession, country: str, before: CompanyShape, after: CompanyShape
    ) -> Iterable[FieldError]:
        """A PRO Partner to which others are linked stays one; what a company's people do goes by its class."""
        if before.company_class is after.company_class:
            return ()
        people = await self._people(session, country, before.name)
        links = await self._linked(session, country, before.name)
        was, is_now = (one.company_class is CompanyClass.PRO_PARTNER for one in (before, after))
        return [
            FieldError("/company_class", f"{one} goes by it")
            for one in [*links, *(people if was is not is_now else ())]
        ]

    async def users(self, session: AsyncSession, country: str, value: CompanyShape) -> Iterable[str]:
        """Accounts, linked companies, codes and requests."""
        own = select(Company.id).where(Company.country == country, Company.name == value.name).scalar_subquery()
        codes = await session.scalars(
            select(PoolNumber.number).where(PoolNumber.owner_company_id == own).limit(lookups.MOST_NAMED)
        )
        return [
            *await self._people(session, country, value.name),
            *await self._linked(session, country, value.name),
            *(f"code {one}" for one in codes),
            *await lookups.requests_where(session, country, Request.company_id == own),
        ]

    async def _people(self, session: AsyncSession, country: str, name: str) -> list[str]:
        logins = await session.scalars(
            select(Account.login)
            .join(Company, Company.id == Account.company_id)
            .where(Company.country == country, Company.name == name)
            .limit(lookups.MOST_NAMED)
        )
        return [f"account {login}" for login in logins]

    async def _linked(self, session: AsyncSession, country: str, name: str) -> list[str]:
        own = select(Company.id).where(Company.country == country, Company.name == name).scalar_subquery()
        names = await session.scalars(
            select(Company.name).where(Company.pro_partner_id == own).limit(lookups.MOST_NAMED)
        )
        return [f"company {one}" for one in names]
