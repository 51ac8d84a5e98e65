"""Countries themselves: made by admins, configured by their keyusers from then on."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.settings import SettingsShape, refuse_disorder
from domain.errors import AlreadyExists
from store import audit
from store.audit import FIRST, Author
from store.tables.countries import Country

NAME = "countries"


class CountryShape(SettingsShape):
    """A new country: its code (ISO 3166, two letters) and its settings."""

    code: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]


async def create_country(session: AsyncSession, value: CountryShape, author: Author) -> Country:
    """An empty country with these settings. Raises AlreadyExists, and Invalid."""
    refuse_disorder(value)
    if await session.get(Country, value.code) is not None:
        raise AlreadyExists(f"There is a country {value.code} already.", facts={"key": value.code})
    row = Country(**dict(value), version=FIRST)
    session.add(row)
    await session.flush()
    after = value.model_dump(mode="json")
    audit.note(session, value.code, NAME, value.code, FIRST, "create", author, after=after)
    await session.flush()
    return row


async def countries(session: AsyncSession, only: str | None = None) -> Sequence[Country]:
    """All countries, or only this one, by code."""
    query = select(Country).order_by(Country.code)
    return (await session.scalars(query if only is None else query.where(Country.code == only))).all()
