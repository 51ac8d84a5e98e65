"""What a decision would send out, shown before it is made: each email, and the card as a picture."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from activities.booking import Booking
from activities.rendering.face import CardFace
from api.deciding import refuse_stale, sight
from api.errors import status_of
from api.fields import Text
from api.pages.case import case_page
from api.pages.corrections import begun_in, decision_of, denied_in
from api.pages.forms import fields_of, parsed, problems
from api.pages.rehearsal import Rehearsed, rehearse
from api.pages.visits import KeyuserOf, Visit
from api.points_payloads import payload_of
from api.schemas.requests import DecisionBody
from domain.errors import KeydeskError, NotFound
from domain.states import Trigger

router = APIRouter()


@router.get("/requests/{request_id}/preview/{trigger}")
async def preview(visit: KeyuserOf, request_id: str, trigger: Trigger, comment: Text = "") -> Response:
    """What the decision would send out. Nothing is decided."""
    begun = begun_in(visit.request.query_params)
    payload = {"comment": comment, "documents": denied_in(begun)}
    try:
        rehearsed = await _rehearsed(visit, request_id, trigger, payload)
    except KeydeskError as refusal:
        found = problems(visit, refusal, status_of(type(refusal)))
        return await case_page(visit, request_id, found=found, typed=begun, tried=trigger)
    address = f"/requests/{request_id}/preview/{trigger}/card" if rehearsed.face else ""
    return _shown(visit, request_id, trigger, rehearsed, address, urlencode({"tried": trigger, **begun}))


@router.get("/requests/{request_id}/preview/{trigger}/card")
async def preview_card(visit: KeyuserOf, request_id: str, trigger: Trigger) -> Response:
    """The card that the decision would print, as a picture. Raises NotFound if it prints none."""
    rehearsed = await _rehearsed(visit, request_id, trigger, {"comment": ""})
    if rehearsed.face is None:
        raise NotFound("This decision prints no card.")
    drawn = await _picture(visit, rehearsed.face)
    return Response(drawn, media_type="image/webp", headers={"Cache-Control": "no-store"})


@router.post("/requests/{request_id}/preview/amend")
async def preview_amendment(visit: KeyuserOf, request_id: str) -> Response:
    """What the amendment in the form would print and send out. Sent, not asked for: it names the end user."""
    fields, parts = await fields_of(visit.request), visit.parts
    try:
        body = parsed(DecisionBody, await decision_of(visit, request_id, Trigger.AMEND, fields, uploads=False))
        async with parts.sessions() as session:
            row = await sight(session, request_id, visit.who)
            refuse_stale(row, body.version)
            payload = await payload_of(parts, session, row, Trigger.AMEND, body).checked()
        rehearsed = await _rehearsed(visit, request_id, Trigger.AMEND, payload)
    except KeydeskError as refusal:
        found = problems(visit, refusal, status_of(type(refusal)), "/data")
        return await case_page(visit, request_id, edit="amend", found=found, typed=fields, tried=Trigger.AMEND)
    drawn = await _picture(visit, rehearsed.face) if rehearsed.face else b""
    address = f"data:image/webp;base64,{b64encode(drawn).decode()}" if drawn else ""
    return _shown(visit, request_id, Trigger.AMEND, rehearsed, address)


async def _rehearsed(visit: Visit, request_id: str, trigger: Trigger, payload: dict[str, Any]) -> Rehearsed:
    parts = visit.parts
    booking = Booking(parts.sessions, parts.now, parts.base_url, demo=parts.demo)
    return await rehearse(booking, visit.who, request_id, trigger, payload)


def _shown(
    visit: Visit, request_id: str, trigger: Trigger, rehearsed: Rehearsed, card: str, decision: str = ""
) -> Response:
    """`card` is where its picture is: only what is asked for by GET can be asked for again. `decision` is the query of
    the decision that was begun."""
    return visit.page(
        "preview.html", request_id=request_id, trigger=trigger, rehearsed=rehearsed, card=card, decision=decision
    )


async def _picture(visit: Visit, face: CardFace) -> bytes:
    press = await visit.parts.previews.press()
    return await press.picture(await press.press(face), "application/pdf")
