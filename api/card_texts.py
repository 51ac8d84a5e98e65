"""One call that writes a card text, whether there is one or not; the others are those of all resources."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.configuring import REFUSALS, ConfigurerOf, author_of
from api.dependencies import PartsOf
from api.errors import documented
from api.fields import Body, Text
from api.schemas.requests import Version
from configuration import changing, reading
from configuration.card_texts import CardTextShape
from configuration.registry import CARD_TEXTS, LINE_UPS
from domain import errors
from domain.policies import Tag

router = APIRouter(prefix="/countries/{country}/card-texts", tags=["configuration"])


class CardTextBody(Body):
    """Two plain texts: for goods of a distributor without and with a warranty of its own."""

    distributor_without_warranty: Text
    distributor_with_warranty: Text
    version: Annotated[Version | None, Field(description="the one that the caller has seen; null: whatever stands")] = (
        None
    )


class CardTextView(BaseModel):
    """The texts as they stand now."""

    distributor_without_warranty: str
    distributor_with_warranty: str
    version: int


@router.put("/{product_range}/{warranty_type}", responses=documented(*REFUSALS, errors.StaleVersion))
async def write_card_text(
    country: str, product_range: str, warranty_type: Tag, body: CardTextBody, caller: ConfigurerOf, parts: PartsOf
) -> CardTextView:
    """The texts on the cards of a range. They are plain text: cards already issued keep theirs."""
    texts = body.model_dump(exclude={"version"})
    async with parts.sessions.begin() as session:
        await reading.find(session, LINE_UPS, country, product_range)
        value = CardTextShape(product_range=product_range, warranty_type=warranty_type, **texts)
        entry = await changing.put_one(session, CARD_TEXTS, country, value, body.version, author_of(caller, parts))
    return CardTextView(**texts, version=entry.version)
