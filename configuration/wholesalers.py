"""The wholesaler list with its matrix: what each one does with each line-up (`domain.md` §3, §8)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import field_validator
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.fields import Body, Flag, Required, refuse_twice
from configuration.resource import Advice, Resource
from domain.errors import FieldError
from store.tables.configuration import Wholesaler, WholesalerCell
from store.tables.requests import Request


class CellShape(Body):
    """What a wholesaler does with one line-up."""

    line_up: Required
    distributes: Flag
    gives_warranty: Flag


class WholesalerShape(Body):
    """A wholesaler. A line-up that is not named is not configured: requests for it are refused."""

    code: Required
    line_ups: tuple[CellShape, ...] = ()

    @field_validator("line_ups")
    @classmethod
    def _once_each(cls, cells: tuple[CellShape, ...]) -> tuple[CellShape, ...]:
        refuse_twice("line-up", (cell.line_up for cell in cells))
        return cells


class Wholesalers(Resource[WholesalerShape, frozenset[str]]):
    """The rows of the list, each with its cells of the matrix."""

    name = "wholesalers"
    one = "wholesaler"
    shape = WholesalerShape
    table = Wholesaler

    async def values(self, session: AsyncSession, country: str, rows: Sequence[Any]) -> list[WholesalerShape]:
        """Each wholesaler with its cells, in the order of the line-ups."""
        cells = await session.scalars(
            select(WholesalerCell).where(
                WholesalerCell.country == country, WholesalerCell.wholesaler.in_([row.code for row in rows])
            )
        )
        found: dict[str, list[CellShape]] = {row.code: [] for row in rows}
        for cell in cells:
            shape = CellShape(line_up=cell.line_up, distributes=cell.distributes, gives_warranty=cell.gives_warranty)
            found[cell.wholesaler].append(shape)
        return [self.settled(WholesalerShape(code=row.code, line_ups=tuple(found[row.code]))) for row in rows]

    def settled(self, value: WholesalerShape) -> WholesalerShape:
        """Cells in the order of their line-ups."""
        return value.model_copy(update={"line_ups": tuple(sorted(value.line_ups, key=lambda cell: cell.line_up))})

    async def write(self, session: AsyncSession, country: str, row: Any, value: WholesalerShape) -> None:
        """The row, and its cells anew."""
        row.code = value.code
        session.add(row)
        await session.flush()
        await self._clear(session, country, value.code)
        session.add_all(
            WholesalerCell(country=country, wholesaler=value.code, **cell.model_dump()) for cell in value.line_ups
        )

    async def erase(self, session: AsyncSession, country: str, row: Any) -> None:
        """The cells go with it."""
        await self._clear(session, country, row.code)
        await session.delete(row)

    async def known(self, session: AsyncSession, country: str) -> frozenset[str]:
        """The country's line-ups."""
        return await lookups.line_ups(session, country)

    def problems(self, value: WholesalerShape, known: frozenset[str]) -> Iterator[FieldError]:
        """Cells are for line-ups of the country."""
        for place, cell in enumerate(value.line_ups):
            if cell.line_up not in known:
                yield FieldError(f"/line_ups/{place}/line_up", "not a line-up of this country")

    def advice(self, value: WholesalerShape, known: frozenset[str]) -> Iterator[Advice]:
        """A line-up without a cell is refused at submission."""
        for line_up in sorted(known - {cell.line_up for cell in value.line_ups}):
            yield Advice(
                "line_up_not_configured",
                "/line_ups",
                f"{value.code} is not configured for {line_up}: requests for it are refused",
            )

    async def users(self, session: AsyncSession, country: str, value: WholesalerShape) -> Iterable[str]:
        """Requests name wholesalers."""
        named = Request.data["wholesaler"].astext == value.code
        return await lookups.requests_where(session, country, named)

    async def _clear(self, session: AsyncSession, country: str, code: str) -> None:
        await session.execute(
            delete(WholesalerCell)
            .where(WholesalerCell.country == country, WholesalerCell.wholesaler == code)
            .execution_options(synchronize_session="fetch")
        )
