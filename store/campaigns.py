"""Campaigns, their products and push periods."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.campaigns import Audience, Campaign, CampaignDocument, InformationField, ParticipatingProduct, PushPeriod
from domain.errors import FieldError, Invalid
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
            documents=tuple(from_json(CampaignDocument, one) for one in row.documents),
            information=tuple(from_json(InformationField, one) for one in row.information),
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


async def refuse_overlap(session: AsyncSession, wanted: loyalty.PushPeriod) -> None:
    """Hold a push period that is to be written against the others of its product, whose row is locked until the
    transaction ends: of two that overlap, the later one is refused. Raises Invalid."""
    await session.get(
        loyalty.CampaignProduct,
        {"country": wanted.country, "campaign": wanted.campaign, "product": wanted.product},
        with_for_update=True,
    )
    others = await session.scalars(
        select(loyalty.PushPeriod).where(
            loyalty.PushPeriod.country == wanted.country,
            loyalty.PushPeriod.campaign == wanted.campaign,
            loyalty.PushPeriod.product == wanted.product,
            loyalty.PushPeriod.id.is_distinct_from(wanted.id),
        )
    )
    for other in others:
        if _period(other).overlaps(_period(wanted)):
            days = f"{other.first_day} to {other.last_day}"
            raise Invalid(
                f"Another push period of {wanted.product} runs from {days}.",
                fields=[FieldError("/first_day", f"overlaps the period from {days}")],
            )


def _period(row: loyalty.PushPeriod) -> PushPeriod:
    return PushPeriod(row.product, row.first_day, row.last_day, row.multiplier)
