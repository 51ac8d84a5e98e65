"""Organisational units, and which of them collaborate (`domain.md` §3, §8)."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import model_validator
from sqlalchemy import Select, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.fields import Body, Required
from configuration.resource import Resource
from domain.errors import FieldError
from store.policies import current_policies
from store.tables.configuration import Collaboration, OrganisationalUnit
from store.tables.countries import Company


class OrganisationalUnitShape(Body):
    """A part of the sales organisation that companies belong to."""

    name: Required


class OrganisationalUnits(Resource[OrganisationalUnitShape, None]):
    """The organisational units of a country."""

    name = "organisational-units"
    one = "organisational unit"
    shape = OrganisationalUnitShape
    table = OrganisationalUnit
    key = ("name",)

    async def known(self, session: AsyncSession, country: str) -> None:
        """A name is right in itself."""

    async def users(self, session: AsyncSession, country: str, value: OrganisationalUnitShape) -> Iterable[str]:
        """Companies belong to it, policies allow it, others collaborate with it."""
        companies = await session.scalars(
            select(Company.name)
            .where(Company.country == country, Company.organisational_unit == value.name)
            .limit(lookups.MOST_NAMED)
        )
        partners = await session.scalars(
            select(Collaboration.partner).where(Collaboration.country == country, Collaboration.unit == value.name)
        )
        return [
            *(f"company {one}" for one in companies),
            *(
                f"policy {one.name}"
                for one in await current_policies(session, country)
                if value.name in one.organisational_units
            ),
            *(f"collaboration with {one}" for one in partners),
        ]


class CollaborationShape(Body):
    """Two organisational units whose companies share their policies; `unit` comes first in the alphabet."""

    unit: Required
    partner: Required

    @model_validator(mode="after")
    def _ordered(self) -> "CollaborationShape":
        if self.unit >= self.partner:
            raise ValueError("names two units, the first one in the alphabet as unit")
        return self


class Collaborations(Resource[CollaborationShape, frozenset[str]]):
    """Pairs of organisational units. Both directions are stored, as companies look from either."""

    name = "collaborations"
    one = "collaboration"
    shape = CollaborationShape
    table = Collaboration
    key = ("unit", "partner")

    def rows(self, country: str) -> Select[Any]:
        """One row of each pair; "C" orders letters as the shape does."""
        return super().rows(country).where(Collaboration.unit.collate("C") < Collaboration.partner)

    async def write(self, session: AsyncSession, country: str, row: Any, value: CollaborationShape) -> None:
        """There is nothing to change about a pair: this one is new."""
        row.unit, row.partner = value.unit, value.partner
        session.add(Collaboration(country=country, unit=value.partner, partner=value.unit))

    async def erase(self, session: AsyncSession, country: str, row: Any) -> None:
        """Both directions."""
        ways = (
            (Collaboration.unit == row.unit) & (Collaboration.partner == row.partner),
            (Collaboration.unit == row.partner) & (Collaboration.partner == row.unit),
        )
        await session.execute(delete(Collaboration).where(Collaboration.country == country, or_(*ways)))

    async def known(self, session: AsyncSession, country: str) -> frozenset[str]:
        """The units of the country."""
        return await lookups.organisational_units(session, country)

    def problems(self, value: CollaborationShape, known: frozenset[str]) -> Iterator[FieldError]:
        """Both are units of the country."""
        for field in ("unit", "partner"):
            if getattr(value, field) not in known:
                yield FieldError(f"/{field}", "not an organisational unit of this country")
