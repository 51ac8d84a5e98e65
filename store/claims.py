"""What a country's campaigns say about one points request."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Owner
from domain.campaigns import Audience
from domain.claiming import CampaignKnown
from domain.requests import Points
from store import accounts, campaigns, catalogue


async def known_for(
    session: AsyncSession,
    request: Points,
    owner: Owner,
    *,
    as_of: date,
    first: bool,
    settled: frozenset[int],
) -> CampaignKnown:
    """Everything that bears on `request`; the audience is asked at the first submission only."""
    campaign = await campaigns.campaign(session, request.country, request.campaign)
    if campaign is not None and first and not await _admitted(session, campaign.audience, owner):
        campaign = None
    products = {line.product for line in request.lines}
    return CampaignKnown(
        campaign=campaign,
        products=await campaigns.products_of(session, request.country, request.campaign, products),
        uploads=await catalogue.uploads(session, (one.document_id for one in request.documents), owner),
        as_of=as_of,
        first=first,
        settled=settled,
    )


async def _admitted(session: AsyncSession, audience: Audience, owner: Owner) -> bool:
    account = await accounts.account_of(session, owner.login) if owner.login else None
    company = await accounts.company_of(session, owner.company_id)
    if account is None:
        return False
    return audience.admits(account.login, company.name if company else None, company.company_class if company else None)
