"""The catalogue of coverage reasons, from which policies choose (`domain.md` §3, §8)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.fields import Body, Required
from configuration.line_ups import Slug
from configuration.resource import Resource
from configuration.soft import erased, revived
from store import reasons
from store.tables.stock import CoverageReason


class CoverageReasonShape(Body):
    """Why a unit may be replaced. What it means, covered or not, stands in each policy that lists it."""

    code: Slug
    title: Required


class CoverageReasons(Resource[CoverageReasonShape, None]):
    """The coverage reasons of a country. A deleted one stays, out of sight: old replacements name it."""

    name = "coverage-reasons"
    one = "coverage reason"
    shape = CoverageReasonShape
    table = CoverageReason

    def rows(self, country: str) -> Select[Any]:
        """Those that are not deleted."""
        return super().rows(country).where(CoverageReason.deleted_at.is_(None))

    async def fresh(self, session: AsyncSession, country: str, value: CoverageReasonShape) -> Any:
        """A new row, or the one that was deleted."""
        return await revived(session, CoverageReason, country=country, code=value.code)

    async def erase(self, session: AsyncSession, country: str, row: Any) -> None:
        """Out of sight."""
        erased(row)

    async def known(self, session: AsyncSession, country: str) -> None:
        """A code and a title are right in themselves."""

    async def users(self, session: AsyncSession, country: str, value: CoverageReasonShape) -> Iterable[str]:
        """Policies that list it, and replacements that are still to be decided."""
        return await reasons.users(session, country, value.code)
