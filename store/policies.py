"""Warranty policies in their current versions, and the card texts that go with them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.policies import Policy
from store.snapshots import from_json
from store.tables.configuration import CardText, Collaboration, PolicyVersion


async def current_policies(session: AsyncSession, country: str) -> list[Policy]:
    """Every policy of a country in its current version, effective or not, by number."""
    rows = await session.scalars(
        select(PolicyVersion.definition)
        .where(PolicyVersion.country == country, PolicyVersion.is_current)
        .order_by(PolicyVersion.number)
    )
    return [from_json(Policy, definition) for definition in rows]


async def policy_version(session: AsyncSession, country: str, number: int, version: int) -> Policy:
    """One version of a policy, as it was applied."""
    row = await session.get_one(PolicyVersion, {"country": country, "number": number, "version": version})
    return from_json(Policy, row.definition)


async def collaborations_of(session: AsyncSession, country: str, organisational_unit: str | None) -> frozenset[str]:
    """The organisational units that this one collaborates with."""
    return frozenset(
        await session.scalars(
            select(Collaboration.partner).where(
                Collaboration.country == country, Collaboration.unit == organisational_unit
            )
        )
    )


async def card_text(
    session: AsyncSession,
    country: str,
    product_range: str,
    warranty_type: str,
    *,
    gives_warranty: bool | None,
) -> str:
    """The country's text for a card, empty if none is configured. Only a distributor with warranty gets its own."""
    row = await session.get(
        CardText, {"country": country, "product_range": product_range, "warranty_type": warranty_type}
    )
    if row is None:
        return ""
    return row.distributor_with_warranty if gives_warranty else row.distributor_without_warranty
