"""What the QR code of a card opens: whether the card is valid, and what it grants; nothing personal."""

import re
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from activities.rendering.face import CardFace
from api.dependencies import PartsOf
from api.errors import documented
from api.pages import pages
from api.pages.languages import language_for
from domain import errors
from domain.errors import NotFound
from store import cards
from store.snapshots import from_json

router = APIRouter(tags=["public"])
HTML = {"text/html", "application/xhtml+xml"}
KNOWN_TYPES = HTML | {"application/json", "*/*"}
WEIGHT = re.compile(r"q=(0(\.\d{0,3})?|1(\.0{0,3})?)", re.ASCII)


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
async def verify(token: str, request: Request, parts: PartsOf) -> Response:
    """Whether a warranty card is valid."""
    async with parts.sessions() as session:
        card = await cards.card_of_token(session, token)
    wants_page = _prefers_html(request.headers.get("accept", ""))
    if card is None:
        if wants_page:
            return pages.page("verify_unknown.html", 404, language_for(request))
        raise NotFound("There is no such card.")
    face = from_json(CardFace, card.face)
    found = Verified(
        number=card.number,
        version=card.version,
        status=card.status,
        kind=face.kind,
        tiers=[VerifiedTier.model_validate(tier, from_attributes=True) for tier in face.all_tiers],
    )
    if wants_page:
        return pages.page("verify.html", 200, language_for(request), card=found)
    return JSONResponse(found.model_dump(mode="json"), headers={"Vary": "Accept", "Cache-Control": "no-store"})


def _prefers_html(accept: str) -> bool:
    """Browsers weigh text/html most, or name it first; programs name JSON, or anything."""
    offered = [part.lower().partition(";") for part in accept.split(",")]
    weighed = [(_quality(parameters), kind.strip()) for kind, _, parameters in offered if kind.strip() in KNOWN_TYPES]
    quality, best = max(weighed, key=lambda one: one[0], default=(0.0, ""))
    return quality > 0 and best in HTML


def _quality(parameters: str) -> float:
    """The weight of RFC 9110, 1 if there is none; what is no weight counts as refused."""
    found = next((one.strip() for one in parameters.split(";") if one.strip().startswith("q=")), "q=1")
    return float(found[2:]) if WEIGHT.fullmatch(found) else 0.0
