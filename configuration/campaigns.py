"""Loyalty campaigns: whom they admit, when, with which coupon, and what products may ask for (`domain.md` §2.4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.fields import Body, Day, Line, Required, Whole, refuse_twice
from configuration.resource import Advice, Resource
from domain.access import Role
from domain.errors import FieldError
from store.tables.countries import Account, Company
from store.tables.loyalty import Campaign, CampaignProduct
from store.tables.requests import Request

MAX_BYTES = 10 * 1024 * 1024
MOST_ASKED = 20

Code = Annotated[Required, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
CompanyClass = Literal["standard", "accredited", "accredited_partner", "pro_partner"]


class AudienceShape(Body):
    """Whom a campaign admits among the participants: named accounts, companies, classes of companies; none named: all.

    One that fits is enough.
    """

    logins: tuple[Required, ...] = ()
    companies: tuple[Required, ...] = ()
    company_classes: tuple[CompanyClass, ...] = ()


class AskedDocument(Body):
    """A document that products of the campaign may ask for: media types and greatest size in bytes."""

    requirement: Code
    title: Required
    media_types: tuple[Literal["application/pdf", "image/jpeg", "image/png"], ...] = Field(
        ("application/pdf", "image/jpeg", "image/png"), min_length=1
    )
    max_bytes: Annotated[Whole, Field(ge=1, le=MAX_BYTES)] = MAX_BYTES


class AskedInformation(Body):
    """Something that participants may write beside a product of the campaign."""

    name: Code
    title: Required


class CampaignShape(Body):
    """A campaign. Days are local days, bounds inclusive; requests are taken from the start to the claim deadline.

    Without a coupon code none is asked for. Each product says which of the documents and information it requires.
    """

    code: Code = Field(examples=["SPRING"])
    name: Required
    audience: AudienceShape = AudienceShape()
    coupon_code: Line = ""
    starts_on: Day
    ends_on: Day
    claim_deadline: Day
    documents: tuple[AskedDocument, ...] = Field((), max_length=MOST_ASKED)
    information: tuple[AskedInformation, ...] = Field((), max_length=MOST_ASKED)

    @field_validator("documents")
    @classmethod
    def _documents_once(cls, asked: tuple[AskedDocument, ...]) -> tuple[AskedDocument, ...]:
        refuse_twice("document", (one.requirement for one in asked))
        return asked

    @field_validator("information")
    @classmethod
    def _information_once(cls, asked: tuple[AskedInformation, ...]) -> tuple[AskedInformation, ...]:
        refuse_twice("information", (one.name for one in asked))
        return asked


@dataclass(frozen=True)
class KnownOfCampaigns:
    """Participants, companies, and the campaigns that have products."""

    logins: frozenset[str]
    companies: frozenset[str]
    with_products: frozenset[str]


class Campaigns(Resource[CampaignShape, KnownOfCampaigns]):
    """The campaigns of a country."""

    name = "campaigns"
    one = "campaign"
    shape = CampaignShape
    table = Campaign

    async def write(self, session: AsyncSession, country: str, row: Any, value: CampaignShape) -> None:
        """Lists are stored as documents."""
        await super().write(session, country, row, value)
        row.audience = value.audience.model_dump(mode="json")
        row.documents = [one.model_dump(mode="json") for one in value.documents]
        row.information = [one.model_dump(mode="json") for one in value.information]

    async def known(self, session: AsyncSession, country: str) -> KnownOfCampaigns:
        """Whom an audience can name, and where products take part."""
        logins = select(Account.login).where(Account.country == country, Account.role == Role.PARTICIPANT)
        companies = select(Company.name).where(Company.country == country)
        taking_part = select(CampaignProduct.campaign).where(CampaignProduct.country == country).distinct()
        return KnownOfCampaigns(
            logins=frozenset(await session.scalars(logins)),
            companies=frozenset(await session.scalars(companies)),
            with_products=frozenset(await session.scalars(taking_part)),
        )

    def problems(self, value: CampaignShape, known: KnownOfCampaigns) -> Iterator[FieldError]:
        """Days in their order, and an audience that exists."""
        if value.ends_on < value.starts_on:
            yield FieldError("/ends_on", "comes before the start")
        if value.claim_deadline < value.ends_on:
            yield FieldError("/claim_deadline", "comes before the end")
        for place, login in enumerate(value.audience.logins):
            if login not in known.logins:
                yield FieldError(f"/audience/logins/{place}", "not a participant of this country")
        for place, company in enumerate(value.audience.companies):
            if company not in known.companies:
                yield FieldError(f"/audience/companies/{place}", "not a company of this country")

    def advice(self, value: CampaignShape, known: KnownOfCampaigns) -> Iterator[Advice]:
        """Without products nobody can ask for points."""
        if value.code not in known.with_products:
            yield Advice("campaign_without_products", "/code", f"no product takes part in {value.code} yet")

    async def objections(
        self, session: AsyncSession, country: str, before: CampaignShape, after: CampaignShape
    ) -> Iterable[FieldError]:
        """What products require cannot be taken away."""
        of_campaign = (CampaignProduct.country == country, CampaignProduct.campaign == before.code)
        found = []
        for field, column, gone in (
            (
                "documents",
                CampaignProduct.required_documents,
                {one.requirement for one in before.documents} - {one.requirement for one in after.documents},
            ),
            (
                "information",
                CampaignProduct.required_information,
                {one.name for one in before.information} - {one.name for one in after.information},
            ),
        ):
            for name in sorted(gone):
                product = await session.scalar(
                    select(CampaignProduct.product).where(*of_campaign, column.contains([name])).limit(1)
                )
                if product is not None:
                    found.append(FieldError(f"/{field}", f"{name} is required by {product}"))
        return found

    async def users(self, session: AsyncSession, country: str, value: CampaignShape) -> Iterable[str]:
        """Requests for points, and products that take part."""
        requests = await lookups.requests_where(session, country, Request.campaign == value.code)
        products = await session.scalars(
            select(CampaignProduct.product)
            .where(CampaignProduct.country == country, CampaignProduct.campaign == value.code)
            .order_by(CampaignProduct.product)
            .limit(lookups.MOST_NAMED)
        )
        return [*requests, *(f"participating product {value.code}/{product}" for product in products)]
