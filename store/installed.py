"""Units as accepted requests brought them, with the warranties they are under. What was granted is read as frozen."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.periods import TierPeriod
from domain.policies import Tier
from domain.replacements import OldUnit, Warranty
from domain.replacing import Installed
from domain.requests import UnitRole, WarrantyRequest
from domain.states import State
from domain.warranties import Assignment
from store import grants, policies, replacements, requests
from store.tables.requests import Request, RequestUnit

BROUGHT = (State.ACCEPTED, State.PROCESSED)


async def naming(session: AsyncSession, country: str, serials: list[str]) -> list[tuple[Request, RequestUnit]]:
    """Every request that names one of the serials as a unit that it brings, the oldest first."""
    rows = await session.execute(
        select(Request, RequestUnit)
        .join(RequestUnit, RequestUnit.request_id == Request.id)
        .where(Request.country == country, RequestUnit.serial.in_(serials), RequestUnit.outgoing.is_(False))
        .order_by(Request.submitted_at, Request.id)
        .execution_options(populate_existing=True)
    )
    return [(request, unit) for request, unit in rows]


async def installed(session: AsyncSession, country: str, serial: str) -> Installed | None:
    """The unit as the country's accepted requests brought it, replaced since or not; None if none did."""
    found = [(row, unit) for row, unit in await naming(session, country, [serial]) if row.state in BROUGHT]
    if not found:
        return None
    row, unit = found[-1]
    role = UnitRole(unit.role)
    postcode, city = await _place(session, country, serial)
    return Installed(
        unit=OldUnit(
            serial=serial,
            since=min(one.commissioned_on for one, _ in found if one.commissioned_on is not None),
            request=row.id,
            warranties=tuple([one for row, _ in found if (one := await _warranty(session, row, role)) is not None]),
        ),
        role=role,
        product=unit.product,
        line_up=row.line_up,
        postcode=postcode,
        city=city,
    )


async def _warranty(session: AsyncSession, row: Request, role: UnitRole) -> Warranty | None:
    granted = await grants.latest(session, row.id)
    if granted is None or granted.policy is None or granted.policy_number is None or granted.policy_version is None:
        return None
    policy = await policies.policy_version(session, row.country, granted.policy_number, granted.policy_version)
    return Warranty(
        request=row.id,
        policy=granted.policy,
        policy_number=granted.policy_number,
        policy_version=granted.policy_version,
        tiers=covering(granted, role),
        reasons=policy.coverage_reasons,
        responsibilities=granted.responsibilities,
    )


def covering(granted: Assignment, role: UnitRole) -> tuple[TierPeriod, ...]:
    """The tiers of a grant that mean something for a unit: an indoor unit has no compressor."""
    return tuple(one for one in granted.tiers if role is UnitRole.OUTDOOR or one.tier is not Tier.COMPRESSOR)


async def _place(session: AsyncSession, country: str, serial: str) -> tuple[str, str]:
    """Postcode and city of the installation: those of the request that brought the first unit of the lineage."""
    lineage = await replacements.lineage(session, country, serial)
    for row, _ in await naming(session, country, lineage):
        if row.state in BROUGHT and isinstance(data := await requests.carried(session, row), WarrantyRequest):
            return data.end_user.postcode, data.end_user.city
    return "", ""
