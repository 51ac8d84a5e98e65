"""One request on one page: everything to decide by, SAVE, PROCESS, messages, previews."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from api import messages, requests
from api.deciding import Deciding
from api.errors import status_of
from api.pages.corrections import begun_in, correction_of, decision_of
from api.pages.forms import Problems, fields_of, flat, parsed, problems, refilled
from api.pages.inputs import rows_in
from api.pages.lines import line_fields
from api.pages.meanwhile import merged, since
from api.pages.sights import sight_of
from api.pages.visits import KeyuserOf, MemberOf, Visit
from api.schemas.requests import DecisionBody, SaveBody
from api.submitting import own_key
from domain.access import Role
from domain.errors import KeydeskError, NotFound, StaleVersion
from domain.states import Trigger
from store import overview

router = APIRouter()


@router.get("/requests/{request_id}")
async def show(
    visit: MemberOf, request_id: str, edit: str = "", done: str = "", about: str = "", tried: str = ""
) -> Response:
    """The page of a request. `done` and `about` say what was just decided, on which request; `tried` is a decision that
    was begun, and previewed."""
    begun = begun_in(visit.request.query_params)
    return await case_page(
        visit, request_id, edit=edit, done=done, about=about, tried=tried, typed={} if edit else begun
    )


@router.post("/requests/{request_id}/save")
async def save(visit: KeyuserOf, request_id: str) -> Response:
    """SAVE: correct what the request says. It decides nothing."""
    fields = await fields_of(visit.request)
    corrects = not fields.get("warranty_type")
    try:
        body: dict[str, Any] = {"version": fields.get("version")}
        if corrects:
            body["data"] = await correction_of(visit, request_id, fields)
        else:
            body["warranty_type"] = fields["warranty_type"]
        await requests.save_request(request_id, parsed(SaveBody, body), visit.who, visit.parts)
    except KeydeskError as refusal:
        found = problems(visit, refusal, status_of(type(refusal)), "/data")
        return await case_page(visit, request_id, edit="save" if corrects else "", found=found, typed=fields)
    return visit.go(f"/requests/{request_id}", done="edit", about=request_id)


@router.post("/requests/{request_id}/actions/{trigger}")
async def process(visit: MemberOf, request_id: str, trigger: str) -> Response:
    """PROCESS: decide, once per form. A keyuser goes on to the request that has waited longest."""
    if trigger not in requests.HUMAN:
        raise NotFound(f"There is no action {trigger}.")
    fields = await fields_of(visit.request)
    try:
        body = parsed(DecisionBody, await decision_of(visit, request_id, Trigger(trigger), fields))
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


@router.post("/requests/{request_id}/messages")
async def write(visit: MemberOf, request_id: str, text: Annotated[str, Form()] = "") -> Response:
    """Write to the other side."""
    fields = await fields_of(visit.request)
    try:
        body = parsed(messages.MessageBody, {"text": text})
        key = (fields.get("key") or own_key(None))[:200]
        await messages.write_message(request_id, body, visit.who, visit.parts, key, Response())
    except KeydeskError as refusal:
        found = problems(visit, refusal, status_of(type(refusal)))
        return await case_page(visit, request_id, found=found, typed={"text": text})
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
    """The page, with what was refused and what was typed; if others were quicker, with what they did."""
    sight = await sight_of(visit, request_id)
    data, typed = sight.view.data, typed or {}
    others = since(sight.history, typed) if found and found.status == status_of(StaleVersion) else []
    filled = merged(typed, others) if edit else typed
    offered = said.get("tried") in sight.view.allowed_actions
    fields = refilled(data, filled) if filled else flat(data) | line_fields(data.get("lines", ()))
    return visit.page(
        "case.html",
        found.status if found else 200,
        zone=sight.country.time_zone,
        sight=sight,
        one=sight.view,
        edit=edit if edit in {"save", "amend"} else "",
        fields=fields,
        rows=rows_in(fields, "lines") + 1,
        typed=filled,
        meanwhile=others,
        unsent=typed.get("comment", "") if found and not offered else "",
        found=found or Problems(),
        key=secrets.token_urlsafe(16),
        done=said.get("done", ""),
        about=said.get("about", ""),
        tried=said.get("tried", ""),
    )
