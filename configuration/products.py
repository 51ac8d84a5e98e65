"""Products: references with their role, and what policies match them by (`domain.md` §3, §8)."""

from collections.abc import Iterable, Iterator

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.fields import Body, Required
from configuration.resource import Resource
from domain.errors import FieldError
from domain.requests import UnitRole
from store.policies import current_policies
from store.tables.configuration import Product
from store.tables.loyalty import CampaignProduct
from store.tables.requests import Request, RequestUnit


class ProductShape(Body):
    """A product. `brand`, `type` and `family` are what policies may name instead of single products."""

    reference: Required
    line_up: Required
    role: UnitRole
    brand: Required | None = None
    type: Required | None = None
    family: Required | None = None


class Products(Resource[ProductShape, frozenset[str]]):
    """The products of a country."""

    name = "products"
    one = "product"
    shape = ProductShape
    table = Product
    key = ("reference",)

    async def known(self, session: AsyncSession, country: str) -> frozenset[str]:
        """The country's line-ups."""
        return await lookups.line_ups(session, country)

    def problems(self, value: ProductShape, known: frozenset[str]) -> Iterator[FieldError]:
        """A product belongs to a line-up."""
        if value.line_up not in known:
            yield FieldError("/line_up", "not a line-up of this country")

    async def users(self, session: AsyncSession, country: str, value: ProductShape) -> Iterable[str]:
        """Policies, campaigns and requests name products."""
        policies = [
            f"policy {one.name}"
            for one in await current_policies(session, country)
            if any(row.product == value.reference for row in one.goods)
        ]
        named = exists().where(RequestUnit.request_id == Request.id, RequestUnit.product == value.reference)
        campaigns = await session.scalars(
            select(CampaignProduct.campaign)
            .where(CampaignProduct.country == country, CampaignProduct.product == value.reference)
            .order_by(CampaignProduct.campaign)
            .limit(lookups.MOST_NAMED)
        )
        return [
            *policies,
            *(f"participating product {campaign}/{value.reference}" for campaign in campaigns),
            *await lookups.requests_where(session, country, named),
        ]
