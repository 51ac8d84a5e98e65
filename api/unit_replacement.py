"""Unit replacements come in here."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.dependencies import KeyOf, PartsOf
from api.schemas.replacements import UnitReplacementBody
from api.schemas.requests import RequestView
from api.submitting import answers, filing, submit, told
from domain import errors
from domain.access import Caller
from domain.states import Kind

router = APIRouter(prefix="/requests", tags=["requests"])


@router.post(
    "/unit-replacement",
    status_code=201,
    responses=answers(errors.ReasonRequired, errors.ReasonNotAllowed),
)
async def submit_unit_replacement(
    body: UnitReplacementBody,
    caller: Annotated[Caller, filing(Kind.UNIT_REPLACEMENT)],
    parts: PartsOf,
    key: KeyOf,
    response: Response,
) -> RequestView:
    """File the replacement of an installed unit: PRO Partners and accredited installers linked to one.

    The old unit may be another company's. What is told of it before the decision is whether the country knows it,
    whether it is under warranty on that day, and whether it was replaced already.
    """
    view, created = await submit(parts, caller, body.parsed(), key)
    return told(response, view, created=created)
