"""The demo's loyalty campaign (`api.md`, demo data): it never ends, so that it runs whenever the demo starts."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.campaigns import Audience
from store.snapshots import to_json
from store.tables.configuration import Product
from store.tables.loyalty import Campaign, CampaignProduct, PushPeriod

COUNTRY = "ES"
CAMPAIGN = "SPRING"
COUPON = "SPRING"
POINTS = {"CS-Z25TKEW": 11, "CS-Z35TKEW": 20}
PUSHED = ("CS-Z35TKEW", 3)
FIRST, LAST = date(2026, 1, 1), date(2099, 12, 31)
INVOICE = {
    "requirement": "invoice",
    "title": "Factura",
    "media_types": ["application/pdf", "image/jpeg", "image/png"],
    "max_bytes": 10 * 1024 * 1024,
}
SERIALS = {"name": "serials", "title": "Números de serie"}


async def set_up(session: AsyncSession) -> None:
    """Add the campaign to a country that has none, and has its products; a desk of an earlier release gets it, too."""
    products = set(await session.scalars(select(Product.reference).where(Product.country == COUNTRY)))
    campaigns = await session.scalar(select(Campaign.code).where(Campaign.country == COUNTRY).limit(1))
    if campaigns is not None or not products.issuperset(POINTS):
        return
    session.add(
        Campaign(
            country=COUNTRY,
            code=CAMPAIGN,
            name="Campaña de primavera",
            audience=to_json(Audience()),
            coupon_code=COUPON,
            starts_on=FIRST,
            ends_on=LAST,
            claim_deadline=LAST,
            documents=[INVOICE],
            information=[SERIALS],
        )
    )
    await session.flush()
    session.add_all(
        CampaignProduct(
            country=COUNTRY,
            campaign=CAMPAIGN,
            product=product,
            default_points=points,
            required_documents=[INVOICE["requirement"]],
        )
        for product, points in POINTS.items()
    )
    await session.flush()
    product, multiplier = PUSHED
    session.add(
        PushPeriod(
            country=COUNTRY,
            campaign=CAMPAIGN,
            product=product,
            first_day=FIRST,
            last_day=LAST,
            multiplier=multiplier,
        )
    )
