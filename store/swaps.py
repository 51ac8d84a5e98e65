"""What a country's configuration and its units say about one unit replacement."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Owner
from domain.replacing import Known
from domain.requests import UnitReplacement
from store import catalogue, known, replacements
from store.installed import installed
from store.tables.countries import Country


async def known_for(
    session: AsyncSession,
    data: UnitReplacement,
    owner: Owner,
    *,
    today: date,
    as_of: date,
    request_id: str | None,
) -> Known:
    """Everything that bears on the replacement; what `request_id` itself has brought about does not."""
    country = await session.get_one(Country, data.country)
    old = await installed(session, data.country, data.old_serial)
    taken = await replacements.of_old(session, data.country, data.old_serial)
    products = await catalogue.products_of(session, data.country, [data.new_unit.product])
    line_up = old.line_up if old else None
    return Known(
        today=today,
        filed_on=as_of,
        limit=country.replacement_limit,
        old=old,
        replaced=taken is not None and taken.request_id != request_id,
        new_is_known=await known.is_known(session, data.country, data.new_unit.serial, request_id),
        product=products.get(data.new_unit.product),
        requirements=await catalogue.requirements_of(session, data.country, data.kind, line_up or ""),
        uploads=await catalogue.uploads(session, (one.document_id for one in data.documents), owner),
        serial_pattern=country.serial_pattern,
    )
