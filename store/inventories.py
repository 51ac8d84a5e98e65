"""Inventory definitions: which warehouse places a country's units come from and go to (`domain.md` §8)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.inventory import InventoryDefinition
from store.snapshots import from_json
from store.tables import stock


@dataclass(frozen=True)
class Named:
    """A definition under its name."""

    name: str
    definition: InventoryDefinition


async def active(session: AsyncSession, country: str) -> Named | None:
    """The definition that the country's moves follow, None if there is none."""
    row = await session.scalar(
        select(stock.InventoryDefinition).where(
            stock.InventoryDefinition.country == country,
            stock.InventoryDefinition.active,
            stock.InventoryDefinition.deleted_at.is_(None),
        )
    )
    if row is None:
        return None
    places = {
        "adding": row.adding,
        "adding_during_replacement": row.adding_during_replacement,
        "removing": row.removing,
        "removing_during_replacement": row.removing_during_replacement,
    }
    return Named(row.name, from_json(InventoryDefinition, places))
