"""Warranty extensions come in here."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.dependencies import KeyOf, PartsOf
from api.schemas.requests import RequestView
from api.schemas.warranties import WarrantyExtensionBody
from api.submitting import answers, filing, submit, told
from domain import errors
from domain.access import Caller
from domain.states import Kind

router = APIRouter(prefix="/requests", tags=["requests"])


@router.post(
    "/warranty-extension",
    status_code=201,
    responses=answers(errors.CodeInvalid, errors.CodeTaken),
)
async def submit_warranty_extension(
    body: WarrantyExtensionBody,
    caller: Annotated[Caller, filing(Kind.WARRANTY_EXTENSION)],
    parts: PartsOf,
    key: KeyOf,
    response: Response,
) -> RequestView:
    """Ask for a warranty extension: PRO Partners and accredited installers linked to one."""
    view, created = await submit(parts, caller, body.parsed(), key)
    return told(response, view, created=created)
