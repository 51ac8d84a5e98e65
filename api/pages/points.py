"""Points: verdicts document by document, points line by line, and the participant's balance."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response

from api import judging, participants
from api.errors import status_of
from api.pages.case import case_page
from api.pages.forms import Complaint, Problems, fields_of, parsed, problems
from api.pages.visits import KeyuserOf, MemberOf, Visit
from api.pages.words import n_
from api.schemas.points import OverrideBody, VerdictsBody
from api.schemas.requests import RequestView
from domain.access import Role
from domain.errors import FieldError, Forbidden, Invalid, KeydeskError

router = APIRouter()
DOCUMENT, LINE, POINTS, REASON = "document/", "line/", "points/", "reason/"
LABELS = {
    "documents": n_("Reason for document %(n)s"),
    "lines": n_("Reason for line %(n)s"),
    "points": n_("Points of line %(n)s"),
}


@router.post("/requests/{request_id}/verdicts")
async def judge(visit: KeyuserOf, request_id: str) -> Response:
    """SAVE verdicts and points. It decides nothing."""
    fields = await fields_of(visit.request)
    version = fields.get("version")
    try:
        view = None
        if (verdicts := _verdicts(fields))["documents"] or verdicts["lines"]:
            body = parsed(VerdictsBody, {"version": version, **verdicts})
            view = await judging.judge_many(request_id, body, visit.who, visit.parts)
        await _override(visit, request_id, fields, view)
    except KeydeskError as refusal:
        found = _by_field(visit, fields, problems(visit, refusal, status_of(type(refusal))))
        return await case_page(visit, request_id, found=found, typed=fields)
    return visit.go(f"/requests/{request_id}", done="judge", about=request_id)


async def _override(visit: KeyuserOf, request_id: str, fields: dict[str, str], view: RequestView | None) -> None:
    """Set the points of the lines whose field differs from what it showed."""
    version: Any = view.version if view else fields.get("version")
    for name, value in fields.items():
        n = name.removeprefix(POINTS)
        if not name.startswith(POINTS) or not n.isdigit() or value == fields.get(f"was/{n}", ""):
            continue
        try:
            body = parsed(OverrideBody, {"version": version, "points": value or None})
        except Invalid as refusal:
            at = [FieldError(f"/{name}", one.detail) for one in refusal.fields if one.pointer == "/points"]
            raise Invalid(refusal.detail, fields=at or refusal.fields) from None
        version = (await judging.override_points(request_id, int(n), body, visit.who, visit.parts)).version


def _by_field(visit: Visit, fields: dict[str, str], found: Problems) -> Problems:
    """What was refused, at the fields of the form: the body counts only the verdicts that were given."""
    forms = {
        kind: [(n, name) for n, name in enumerate((one for one in fields if one.startswith(kind)), start=1)]
        for kind in (DOCUMENT, LINE)
    }
    by_name, complaints = dict(found.by_name or {}), []
    for one in found.fields:
        if one.id.startswith("points-"):
            label = visit.say(LABELS["points"]) % {"n": one.id.removeprefix("points-")}
            complaints.append(replace(one, label=label))
            continue
        kind, _, rest = one.id.partition("-")
        number, _, last = rest.partition("-")
        given = [(n, name) for n, name in forms.get(f"{kind.removesuffix('s')}/", ()) if fields[name]]
        if last != "reason" or not number.isdigit() or int(number) >= len(given):
            complaints.append(one)
            continue
        n, name = given[int(number)]
        by_name[REASON + name] = one.detail
        label = visit.say(LABELS[kind]) % {"n": n if kind == "documents" else name.removeprefix(LINE)}
        place = f"document-{n}" if kind == "documents" else name.replace("/", "-")
        complaints.append(Complaint(f"r-{place}", label, one.detail))
    return replace(found, fields=tuple(complaints), by_name=by_name)


def _verdicts(fields: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """The verdicts that were chosen, with their reasons."""
    documents = [
        {"document_id": name.removeprefix(DOCUMENT), "verdict": verdict, "reason": fields.get(REASON + name, "")}
        for name, verdict in fields.items()
        if name.startswith(DOCUMENT) and verdict
    ]
    lines = [
        {"line": name.removeprefix(LINE), "verdict": verdict, "reason": fields.get(REASON + name, "")}
        for name, verdict in fields.items()
        if name.startswith(LINE) and verdict
    ]
    return {"documents": documents, "lines": lines}


@router.get("/points")
async def balance(visit: MemberOf) -> Response:
    """The participant's balance, and where it comes from."""
    if visit.who.role is not Role.PARTICIPANT:
        raise Forbidden("Only participants collect points.")
    return visit.page("points.html", statement=await participants.read_points(visit.who.login, visit.who, visit.parts))
