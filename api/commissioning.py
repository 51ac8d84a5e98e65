"""Commissioning requests come in here."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.dependencies import KeyOf, PartsOf
from api.schemas.requests import RequestView
from api.schemas.warranties import CommissioningBody
from api.submitting import answers, filing, submit, told
from domain import errors
from domain.access import Caller
from domain.states import Kind

router = APIRouter(prefix="/requests", tags=["requests"])


@router.post(
    "/commissioning",
    status_code=201,
    responses=answers(errors.WholesalerNotDistributing, errors.WholesalerNotConfigured),
)
async def submit_commissioning(
    body: CommissioningBody,
    caller: Annotated[Caller, filing(Kind.COMMISSIONING)],
    parts: PartsOf,
    key: KeyOf,
    response: Response,
) -> RequestView:
    """File a commissioning request for the caller's company."""
    view, created = await submit(parts, caller, body.parsed(), key)
    return told(response, view, created=created)
