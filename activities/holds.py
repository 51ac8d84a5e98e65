"""What a request holds beside its serials: a warranty code, its documents, the warranty that it rests on."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import local_date
from domain.choosing import live
from domain.errors import MoveRefused
from domain.requests import Carried, ExtraYears, WarrantyExtension, WarrantyRequest
from domain.states import State
from store import bases, documents, grants, pools
from store.tables.countries import Country
from store.tables.requests import Request


async def take_hold(session: AsyncSession, row: Request, data: Carried) -> None:
    """On submission: bind the code, use up a visitor's documents, rest on the base. Raises CodeTaken, Invalid,
    MoveRefused, DuplicateSerial; nothing of the transaction may be kept then."""
    if isinstance(data, WarrantyExtension) and data.warranty_code:
        await pools.bind(session, row.country, data.warranty_code, row.id)
    if isinstance(data, ExtraYears):
        await bases.rest(session, row, data.base)
        await refuse_lost_base(session, row, row.submitted_at)
    if row.login is None and not isinstance(data, ExtraYears):
        await documents.use_up(session, row, row.submitted_at)


async def number_for(session: AsyncSession, row: Request, data: WarrantyRequest) -> str:
    """The number of the card: the code that the request holds, else one drawn now. Raises NoFreeCode."""
    held = await pools.consume(session, row.id)
    return held or await pools.draw(session, row.country, data.pool, row.id, row.company_id)


async def refuse_lost_base(session: AsyncSession, row: Request, at: datetime) -> None:
    """Extra years need a warranty that is neither cancelled nor expired. Raises MoveRefused."""
    if row.base_id is None:
        return
    base = await bases.base_of(session, row)
    country = await session.get_one(Country, row.country)
    granted = await grants.latest(session, row.base_id)
    today = local_date(at, country.time_zone)
    if base is None or base.state != State.PROCESSED or granted is None or not live(granted, today):
        raise MoveRefused(
            "The warranty that these years would rest on is cancelled or expired.",
            facts={"state": row.state, "allowed_actions": []},
        )
