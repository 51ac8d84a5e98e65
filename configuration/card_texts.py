"""The texts on cards, per range and warranty type (`domain.md` §8)."""

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.fields import Body, Required, Text
from configuration.resource import Advice, Resource
from domain.errors import FieldError
from domain.policies import Tag
from store.tables.configuration import CardText


class CardTextShape(Body):
    """Two plain texts: for goods of a distributor without and with a warranty of its own."""

    product_range: Required
    warranty_type: Tag
    distributor_without_warranty: Text
    distributor_with_warranty: Text = ""


class CardTexts(Resource[CardTextShape, frozenset[str]]):
    """The card texts of a country. Cards already issued keep theirs."""

    name = "card-texts"
    one = "card text"
    shape = CardTextShape
    table = CardText
    key = ("product_range", "warranty_type")

    async def known(self, session: AsyncSession, country: str) -> frozenset[str]:
        """The ranges."""
        return await lookups.line_ups(session, country)

    def problems(self, value: CardTextShape, known: frozenset[str]) -> Iterator[FieldError]:
        """A text is for a range."""
        if value.product_range not in known:
            yield FieldError("/product_range", "not a range of this country")

    def advice(self, value: CardTextShape, known: frozenset[str]) -> Iterator[Advice]:
        """Only commissioning asks the wholesaler, so only its cards have the second text."""
        if not value.distributor_without_warranty:
            yield Advice("card_text_missing", "/distributor_without_warranty", "cards have no text")
        if value.warranty_type is Tag.STANDARD and not value.distributor_with_warranty:
            yield Advice(
                "card_text_missing",
                "/distributor_with_warranty",
                "cards of goods from a distributor with warranty have no text",
            )
