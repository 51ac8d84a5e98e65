"""Warranty codes and pools (`domain.md` §4): made in advance, owned by companies, released by keyusers."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from pydantic import StringConstraints
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.changing import lock
from configuration.fields import Body, Required
from configuration.resource import Resource
from domain.errors import FieldError, Invalid
from domain.pools import Pool
from store import accounts, audit, pools
from store.audit import FIRST, Author
from store.tables.countries import Company
from store.tables.effects import PoolNumber

POOLS = "pools"
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,49}$")]


class CodeShape(Body):
    """A warranty code. With an owner, only that company can use it."""

    number: Code
    owner: Required | None = None


class Codes(Resource[CodeShape, frozenset[str]]):
    """The warranty codes of a country."""

    name = "codes"
    one = "code"
    shape = CodeShape
    table = PoolNumber
    key = ("number",)

    def rows(self, country: str) -> Select[Any]:
        """The pool of warranty codes."""
        return super().rows(country).where(PoolNumber.pool == Pool.EXTENSION)

    async def values(self, session: AsyncSession, country: str, rows: Sequence[Any]) -> list[CodeShape]:
        """Each code with the name of its owner."""
        owners = {row.owner_company_id for row in rows}
        found = await session.execute(select(Company.id, Company.name).where(Company.id.in_(owners)))
        names = {company_id: name for company_id, name in found}  # noqa: C416 - not a mapping
        return [CodeShape(number=row.number, owner=names.get(row.owner_company_id)) for row in rows]

    async def write(self, session: AsyncSession, country: str, row: Any, value: CodeShape) -> None:
        """The code, with its owner's id."""
        row.pool, row.number = Pool.EXTENSION, value.number
        owner = await accounts.company_named(session, country, value.owner) if value.owner else None
        row.owner_company_id = owner.id if owner else None

    async def known(self, session: AsyncSession, country: str) -> frozenset[str]:
        """The country's companies."""
        return frozenset(await session.scalars(select(Company.name).where(Company.country == country)))

    def problems(self, value: CodeShape, known: frozenset[str]) -> Iterator[FieldError]:
        """An owner is a company of the country."""
        if value.owner is not None and value.owner not in known:
            yield FieldError("/owner", "not a company of this country")

    async def objections(
        self, session: AsyncSession, country: str, before: CodeShape, after: CodeShape
    ) -> Iterable[FieldError]:
        """Who holds a code keeps it."""
        return [
            FieldError("/owner", f"the code belongs to {one}") for one in await self.users(session, country, before)
        ]

    async def users(self, session: AsyncSession, country: str, value: CodeShape) -> Iterable[str]:
        """The request to which it is bound, or that consumed it."""
        row = await session.scalar(
            select(PoolNumber)
            .where(PoolNumber.country == country, PoolNumber.number == value.number)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        holder = row and (row.request_id or row.held_by)
        return [f"request {holder}"] if holder else []


async def generate(
    session: AsyncSession, country: str, pool: Pool, count: int, prefix: str, owner: str | None, author: Author
) -> tuple[int, int]:
    """Add `count` new numbers to a pool, and answer how many it has in all, and free. Only warranty codes have owners.

    Raises Invalid for an unknown owner.
    """
    await lock(session, country)
    if owner is not None and pool is Pool.CARD:
        raise Invalid("Card numbers have no owner.", fields=[FieldError("/owner", "only for warranty codes")])
    company = await accounts.company_named(session, country, owner) if owner else None
    if owner and company is None:
        raise Invalid("Unknown company.", fields=[FieldError("/owner", "not a company of this country")])
    await pools.generate(session, country, pool, count, prefix, company.id if company else None)
    total, free = await pools.count(session, country, pool)
    versions = await audit.versions(session, country, POOLS, [pool])
    made = {"count": count, "prefix": prefix, "owner": owner, "total": total}
    audit.note(session, country, POOLS, pool, versions.get(pool, FIRST - 1) + 1, "generate", author, after=made)
    await session.flush()
    return total, free


async def note_release(session: AsyncSession, country: str, code: str, holder: str, author: Author) -> None:
    """Write down that a code was given back by the request that held it."""
    versions = await audit.versions(session, country, Codes.name, [code])
    version = versions.get(code, FIRST) + 1
    audit.note(session, country, Codes.name, code, version, "release", author, before={"holder": holder}, after={})
    await session.flush()
