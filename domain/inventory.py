"""Where units are, and the warehouse moves of a replacement (`domain.md` §2.5, §8).

A country's inventory definition names warehouse places; the ERP reads the moves.
"""

from dataclasses import dataclass, fields

from domain.policies import SalesMethod

INSTALLED = "installed"
NOT_RETURNED = "not_returned"
RESERVED = frozenset({INSTALLED, NOT_RETURNED})


@dataclass(frozen=True)
class Places:
    """One warehouse place per sales method. Raises `ValueError` for a blank name, or one that means no warehouse."""

    direct_sale: str
    indirect_sale: str
    rented: str

    def __post_init__(self) -> None:
        for field in fields(self):
            name = getattr(self, field.name)
            if not name.strip() or name in RESERVED:
                raise ValueError(f"{field.name}: {name or 'nothing'} is no warehouse place")

    def of(self, sales_method: SalesMethod) -> str:
        """The place for units sold this way."""
        return {
            SalesMethod.DIRECT_SALE: self.direct_sale,
            SalesMethod.INDIRECT_SALE: self.indirect_sale,
            SalesMethod.RENTED: self.rented,
        }[sales_method]


@dataclass(frozen=True)
class InventoryDefinition:
    """From which places units are added, and into which they are removed."""

    adding: Places
    adding_during_replacement: Places
    removing: Places
    removing_during_replacement: Places


@dataclass(frozen=True)
class StockMove:
    """One unit goes from one place to another; `installed` is the place of every unit at an end user."""

    serial: str
    source: str
    target: str

    def undone(self) -> "StockMove":
        """The move back."""
        return StockMove(self.serial, source=self.target, target=self.source)


def moves(
    definition: InventoryDefinition,
    sales_method: SalesMethod,
    *,
    covered: bool,
    new_serial: str,
    old_serial: str,
    returned: bool,
) -> tuple[StockMove, ...]:
    """The moves of a replacement: the new unit first. An uncovered old unit moves only if it was returned."""
    adding = definition.adding_during_replacement if covered else definition.adding
    removing = definition.removing_during_replacement if covered else definition.removing
    added = StockMove(new_serial, adding.of(sales_method), INSTALLED)
    removed = StockMove(old_serial, INSTALLED, removing.of(sales_method))
    return (added, removed) if covered or returned else (added,)
