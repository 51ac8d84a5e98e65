"""Inventory definitions: from which warehouse places units come, and into which they go (`domain.md` §2.5, §8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.fields import Body, Flag, Required
from configuration.resource import Advice, Resource
from configuration.soft import erased, revived
from domain.errors import FieldError
from domain.inventory import RESERVED
from store.tables.stock import InventoryDefinition


def _warehouse(name: str) -> str:
    if name in RESERVED:
        raise ValueError(f"{name} means no warehouse")
    return name


Place = Annotated[Required, AfterValidator(_warehouse)]


class PlacesShape(Body):
    """One warehouse place per sales method."""

    direct_sale: Place
    indirect_sale: Place
    rented: Place


class InventoryShape(Body):
    """A definition. The country's moves follow the active one: one at most, so make the old one inactive first."""

    name: Required
    active: Flag = False
    adding: PlacesShape
    adding_during_replacement: PlacesShape
    removing: PlacesShape
    removing_during_replacement: PlacesShape


@dataclass(frozen=True)
class ActiveOne:
    """The name of the active definition, None if there is none."""

    name: str | None


class Inventory(Resource[InventoryShape, ActiveOne]):
    """The inventory definitions of a country. Moves that were booked keep the name of a deleted one."""

    name = "inventory"
    one = "inventory definition"
    shape = InventoryShape
    table = InventoryDefinition
    key = ("name",)

    def rows(self, country: str) -> Select[Any]:
        """Those that are not deleted."""
        return super().rows(country).where(InventoryDefinition.deleted_at.is_(None))

    async def fresh(self, session: AsyncSession, country: str, value: InventoryShape) -> Any:
        """A new row, or the one that was deleted."""
        return await revived(session, InventoryDefinition, country=country, name=value.name)

    async def erase(self, session: AsyncSession, country: str, row: Any) -> None:
        """Out of sight."""
        erased(row)

    async def known(self, session: AsyncSession, country: str) -> ActiveOne:
        """Which one is active."""
        active = self.rows(country).where(InventoryDefinition.active).with_only_columns(InventoryDefinition.name)
        return ActiveOne(await session.scalar(active))

    def problems(self, value: InventoryShape, known: ActiveOne) -> Iterator[FieldError]:
        """There is one active definition."""
        if value.active and known.name not in {None, value.name}:
            yield FieldError("/active", f"{known.name} is active")

    def advice(self, value: InventoryShape, known: ActiveOne) -> Iterator[Advice]:
        """Replacements need one."""
        if known.name is None and not value.active:
            yield Advice("no_active_inventory", "/active", "no definition is active: replacements move no units")
