"""Files inside pages: uploaded documents as pictures and as they are, and cards."""

from concurrent.futures.process import BrokenProcessPool
from typing import Annotated

from fastapi import APIRouter, Query, Response

from activities.rendering.pictures import Unshowable
from api import documents, requests
from api.pages.visits import MemberOf
from domain.errors import NotFound, Unavailable

router = APIRouter()
FOR_GOOD = "private, max-age=31536000, immutable"


@router.get("/documents/{document_id}")
async def document(visit: MemberOf, document_id: str) -> Response:
    """The document itself, to keep; browsers open none of it in our name."""
    return await documents.download(document_id, visit.who, visit.parts)


@router.get("/documents/{document_id}/picture")
async def picture(visit: MemberOf, document_id: str) -> Response:
    """The document as a picture. Raises NotFound for one that cannot be shown."""
    found = await documents.download(document_id, visit.who, visit.parts)
    press = await visit.parts.previews.press()
    try:
        drawn = await press.picture(bytes(found.body), found.media_type or "")
    except Unshowable:
        raise NotFound("This document cannot be shown.") from None
    except BrokenProcessPool:
        raise Unavailable("The document cannot be shown right now.") from None
    return Response(drawn, media_type="image/webp", headers={"Cache-Control": FOR_GOOD})


@router.get("/requests/{request_id}/card")
async def card(
    visit: MemberOf, request_id: str, version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None
) -> Response:
    """The warranty card as PDF."""
    return await requests.read_card(request_id, visit.who, visit.parts, version)
