"""Duplicate permits: a keyuser allows one more submission of a serial (`domain.md` §5)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from api.fields import Body, Serial, Text
from domain import access, errors
from domain.access import Role
from domain.errors import FieldError, Forbidden, Invalid, NotFound
from domain.serials import is_serial
from domain.states import Kind
from store import units
from store.tables.countries import Country

router = APIRouter(prefix="/countries/{country}/duplicate-permits", tags=["configuration"])


class PermitBody(Body):
    """Leave for one more submission of `serial`, and why."""

    kind: Kind
    serial: Serial
    comment: Annotated[Text, StringConstraints(min_length=1)]


class PermitView(BaseModel):
    """A permit; `used_by` is the request that took it."""

    id: int
    kind: str
    serial: str
    comment: str
    created_at: datetime
    used_by: str | None


@router.post(
    "",
    status_code=201,
    responses=documented(errors.NotAuthenticated, errors.Forbidden, errors.NotFound, errors.Invalid),
)
async def permit(country: str, body: PermitBody, caller: CallerOf, parts: PartsOf) -> PermitView:
    """Allow one more submission of a serial that a live request holds."""
    if caller.role is not Role.KEYUSER:
        raise Forbidden("Only keyusers give permits.")
    if not access.is_keyuser(caller, country):
        raise NotFound(f"There is no country {country} for this account.")
    if body.kind is Kind.UNIT_REPLACEMENT:
        raise Invalid("A unit is replaced once.", fields=[FieldError("/kind", "no permit is given for this kind")])
    async with parts.sessions.begin() as session:
        settings = await session.get_one(Country, country)
        if not is_serial(body.serial, settings.serial_pattern):
            raise Invalid("Not a serial number.", fields=[FieldError("/serial", "not a serial number")])
        row = units.permit(country, body.kind, body.serial, body.comment, caller.login, parts.now())
        session.add(row)
        await session.flush()
        return PermitView.model_validate(row, from_attributes=True)
