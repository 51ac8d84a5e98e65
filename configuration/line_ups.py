"""Line-ups, the product ranges: families of products, each with the text of its page (`domain.md` §8)."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.fields import Body, Line, Text
from configuration.resource import Advice, Resource
from domain.policies import Policy, Tag
from store.policies import current_policies
from store.tables.configuration import CardText, Documentation, Download, LineUp, Product, WholesalerCell
from store.tables.requests import Request

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,49}$")]
NAMING = (
    (Product, Product.line_up, Product.reference, "product"),
    (WholesalerCell, WholesalerCell.line_up, WholesalerCell.wholesaler, "wholesaler"),
    (Documentation, Documentation.line_up, Documentation.requirement, "documentation"),
    (CardText, CardText.product_range, CardText.warranty_type, "card text"),
    (Download, Download.product_range, Download.title, "download"),
)


class LineUpShape(Body):
    """A line-up. `page_text` stands above the forms and downloads of the range."""

    code: Slug
    name: Line = ""
    page_text: Text = ""


class LineUps(Resource[LineUpShape, dict[str, set[Tag]]]):
    """The line-ups of a country."""

    name = "line-ups"
    one = "line-up"
    shape = LineUpShape
    table = LineUp

    async def known(self, session: AsyncSession, country: str) -> dict[str, set[Tag]]:
        """Which card texts are missing."""
        return await lookups.texts_wanted(session, country)

    def advice(self, value: LineUpShape, known: dict[str, set[Tag]]) -> Iterator[Advice]:
        """A range without a card text prints cards that say nothing."""
        for tag in sorted(known.get(value.code, ())):
            yield Advice("card_text_missing", "/code", f"cards of {value.code} have no text for the type {tag}")

    async def users(self, session: AsyncSession, country: str, value: LineUpShape) -> Iterable[str]:
        """Nearly everything names line-ups."""
        named = [f"policy {one.name}" for one in await current_policies(session, country) if _names(one, value.code)]
        for table, line_up, key, what in NAMING:
            found = select(key).where(table.country == country, line_up == value.code).limit(lookups.MOST_NAMED)
            named += [f"{what} {one}" for one in await session.scalars(found)]
        return [*named, *await lookups.requests_where(session, country, Request.line_up == value.code)]


def _names(policy: Policy, line_up: str) -> bool:
    return any(row.line_up == line_up for row in policy.goods)
