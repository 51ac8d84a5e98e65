"""The lists that people keep in spreadsheets, one class each, and their registry."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups, reading
from configuration.campaign_products import CampaignProducts, CampaignProductShape
from configuration.codes import Codes, CodeShape
from configuration.companies import Companies, CompanyClass, CompanyShape
from configuration.products import Products, ProductShape
from configuration.spreadsheets import Listed, Spreadsheets
from configuration.wholesalers import Wholesalers, WholesalerShape
from domain import columns
from domain.campaigns import MOST_POINTS
from domain.columns import Column
from domain.errors import NotFound
from domain.policies import Scheme
from domain.requests import UnitRole
from domain.sheets import Row, Sheet
from store.tables.loyalty import Campaign

DISTRIBUTES, GIVES_WARRANTY = ": distributes", ": gives warranty"
DOCUMENT, INFORMATION = "document: ", "information: "


class ProductList(Listed[ProductShape]):
    """The products of a country."""

    resource: ClassVar[Products] = Products()

    async def sheet(self, session: AsyncSession, country: str, scope: str | None) -> Sheet:
        """One column for each field; line-ups are those of the country."""
        line_ups = tuple(sorted(await lookups.line_ups(session, country)))
        return Sheet(
            name=self.resource.name,
            columns=(
                columns.text("reference", "The reference of the product.", required=True),
                columns.choice("line_up", "The line-up to which it belongs.", line_ups, required=True),
                columns.choice("role", "Whether it is an outdoor or an indoor unit.", tuple(UnitRole), required=True),
                columns.text("brand", "The brand, if policies name it.", empty=None),
                columns.text("type", "The type, if policies name it.", empty=None),
                columns.text("family", "The family, if policies name it.", empty=None),
            ),
            key=("reference",),
        )


class WholesalerList(Listed[WholesalerShape]):
    """The wholesalers with their matrix: two columns for each line-up."""

    resource: ClassVar[Wholesalers] = Wholesalers()

    async def sheet(self, session: AsyncSession, country: str, scope: str | None) -> Sheet:
        """Code, then what the wholesaler does with each line-up of the country."""
        line_ups = sorted(await lookups.line_ups(session, country))
        return Sheet(
            name=self.resource.name,
            columns=(
                columns.text("code", "The wholesaler.", required=True),
                *(column for line_up in line_ups for column in _cell_columns(line_up)),
            ),
            key=("code",),
            rule=_whole_cells,
        )

    def row_of(self, value: WholesalerShape, sheet: Sheet) -> Row:
        """A line-up without a cell stays empty."""
        row: Row = dict.fromkeys(sheet.headings) | {"code": value.code}
        for cell in value.line_ups:
            row[f"{cell.line_up}{DISTRIBUTES}"] = cell.distributes
            row[f"{cell.line_up}{GIVES_WARRANTY}"] = cell.gives_warranty
        return row

    def fields_of(self, row: Row, scope: str | None) -> dict[str, Any]:
        """A cell for each line-up whose columns are filled in."""
        cells = [
            {
                "line_up": heading.removesuffix(DISTRIBUTES),
                "distributes": value,
                "gives_warranty": row[f"{heading.removesuffix(DISTRIBUTES)}{GIVES_WARRANTY}"],
            }
            for heading, value in row.items()
            if heading.endswith(DISTRIBUTES) and value is not None
        ]
        return {"code": row["code"], "line_ups": cells}


class CompanyList(Listed[CompanyShape]):
    """The companies of installers and PRO Partners; one 0/1 column for each scheme."""

    resource: ClassVar[Companies] = Companies()

    async def sheet(self, session: AsyncSession, country: str, scope: str | None) -> Sheet:
        """One column for each field and scheme."""
        units = tuple(sorted(await lookups.organisational_units(session, country)))
        return Sheet(
            name=self.resource.name,
            columns=(
                columns.text("name", "The name, as it stands on cards.", required=True),
                columns.choice("company_class", "The class.", tuple(CompanyClass), required=True),
                *(columns.flag(one, f"Whether it carries the scheme {one}.", empty=False) for one in Scheme),
                columns.text("pro_partner", "The PRO Partner to which an accredited partner is linked.", empty=None),
                columns.choice("organisational_unit", "The organisational unit.", units),
                columns.text("address", "Street and number."),
                columns.text("postcode", "The postcode.", numbers=False),
                columns.text("city", "The city."),
                columns.text("phone", "The phone, with its country code.", numbers=False),
                columns.text("email", "The email address."),
            ),
            key=("name",),
        )

    def row_of(self, value: CompanyShape, sheet: Sheet) -> Row:
        """Each scheme that it carries has a 1."""
        row = {one: getattr(value, one) for one in sheet.headings if one not in set(Scheme)}
        return row | {one.value: one in value.schemes for one in Scheme}

    def fields_of(self, row: Row, scope: str | None) -> dict[str, Any]:
        """The schemes that have a 1."""
        return {
            **{heading: value for heading, value in row.items() if heading not in set(Scheme)},
            "schemes": [one for one in Scheme if row[one]],
        }


class CodeList(Listed[CodeShape]):
    """The warranty codes of a country, with their owners."""

    resource: ClassVar[Codes] = Codes()

    async def sheet(self, session: AsyncSession, country: str, scope: str | None) -> Sheet:
        """Code and owner."""
        return Sheet(
            name=self.resource.name,
            columns=(
                columns.text("number", "The code.", required=True, numbers=False),
                columns.text("owner", "The company that alone may use it, if it is one company's own.", empty=None),
            ),
            key=("number",),
        )


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


def _cell_columns(line_up: str) -> Iterator[Column]:
    told = f"of {line_up}: 1 yes, 0 no; nothing: not configured, requests are refused."
    yield columns.flag(f"{line_up}{DISTRIBUTES}", f"Whether it is a distributor {told}")
    yield columns.flag(f"{line_up}{GIVES_WARRANTY}", f"Whether it gives its own warranty on goods {told}")


def _whole_cells(row: Row) -> Iterable[tuple[str, str]]:
    for heading in row:
        line_up = heading.removesuffix(DISTRIBUTES)
        if line_up != heading and (row[heading] is None) != (row[f"{line_up}{GIVES_WARRANTY}"] is None):
            yield heading, "is filled in for both columns of a line-up, or for neither"


def _required(name: str, title: str) -> Column:
    return columns.flag(
        name, f"{title}: 1 if a line of this product must bring it, 0 or nothing if it may.", empty=False
    )


def _named(row: Row, prefix: str) -> list[str]:
    return [heading.removeprefix(prefix) for heading, value in row.items() if heading.startswith(prefix) and value]


LISTS = Spreadsheets(
    {
        one.resource.name: one
        for one in (ProductList(), WholesalerList(), CompanyList(), CodeList(), CampaignProductList())
    }
)
"""A new list is one class and one name here; template, import and export follow."""
