"""Commissioning requests come in here."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.dependencies import CallerOf, KeyOf, PartsOf
from api.schemas.requests import RequestView
from api.schemas.warranties import CommissioningBody
from api.submitting import answers, refuse_role, submit, told
from domain import errors
from domain.access import Caller
from domain.states import Kind

router = APIRouter(prefix="/requests", tags=["requests"])


def submitter(caller: CallerOf) -> Caller:
    """The caller, if the role files commissioning requests. Raises Forbidden."""
    refuse_role(caller, Kind.COMMISSIONING)
    return caller


@router.post(
    "/commissioning",
    status_code=201,
    responses=answers(errors.WholesalerNotDistributing, errors.WholesalerNotConfigured),
)
async def submit_commissioning(
    body: CommissioningBody,
    caller: Annotated[Caller, Depends(submitter)],
    parts: PartsOf,
    key: KeyOf,
    response: Response,
) -> RequestView:
    """File a commissioning request for the caller's company."""
    view, created = await submit(parts, caller, body.parsed(), key)
    return told(response, view, created=created)
