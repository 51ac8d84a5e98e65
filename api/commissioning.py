"""Commissioning requests come in here."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.dependencies import CallerOf, KeyOf, PartsOf
from api.errors import documented
from api.schemas.commissioning import CommissioningBody
from api.schemas.requests import RequestView
from api.submitting import refuse_role, submit
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
    responses={
        200: {"model": RequestView, "description": "the same key and body came before: the same request"},
        **documented(
            errors.NotAuthenticated,
            errors.Forbidden,
            errors.NotFound,
            errors.DuplicateSerial,
            errors.Invalid,
            errors.IdempotencyConflict,
            errors.WholesalerNotDistributing,
            errors.WholesalerNotConfigured,
            errors.RegistrationLate,
            errors.DocumentMissing,
            errors.Unavailable,
        ),
    },
)
async def submit_commissioning(
    body: CommissioningBody,
    caller: Annotated[Caller, Depends(submitter)],
    parts: PartsOf,
    key: KeyOf,
    response: Response,
) -> RequestView:
    """File a commissioning request for the caller's company."""
    view, created = await submit(parts, caller, Kind.COMMISSIONING, body.parsed(), key)
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"/api/v1/requests/{view.id}"
    return view
