"""One call that writes a card text, whether there is one or not; the others are those of all resources."""

from fastapi import APIRouter

from api.configuring import REFUSALS, ConfigurerOf, author_of
from api.dependencies import PartsOf
from api.errors import documented
from api.fields import Body, Text
from configuration import changing, reading
from configuration.card_texts import CardTextShape
from configuration.registry import CARD_TEXTS, LINE_UPS
from domain.policies import Tag

router = APIRouter(prefix="/countries/{country}/card-texts", tags=["configuration"])


class CardTextBody(Body):
    """Two plain texts: for goods of a distributor without and with a warranty of its own."""

    distributor_without_warranty: Text
    distributor_with_warranty: Text


@router.put("/{product_range}/{warranty_type}", responses=documented(*REFUSALS))
async def write_card_text(
    country: str, product_range: str, warranty_type: Tag, body: CardTextBody, caller: ConfigurerOf, parts: PartsOf
) -> CardTextBody:
    """The texts on the cards of a range. They are plain text: cards already issued keep theirs."""
    async with parts.sessions.begin() as session:
        await reading.find(session, LINE_UPS, country, product_range)
        value = CardTextShape(product_range=product_range, warranty_type=warranty_type, **body.model_dump())
        await changing.put(session, CARD_TEXTS, country, [value], author_of(caller, parts))
    return body
