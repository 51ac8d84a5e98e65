"""Which warranty a request would get by today's configuration: the preview, and what accept freezes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import local_date
from domain.choosing import assign_chosen, extended
from domain.policies import InstallerClass, SalesMethod, Scheme
from domain.requests import UnitRole, WarrantyRequest
from domain.states import Kind
from domain.warranties import Assignment, Goods, Sale, assign
from store import accounts, catalogue, grants, policies
from store.tables.countries import Company, Country
from store.tables.requests import Request


async def assess(session: AsyncSession, row: Request, data: WarrantyRequest, *, superuser: bool) -> Assignment:
    """The warranty that the request as it stands would get, with the trace (`domain.md` §3). Changes nothing."""
    sale = await _sale(session, row, data, superuser=superuser)
    current = await policies.current_policies(session, row.country)
    if data.chosen_by is None:
        return assign(current, sale, data.commissioned_on)
    chosen = assign_chosen(current, sale, data.commissioned_on, tag=data.chosen_by, chosen=row.warranty_type)
    base = await grants.latest(session, row.base_id) if row.base_id and chosen.policy else None
    if base is None:
        return chosen
    return replace(chosen, tiers=extended(base, chosen.durations), base_durations=base.durations)


async def _sale(session: AsyncSession, row: Request, data: WarrantyRequest, *, superuser: bool) -> Sale:
    return await sale_of(
        session,
        row,
        products=[one.product for one in data.units if one.role is UnitRole.OUTDOOR],
        commissioned_on=data.commissioned_on,
        sales_method=data.sales_method,
        gives_warranty=await gives_warranty(session, data),
        superuser=superuser,
    )


async def sale_of(
    session: AsyncSession,
    row: Request,
    *,
    products: Sequence[str],
    commissioned_on: date,
    sales_method: SalesMethod,
    gives_warranty: bool | None,
    superuser: bool,
    indoor: bool = False,
) -> Sale:
    """What the engine asks about a request: its own facts, and those of the company and the country."""
    country = await session.get_one(Country, row.country)
    company = await accounts.company_of(session, row.company_id)
    organisational_unit = company.organisational_unit if company else None
    known = await catalogue.products_of(session, row.country, products)
    return Sale(
        kind=Kind(row.kind),
        as_of=local_date(row.submitted_at, country.time_zone),
        commissioned_on=commissioned_on,
        sales_method=sales_method,
        goods=tuple(known[one].goods if one in known else Goods(reference=one) for one in products),
        installer_class=_installer_class(company),
        schemes=frozenset(Scheme(one) for one in company.schemes) if company else frozenset(),
        organisational_unit=organisational_unit,
        collaborations=await policies.collaborations_of(session, row.country, organisational_unit),
        superuser=superuser,
        wholesaler_gives_warranty=gives_warranty,
        indoor=indoor,
    )


def _installer_class(company: Company | None) -> InstallerClass | None:
    """A PRO Partner is no installer and has no class."""
    if company is None or company.company_class == accounts.PRO_PARTNER:
        return None
    return InstallerClass(company.company_class)


async def gives_warranty(session: AsyncSession, data: WarrantyRequest) -> bool | None:
    """What the matrix says, None where it is not asked. Without a cell nobody has said that it does."""
    if not data.asks_wholesaler:
        return None
    cell = await catalogue.cell_of(session, data)
    return cell is not None and cell.gives_warranty


async def card_text(session: AsyncSession, row: Request, data: WarrantyRequest, assignment: Assignment) -> str:
    """The country's text for the card of this grant: by range, by the policy's tag, and by what the matrix says."""
    gives = await gives_warranty(session, data)
    return await text_for(session, row.country, data.line_up, assignment, gives_warranty=gives)


async def text_for(
    session: AsyncSession, country: str, line_up: str, assignment: Assignment, *, gives_warranty: bool | None
) -> str:
    """The country's text for a card: by range, by the policy's tag, and by what the matrix says, if it is asked.

    Raises ValueError for a grant of nothing: it has no card.
    """
    if assignment.policy_number is None or assignment.policy_version is None:
        raise ValueError("an assignment without a policy has no card")
    policy = await policies.policy_version(session, country, assignment.policy_number, assignment.policy_version)
    return await policies.card_text(session, country, line_up, policy.tag, gives_warranty=gives_warranty)
