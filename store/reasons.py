"""The catalogue of coverage reasons, from which policies choose (`domain.md` §3, §8)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.states import Kind, State
from store.policies import current_policies
from store.tables.requests import Request
from store.tables.stock import CoverageReason

OPEN = (State.SUBMITTED, State.WRONG_DATA, State.DENIED)


async def codes(session: AsyncSession, country: str) -> frozenset[str]:
    """The reasons that policies of the country may list."""
    return frozenset(
        await session.scalars(
            select(CoverageReason.code).where(CoverageReason.country == country, CoverageReason.deleted_at.is_(None))
        )
    )


async def titles(session: AsyncSession, country: str) -> dict[str, str]:
    """What the country calls its reasons, by code, in the order of the titles."""
    rows = await session.execute(
        select(CoverageReason.code, CoverageReason.title)
        .where(CoverageReason.country == country, CoverageReason.deleted_at.is_(None))
        .order_by(CoverageReason.title)
    )
    return dict(rows.all())


async def users(session: AsyncSession, country: str, code: str) -> list[str]:
    """What uses a reason, as sentences name it: policies as they are now, and replacements to be decided."""
    policies = [
        f"policy {policy.name}"
        for policy in await current_policies(session, country)
        if any(reason.code == code for reason in policy.coverage_reasons)
    ]
    requests = await session.scalars(
        select(Request.id)
        .where(
            Request.country == country,
            Request.kind == Kind.UNIT_REPLACEMENT,
            Request.state.in_(OPEN),
            Request.data["coverage_reason"].astext == code,
        )
        .order_by(Request.id)
    )
    return [*policies, *(f"request {request_id}" for request_id in requests)]
