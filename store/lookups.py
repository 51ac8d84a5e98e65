"""What the landing page finds: requests by outdoor serial and postcode (`domain.md` §9)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.requests import UnitRole
from store import replacements
from store.tables.requests import Request, RequestUnit


async def by_serial_and_postcode(session: AsyncSession, country: str, serial: str, postcode: str) -> list[Request]:
    """Every request of the country with this outdoor serial at this postcode (both normalised), newest first.

    A unit that took another's place is found on that one's requests, too: it stands on their cards now.
    """
    serials = await replacements.lineage(session, country, serial)
    return list(
        await session.scalars(
            select(Request)
            .where(
                Request.country == country,
                Request.postcode == postcode,
                Request.id.in_(
                    select(RequestUnit.request_id).where(
                        RequestUnit.serial.in_(serials), RequestUnit.role == UnitRole.OUTDOOR
                    )
                ),
            )
            .order_by(Request.submitted_at.desc(), Request.id.desc())
        )
    )
