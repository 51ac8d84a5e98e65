"""Points requests come in here."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.dependencies import KeyOf, PartsOf
from api.schemas.points import PointsBody
from api.schemas.requests import RequestView
from api.submitting import answers, filing, submit, told
from domain import errors
from domain.access import Caller
from domain.states import Kind

router = APIRouter(prefix="/requests", tags=["requests"])


@router.post("/points", status_code=201, responses=answers(errors.CodeInvalid))
async def submit_points(
    body: PointsBody,
    caller: Annotated[Caller, filing(Kind.POINTS)],
    parts: PartsOf,
    key: KeyOf,
    response: Response,
) -> RequestView:
    """Claim points of a campaign that admits the participant, until its claim deadline."""
    view, created = await submit(parts, caller, body.parsed(), key)
    return told(response, view, created=created)
