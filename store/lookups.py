"""What the landing page finds: requests by outdoor serial and postcode (`domain.md` §9)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.requests import UnitRole
from store.tables.requests import Request, RequestUnit


async def by_serial_and_postcode(session: AsyncSession, country: str, serial: str, postcode: str) -> list[Request]:
    """Every request of the country with this outdoor serial at this postcode (both normalised), newest first."""
    return list(
        await session.scalars(
            select(Request)
            .where(
                Request.country == country,
                Request.postcode == postcode,
                Request.id.in_(
                    select(RequestUnit.request_id).where(
                        RequestUnit.serial == serial, RequestUnit.role == UnitRole.OUTDOOR
                    )
                ),
            )
            .order_by(Request.submitted_at.desc(), Request.id.desc())
        )
    )
