"""Points: verdicts document by document, points line by line, and the participant's balance."""

from typing import Any

from fastapi import APIRouter, Response

from api import judging, participants
from api.errors import status_of
from api.pages.case import case_page
from api.pages.forms import fields_of, parsed, problems
from api.pages.visits import KeyuserOf, MemberOf
from api.schemas.points import OverrideBody, VerdictsBody
from api.schemas.requests import RequestView
from domain.access import Role
from domain.errors import Forbidden, KeydeskError

router = APIRouter()
DOCUMENT, LINE, POINTS, REASON = "document/", "line/", "points/", "reason/"


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
        return await case_page(
            visit, request_id, found=problems(visit, refusal, status_of(type(refusal))), typed=fields
        )
    return visit.go(f"/requests/{request_id}", done="judge", about=request_id)


async def _override(visit: KeyuserOf, request_id: str, fields: dict[str, str], view: RequestView | None) -> None:
    """Set the points of the lines whose field differs from what it showed."""
    version: Any = view.version if view else fields.get("version")
    for name, value in fields.items():
        n = name.removeprefix(POINTS)
        if not name.startswith(POINTS) or not n.isdigit() or value == fields.get(f"was/{n}", ""):
            continue
        body = parsed(OverrideBody, {"version": version, "points": value or None})
        version = (await judging.override_points(request_id, int(n), body, visit.who, visit.parts)).version


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
