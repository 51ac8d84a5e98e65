"""Campaigns, their products and push periods."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.campaigns import Audience, Campaign, CampaignDocument, InformationField, ParticipatingProduct, PushPeriod
from store.snapshots import from_json
from store.tables import loyalty


async def campaign(session: AsyncSession, country: str, code: str) -> Campaign | None:
    """The country's campaign of this code."""
    row = await session.get(loyalty.Campaign, {"country": country, "code": code})
    if row is None:
        return None
    return Campaign(
        country=row.country,
        code=row.code,
        name=row.name,
        audience=from_json(Audience, row.audience),
        coupon=row.coupon_code,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        claim_deadline=row.claim_deadline,
    )


async def products_of(
    session: AsyncSession, country: str, code: str, products: Iterable[str]
) -> dict[str, ParticipatingProduct]:
    """Those of the products that take part in the campaign, by reference."""
    of_campaign = (loyalty.Campaign.country == country, loyalty.Campaign.code == code)
    asked = (
        await session.execute(select(loyalty.Campaign.documents, loyalty.Campaign.information).where(*of_campaign))
    ).one_or_none()
    if asked is None:
        return {}
    documents, information = asked
    rows = await session.scalars(
        select(loyalty.CampaignProduct).where(
            loyalty.CampaignProduct.country == country,
            loyalty.CampaignProduct.campaign == code,
            loyalty.CampaignProduct.product.in_(set(products)),
        )
    )
    return {
        row.product: ParticipatingProduct(
            product=row.product,
            default_points=row.default_points,
            documents=tuple(
                from_json(CampaignDocument, {**one, "required": one["requirement"] in row.required_documents})
                for one in documents
            ),
            information=tuple(
                from_json(InformationField, {**one, "required": one["name"] in row.required_information})
                for one in information
            ),
        )
        for row in rows
    }


async def push_periods_of(
    session: AsyncSession, country: str, code: str, products: Iterable[str]
) -> tuple[PushPeriod, ...]:
    """The push periods of the products in the campaign, the earliest first."""
    rows = await session.scalars(
        select(loyalty.PushPeriod)
        .where(
            loyalty.PushPeriod.country == country,
            loyalty.PushPeriod.campaign == code,
            loyalty.PushPeriod.product.in_(set(products)),
        )
        .order_by(loyalty.PushPeriod.first_day, loyalty.PushPeriod.id)
    )
    return tuple(_period(row) for row in rows)


def _period(row: loyalty.PushPeriod) -> PushPeriod:
    return PushPeriod(row.product, row.first_day, row.last_day, row.multiplier)
