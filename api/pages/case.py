"""One request on one page: everything to decide by, SAVE, PROCESS, messages, previews."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from activities.booking import Booking
from api import messages, requests
from api.deciding import Deciding
from api.errors import status_of
from api.fields import Text
from api.pages.forms import Problems, fields_of, flat, nested, parsed, problems, refilled
from api.pages.inputs import rows_in
from api.pages.lines import line_fields, lines_from
from api.pages.rehearsal import rehearse
from api.pages.sights import sight_of
from api.pages.visits import KeyuserOf, MemberOf, Visit
from api.schemas.requests import DecisionBody, SaveBody
from api.submitting import own_key
from domain.access import Role
from domain.errors import KeydeskError, NotFound
from domain.states import Trigger
from store import overview
from store.offered import NOTHING_ASKED

router = APIRouter()
NAMED = "denied/"


@router.get("/requests/{request_id}")
async def show(visit: MemberOf, request_id: str, edit: str = "", done: str = "", about: str = "") -> Response:
    """The page of a request. `done` and `about` say what was just decided, on which request."""
    return await case_page(visit, request_id, edit=edit, done=done, about=about)


@router.post("/requests/{request_id}/save")
async def save(visit: KeyuserOf, request_id: str) -> Response:
    """SAVE: correct what the request says. It decides nothing."""
    fields = await fields_of(visit.request)
    changes = await _changes(visit, request_id, nested(fields, but=("warranty_type", "comment")))
    body: dict[str, Any] = {"version": fields.get("version"), "data": changes}
    if fields.get("warranty_type"):
        body["warranty_type"] = fields["warranty_type"]
    try:
        await requests.save_request(request_id, parsed(SaveBody, body), visit.who, visit.parts)
    except KeydeskError as refusal:
        found = problems(visit, refusal, status_of(type(refusal)), "/data")
        return await case_page(visit, request_id, edit="save" if changes else "", found=found, typed=fields)
    return visit.go(f"/requests/{request_id}", done="edit", about=request_id)


@router.post("/requests/{request_id}/actions/{trigger}")
async def process(visit: MemberOf, request_id: str, trigger: str) -> Response:
    """PROCESS: decide, once per form. A keyuser goes on to the request that has waited longest."""
    if trigger not in requests.HUMAN:
        raise NotFound(f"There is no action {trigger}.")
    fields = await fields_of(visit.request)
    try:
        body = parsed(DecisionBody, _decision(Trigger(trigger), fields))
        key = fields.get("key") or own_key(None)
        await Deciding(visit.parts, visit.who, request_id, Trigger(trigger), body, key[:200]).answer()
    except KeydeskError as refusal:
        found = problems(visit, refusal, status_of(type(refusal)), "/data")
        edit = "amend" if trigger == Trigger.AMEND else ""
        return await case_page(visit, request_id, edit=edit, found=found, typed=fields, tried=trigger)
    async with visit.parts.sessions() as session:
        following = await overview.next_to_decide(session, visit.who, request_id)
    if visit.who.role is Role.KEYUSER and following is not None and fields.get("stay") != "yes":
        return visit.go(f"/requests/{following}", done=trigger, about=request_id)
    return visit.go(f"/requests/{request_id}", done=trigger, about=request_id)


@router.get("/requests/{request_id}/preview/{trigger}")
async def preview(visit: KeyuserOf, request_id: str, trigger: Trigger, comment: Text = "") -> Response:
    """What the decision would send out: the card, and each email. Nothing is decided."""
    parts = visit.parts
    booking = Booking(parts.sessions, parts.now, parts.base_url, demo=parts.demo)
    payload: dict[str, Any] = {"comment": comment, "documents": visit.request.query_params.getlist("denied")}
    try:
        rehearsed = await rehearse(booking, visit.who, request_id, trigger, payload)
    except KeydeskError as refusal:
        return await case_page(visit, request_id, found=problems(visit, refusal, status_of(type(refusal))))
    return visit.page(
        "preview.html",
        request_id=request_id,
        trigger=trigger,
        comment=comment,
        rehearsed=rehearsed,
    )


@router.get("/requests/{request_id}/preview/{trigger}/card")
async def preview_card(visit: KeyuserOf, request_id: str, trigger: Trigger) -> Response:
    """The card that the decision would print, as a picture. Raises NotFound if it prints none."""
    parts = visit.parts
    booking = Booking(parts.sessions, parts.now, parts.base_url, demo=parts.demo)
    rehearsed = await rehearse(booking, visit.who, request_id, trigger, {"comment": ""})
    if rehearsed.face is None:
        raise NotFound("This decision prints no card.")
    press = await parts.previews.press()
    pdf = await press.press(rehearsed.face)
    drawn = await press.picture(pdf, "application/pdf")
    return Response(drawn, media_type="image/webp", headers={"Cache-Control": "no-store"})


@router.post("/requests/{request_id}/messages")
async def write(visit: MemberOf, request_id: str, text: Annotated[str, Form()] = "") -> Response:
    """Write to the other side."""
    fields = await fields_of(visit.request)
    try:
        body = parsed(messages.MessageBody, {"text": text})
        key = (fields.get("key") or own_key(None))[:200]
        await messages.write_message(request_id, body, visit.who, visit.parts, key, Response())
    except KeydeskError as refusal:
        return await case_page(visit, request_id, found=problems(visit, refusal, status_of(type(refusal))))
    return visit.go(f"/requests/{request_id}", done="message", about=request_id)


async def case_page(
    visit: Visit,
    request_id: str,
    *,
    edit: str = "",
    found: Problems | None = None,
    typed: dict[str, str] | None = None,
    **said: str,
) -> Response:
    """The page, with what was refused and what was typed."""
    sight = await sight_of(visit, request_id)
    data = sight.view.data
    fields = refilled(data, typed) if typed is not None else flat(data) | line_fields(data.get("lines", ()))
    return visit.page(
        "case.html",
        found.status if found else 200,
        sight=sight,
        one=sight.view,
        edit=edit if edit in {"save", "amend"} else "",
        fields=fields,
        rows=rows_in(fields, "lines") + 1,
        typed=typed or {},
        found=found or Problems(),
        key=secrets.token_urlsafe(16),
        done=said.get("done", ""),
        about=said.get("about", ""),
        tried=said.get("tried", ""),
    )


async def _changes(visit: Visit, request_id: str, typed: dict[str, Any]) -> dict[str, Any]:
    """The merge patch that a correction means."""
    if "old_serial" in typed:
        typed["old_unit_returned"] = typed.get("old_unit_returned") == "on"
        typed["coverage_reason"] = typed.get("coverage_reason") or None
    if "lines" in typed:
        view = await requests.read_request(request_id, visit.who, visit.parts)
        credited = {line.n for line in view.points.lines if line.credited} if view.points else set()
        typed["lines"] = lines_from(typed["lines"], view.data.get("lines", ()), credited, NOTHING_ASKED)
    return typed


def _decision(trigger: Trigger, fields: dict[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {"version": fields.get("version"), "comment": fields.get("comment", "")}
    if trigger is Trigger.DENY:
        body["documents"] = [name.removeprefix(NAMED) for name in fields if name.startswith(NAMED)]
    if trigger is Trigger.AMEND:
        body["data"] = nested(fields, but=("comment", "stay"))
    if trigger is Trigger.ADJUST:
        body |= {"line": fields.get("line"), "points": fields.get("points"), "reason": fields.get("comment", "")}
    return body
