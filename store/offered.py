"""What a country's forms offer: ranges with their texts, products, wholesalers, documents, partners."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.states import Kind
from store import accounts, reasons
from store.tables.configuration import Documentation, LineUp, Product, Wholesaler
from store.tables.loyalty import Campaign, CampaignProduct

MOST_PRODUCTS = 500


@dataclass(frozen=True)
class Offered:
    """One form's choices. `documents` are those of the range that was chosen, in the country's order; `reasons` why a
    unit may be replaced, by code."""

    line_ups: list[tuple[str, str]]
    page_text: str
    products: list[str]
    wholesalers: list[str]
    partners: list[str]
    documents: list[Documentation]
    reasons: list[tuple[str, str]]


@dataclass(frozen=True)
class Offer:
    """A campaign as forms show it: titles of the documents and information that it knows, and its products."""

    name: str
    documents: dict[str, str]
    information: dict[str, str]
    products: dict[str, CampaignProduct]

    def documents_for(self, product: str) -> frozenset[str]:
        """The documents that a line of the product must bring."""
        known = self.products.get(product)
        return frozenset(known.required_documents) if known else frozenset()

    def information_for(self, product: str) -> frozenset[str]:
        """The information that a line of the product must bring."""
        known = self.products.get(product)
        return frozenset(known.required_information) if known else frozenset()


NOTHING_ASKED = Offer("", {}, {}, {})


async def range_names(session: AsyncSession, country: str | None) -> dict[str, str]:
    """What product ranges are called, by code; those of every country for None."""
    chosen = select(LineUp).order_by(LineUp.code)
    if country is not None:
        chosen = chosen.where(LineUp.country == country)
    return {one.code: one.name or one.code for one in await session.scalars(chosen)}


async def offered(session: AsyncSession, country: str, kind: Kind, line_up: str) -> Offered:
    """What the form of a kind offers in a country, once a range is chosen (else of every range)."""
    ranges = list(await session.scalars(select(LineUp).where(LineUp.country == country).order_by(LineUp.code)))
    products = select(Product.reference).where(Product.country == country)
    documents = select(Documentation).where(Documentation.country == country, Documentation.kind == kind)
    if line_up:
        products = products.where(Product.line_up == line_up)
    asked = list(
        await session.scalars(
            documents.where(Documentation.line_up == line_up).order_by(
                Documentation.position, Documentation.requirement
            )
        )
    )
    return Offered(
        line_ups=[(one.code, one.name or one.code) for one in ranges],
        page_text=next((one.page_text for one in ranges if one.code == line_up), ""),
        products=list(await session.scalars(products.order_by(Product.reference).limit(MOST_PRODUCTS))),
        wholesalers=list(
            await session.scalars(
                select(Wholesaler.code).where(Wholesaler.country == country).order_by(Wholesaler.code)
            )
        ),
        partners=await accounts.partners_of(session, country),
        documents=asked,
        reasons=list((await reasons.titles(session, country)).items()) if kind is Kind.UNIT_REPLACEMENT else [],
    )


async def line_up_of(session: AsyncSession, country: str, reference: str) -> str:
    """The range of a product, empty for one that the country does not have."""
    row = await session.get(Product, {"country": country, "reference": reference})
    return row.line_up if row else ""


async def campaigns(session: AsyncSession, country: str) -> list[Campaign]:
    """The country's campaigns, the newest first."""
    return list(
        await session.scalars(select(Campaign).where(Campaign.country == country).order_by(Campaign.starts_on.desc()))
    )


async def offer(session: AsyncSession, country: str, campaign: str) -> Offer:
    """What a campaign asks for; nothing if there is no such campaign."""
    row = await session.get(Campaign, {"country": country, "code": campaign})
    if row is None:
        return NOTHING_ASKED
    products = await session.scalars(
        select(CampaignProduct)
        .where(CampaignProduct.country == country, CampaignProduct.campaign == campaign)
        .order_by(CampaignProduct.product)
        .limit(MOST_PRODUCTS)
    )
    return Offer(
        name=row.name or row.code,
        documents={one["requirement"]: one["title"] for one in row.documents},
        information={one["name"]: one["title"] for one in row.information},
        products={one.product: one for one in products},
    )
