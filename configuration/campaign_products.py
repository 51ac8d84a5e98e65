"""Participating products: the points of one piece, and what a line of it must bring (`domain.md` §2.4)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.campaigns import Code
from configuration.fields import Body, Required, Whole
from configuration.resource import Resource
from domain.campaigns import MOST_POINTS
from domain.errors import FieldError
from store.tables.configuration import Product
from store.tables.loyalty import Campaign, CampaignProduct, PushPeriod, RequestLine
from store.tables.requests import Request


class CampaignProductShape(Body):
    """A participating product. `required_*` name documents and information of its campaign; the others are optional."""

    campaign: Code
    product: Required
    default_points: Annotated[Whole, Field(ge=0, le=MOST_POINTS)]
    required_documents: tuple[Code, ...] = ()
    required_information: tuple[Code, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What products of a campaign may ask for."""

    documents: frozenset[str]
    information: frozenset[str]


@dataclass(frozen=True)
class KnownOfProducts:
    """What campaigns offer to ask for, by code, and the country's products."""

    campaigns: Mapping[str, Asked]
    products: frozenset[str]


class CampaignProducts(Resource[CampaignProductShape, KnownOfProducts]):
    """The participating products of all campaigns of a country."""

    name = "campaign-products"
    one = "participating product"
    shape = CampaignProductShape
    table = CampaignProduct
    key = ("campaign", "product")

    def settled(self, value: CampaignProductShape) -> CampaignProductShape:
        """What is required, once and in order."""
        return value.model_copy(
            update={
                "required_documents": tuple(sorted(set(value.required_documents))),
                "required_information": tuple(sorted(set(value.required_information))),
            }
        )

    async def known(self, session: AsyncSession, country: str) -> KnownOfProducts:
        """The country's campaigns and products."""
        campaigns = await session.execute(
            select(Campaign.code, Campaign.documents, Campaign.information).where(Campaign.country == country)
        )
        products = await session.scalars(select(Product.reference).where(Product.country == country))
        return KnownOfProducts(
            campaigns={
                code: Asked(
                    frozenset(one["requirement"] for one in documents), frozenset(one["name"] for one in information)
                )
                for code, documents, information in campaigns
            },
            products=frozenset(products),
        )

    def problems(self, value: CampaignProductShape, known: KnownOfProducts) -> Iterator[FieldError]:
        """A known product in a known campaign, which asks for what the campaign has."""
        if value.product not in known.products:
            yield FieldError("/product", "not a product of this country")
        asked = known.campaigns.get(value.campaign)
        if asked is None:
            yield FieldError("/campaign", "not a campaign of this country")
            return
        for place, name in enumerate(value.required_documents):
            if name not in asked.documents:
                yield FieldError(f"/required_documents/{place}", f"the campaign has no document {name}")
        for place, name in enumerate(value.required_information):
            if name not in asked.information:
                yield FieldError(f"/required_information/{place}", f"the campaign has no information {name}")

    async def users(self, session: AsyncSession, country: str, value: CampaignProductShape) -> Iterable[str]:
        """Lines of requests, and push periods."""
        lines = select(RequestLine.request_id).where(RequestLine.product == value.product)
        of_campaign = (Request.campaign == value.campaign) & Request.id.in_(lines)
        requests = await lookups.requests_where(session, country, of_campaign)
        days = await session.scalars(
            select(PushPeriod.first_day).where(
                PushPeriod.country == country,
                PushPeriod.campaign == value.campaign,
                PushPeriod.product == value.product,
            )
        )
        return [*requests, *(f"push period {value.campaign}/{day}/{value.product}" for day in days)]
