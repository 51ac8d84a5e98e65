"""The lists that people keep in spreadsheets, one class each, and their registry."""

from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import reading
from configuration.campaign_products import CampaignProducts, CampaignProductShape
from configuration.spreadsheets import Listed, Spreadsheets
from domain import columns
from domain.campaigns import MOST_POINTS
from domain.columns import Column
from domain.errors import NotFound
from domain.sheets import Row, Sheet
from store.tables.loyalty import Campaign

DOCUMENT, INFORMATION = "document: ", "information: "


class CampaignProductList(Listed[CampaignProductShape]):
    """The participating products of one campaign; one 0/1 column for each document and information that it has."""

    resource: ClassVar[CampaignProducts] = CampaignProducts()
    scoped = "campaign"

    async def sheet(self, session: AsyncSession, country: str, scope: str | None) -> Sheet:
        """Product, points, and what is required. Raises NotFound for an unknown campaign."""
        campaign = await session.scalar(select(Campaign).where(Campaign.country == country, Campaign.code == scope))
        if campaign is None:
            raise NotFound(f"There is no campaign {scope} in {country}.")
        asked = [(f"{DOCUMENT}{one['requirement']}", one["title"]) for one in campaign.documents]
        asked += [(f"{INFORMATION}{one['name']}", one["title"]) for one in campaign.information]
        return Sheet(
            name=self.resource.name,
            columns=(
                columns.text("product", "The reference of the product.", required=True),
                columns.whole("default_points", "The points of one piece.", required=True, most=MOST_POINTS),
                *(_required(name, title) for name, title in asked),
            ),
            key=("product",),
        )

    async def entries(self, session: AsyncSession, country: str, scope: str | None) -> list[CampaignProductShape]:
        """The products of the campaign."""
        everything = await reading.everything(session, self.resource, country)
        return [one.value for one in everything if one.value.campaign == scope]

    def row_of(self, value: CampaignProductShape, sheet: Sheet) -> Row:
        """What is required has a 1."""
        required = {f"{DOCUMENT}{one}" for one in value.required_documents}
        required |= {f"{INFORMATION}{one}" for one in value.required_information}
        flags = {heading: heading in required for heading in sheet.headings[2:]}
        return {"product": value.product, "default_points": value.default_points, **flags}

    def fields_of(self, row: Row, scope: str | None) -> dict[str, Any]:
        """The names in the headings that have a 1."""
        return {
            "campaign": scope,
            "product": row["product"],
            "default_points": row["default_points"],
            "required_documents": _named(row, DOCUMENT),
            "required_information": _named(row, INFORMATION),
        }


def _required(name: str, title: str) -> Column:
    return columns.flag(
        name, f"{title}: 1 if a line of this product must bring it, 0 or nothing if it may.", empty=False
    )


def _named(row: Row, prefix: str) -> list[str]:
    return [heading.removeprefix(prefix) for heading, value in row.items() if heading.startswith(prefix) and value]


LISTS = Spreadsheets({one.resource.name: one for one in (CampaignProductList(),)})
"""A new list is one class and one name here; template, import and export follow."""
