"""What the QR code of a card opens: whether the card is valid, and what it grants; nothing personal."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from activities.rendering.cards import CardFace
from api.dependencies import PartsOf
from api.errors import documented
from api.pages import pages
from domain import errors
from domain.errors import NotFound
from store import cards
from store.snapshots import from_json

router = APIRouter(tags=["public"])


class VerifiedTier(BaseModel):
    """One tier: first and last covered day."""

    tier: str
    duration: str
    first_day: date
    last_day: date


class Verified(BaseModel):
    """A card as the public may know it. `status`: valid, superseded or withdrawn."""

    number: str
    version: int
    status: str
    kind: str
    tiers: list[VerifiedTier]


@router.get(
    "/verify/{token}",
    response_model=Verified,
    responses={
        200: {"content": {"text/html": {}}, "description": "the card, as HTML or JSON by Accept"},
        **documented(errors.NotFound),
    },
)
async def verify(token: Annotated[str, Path(max_length=64)], request: Request, parts: PartsOf) -> Response:
    """Whether a warranty card is valid."""
    async with parts.sessions() as session:
        card = await cards.card_of_token(session, token)
    wants_page = _prefers_html(request.headers.get("accept", ""))
    if card is None:
        if wants_page:
            return pages.page("verify_unknown.html", 404)
        raise NotFound("There is no such card.")
    face = from_json(CardFace, card.face)
    found = Verified(
        number=card.number,
        version=card.version,
        status=card.status,
        kind=face.kind,
        tiers=[VerifiedTier.model_validate(tier, from_attributes=True) for tier in face.tiers],
    )
    if wants_page:
        return pages.page("verify.html", 200, card=found)
    return JSONResponse(found.model_dump(mode="json"), headers={"Vary": "Accept", "Cache-Control": "no-store"})


def _prefers_html(accept: str) -> bool:
    """Browsers name text/html first; programs name JSON, or anything."""
    offered = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    order = [one for one in offered if one in {"text/html", "application/xhtml+xml", "application/json", "*/*"}]
    return bool(order) and order[0] in {"text/html", "application/xhtml+xml"}
