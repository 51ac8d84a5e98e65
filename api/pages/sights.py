"""Everything that a page shows about one request, read at one moment within its reader's sight."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.deciding import sight
from api.messages import MessageView
from api.pages.visits import Visit
from api.presenting import present_one
from api.schemas.requests import HistoryEntry, RequestView
from domain import access
from domain.access import Role
from domain.requests import Carried, WarrantyRequest
from domain.states import Kind
from domain.submission import WholesalerCell
from store import accounts, catalogue, messages, offered, overview, policies, reasons, requests
from store.offered import Offer
from store.overview import SameSerial
from store.tables import configuration
from store.tables.countries import Company, Country
from store.tables.requests import Request


@dataclass(frozen=True)
class Sight:
    """One request as its page shows it. Only keyusers and ops are shown what lies behind `company`."""

    view: RequestView
    country: Country
    company: Company | None
    linked_to: Company | None
    cell: WholesalerCell | None
    asks_wholesaler: bool
    same: list[SameSerial]
    history: list[HistoryEntry]
    messages: list[MessageView]
    titles: dict[str, str]
    offer: Offer
    ranges: dict[str, str]
    reasons: dict[str, str]
    choices: dict[str, list[str]]
    turn_name: str | None
    base_id: str | None
    card_blocked: bool


async def sight_of(visit: Visit, request_id: str) -> Sight:
    """The request with all that stands beside it; messages to the reader's side are read by this. Raises NotFound."""
    async with visit.parts.sessions.begin() as session:
        row = await sight(session, request_id, visit.who)
        desk = visit.who.role in {Role.KEYUSER, Role.OPS}
        view = await present_one(session, row, visit.who)
        carried = await requests.carried(session, row)
        await messages.mark_read(session, row.id, access.speaks_for(visit.who, requests.owner_of(row)))
        company = await accounts.company_of(session, row.company_id)
        offer = await offered.offer(session, row.country, row.campaign or "")
        warranty = carried if isinstance(carried, WarrantyRequest) else None
        return Sight(
            view=view,
            country=await session.get_one(Country, row.country),
            company=company,
            linked_to=await accounts.company_of(session, company.pro_partner_id) if company and desk else None,
            cell=await catalogue.cell_of(session, warranty) if warranty and desk else None,
            asks_wholesaler=warranty is not None and warranty.asks_wholesaler,
            same=await overview.same_serials(session, row, _serials(carried)) if desk else [],
            history=[
                HistoryEntry.model_validate(one, from_attributes=True)
                for one in await requests.journal(session, row.id)
            ],
            messages=[
                MessageView.model_validate(one, from_attributes=True)
                for one in await messages.messages_of(session, row.id)
            ],
            titles=offer.documents or await titles_of(session, row.country, row.kind),
            offer=offer,
            ranges=await offered.range_names(session, row.country),
            reasons=await reasons.titles(session, row.country) if row.kind == Kind.UNIT_REPLACEMENT else {},
            choices=await _choices(session, row, carried) if desk else {},
            turn_name=row.turn,
            base_id=row.base_id,
            card_blocked=row.card_blocked is not None,
        )


async def titles_of(session: AsyncSession, country: str, kind: str) -> dict[str, str]:
    """What the country calls the documents that it asks for."""
    rows = await session.execute(
        select(configuration.Documentation.requirement, configuration.Documentation.title).where(
            configuration.Documentation.country == country, configuration.Documentation.kind == kind
        )
    )
    return dict(rows.all())


def _serials(carried: Carried) -> list[str]:
    if isinstance(carried, WarrantyRequest):
        return [unit.serial for unit in carried.units]
    return list(carried.claimed_serials)


async def _choices(session: AsyncSession, row: Request, carried: Carried) -> dict[str, list[str]]:
    """What a keyuser can choose from when correcting, by field."""
    of_country = {
        "wholesaler": (configuration.Wholesaler.code, configuration.Wholesaler.country),
        "product": (configuration.Product.reference, configuration.Product.country),
    }
    found = {
        name: list(await session.scalars(select(column).where(country == row.country).order_by(column).limit(2000)))
        for name, (column, country) in of_country.items()
    }
    if isinstance(carried, WarrantyRequest) and carried.chosen_by is not None:
        current = await policies.current_policies(session, row.country)
        found["warranty_type"] = [one.name for one in current if one.tag is carried.chosen_by]
    return found
