"""What a keyuser's form says: a correction as the merge patch that it means, a decision as its body."""

from collections.abc import Mapping
from typing import Any

from api import requests
from api.documents import upload
from api.pages.forms import files_of, nested
from api.pages.lines import lines_from
from api.pages.visits import Visit
from domain.states import Trigger
from store import offered

NAMED, ATTACHED, FILE = "denied/", "attached", "file/"
BESIDE = ("warranty_type", "comment", "stay")


async def correction_of(
    visit: Visit, request_id: str, fields: dict[str, str], *, uploads: bool = True
) -> dict[str, Any]:
    """The merge patch of SAVE or of an amendment; files that came along are uploaded. Raises what uploads refuse."""
    typed = nested(fields, but=BESIDE)
    fresh = await _uploaded(visit) if uploads else []
    if "old_serial" in typed:
        typed["old_unit_returned"] = typed.get("old_unit_returned") == "on"
        typed["coverage_reason"] = typed.get("coverage_reason") or None
    if ATTACHED in typed:
        typed["documents"] = [*_ticked(typed.pop(ATTACHED)), *fresh]
    if "lines" in typed:
        view = await requests.read_request(request_id, visit.who, visit.parts)
        async with visit.parts.sessions() as session:
            offer = await offered.offer(session, view.country, str(view.data.get("campaign", "")))
        credited = {line.n for line in view.points.lines if line.credited} if view.points else set()
        typed["lines"] = lines_from(typed["lines"], view.data.get("lines", ()), credited, offer, fresh)
    return typed


async def decision_of(
    visit: Visit, request_id: str, trigger: Trigger, fields: dict[str, str], *, uploads: bool = True
) -> dict[str, Any]:
    """The body of a decision. Without `uploads` files that came along are left alone."""
    body: dict[str, Any] = {"version": fields.get("version"), "comment": fields.get("comment", "")}
    match trigger:
        case Trigger.DENY:
            body["documents"] = denied_in(fields)
        case Trigger.AMEND:
            body["data"] = await correction_of(visit, request_id, fields, uploads=uploads)
        case Trigger.ADJUST:
            body |= {"line": fields.get("line"), "points": fields.get("points"), "reason": fields.get("comment", "")}
    return body


def denied_in(fields: dict[str, str]) -> list[str]:
    """The requirements that are ticked as denied."""
    return [name.removeprefix(NAMED) for name in fields if name.startswith(NAMED)]


def begun_in(query: Mapping[str, str]) -> dict[str, str]:
    """What an address carries of a decision that is begun: its comment, and what it denies."""
    return {name: text for name, text in query.items() if name == "comment" or name.startswith(NAMED)}


async def _uploaded(visit: Visit) -> list[dict[str, str]]:
    """The files that came along, as a body names them."""
    fresh = []
    for name, file in await files_of(visit.request):
        if name.startswith(FILE):
            view = await upload(file, visit.who, visit.parts)  # type: ignore[arg-type]  # FastAPI's own
            fresh.append({"requirement": name.removeprefix(FILE), "document_id": str(view.id)})
    return fresh


def _ticked(attached: object) -> list[dict[str, str]]:
    """The documents that stay: `attached/<document>/<requirement>`."""
    names = [name.partition("/") for name, value in attached.items() if value] if isinstance(attached, dict) else []
    return [{"requirement": requirement, "document_id": document_id} for document_id, _, requirement in names]
