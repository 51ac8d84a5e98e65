"""What the ERP reads: stock movements and charges of a country, in the order in which they were booked."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from api.fields import Line, Serial
from domain import access, errors
from domain.access import Role
from domain.errors import Forbidden, NotFound
from store import stock
from store.tables.countries import Country

router = APIRouter(prefix="/countries/{country}", tags=["stock"])
REFUSALS = (errors.NotAuthenticated, errors.Forbidden, errors.NotFound, errors.Invalid)
HIGHEST = 2**31 - 1
Limit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[int, Query(ge=0, le=HIGHEST, description="next_cursor of the page before")]


class MovementView(BaseModel):
    """A unit went from one place to another on `moved_on`. `installed` is the place of every unit at an end user."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    id: int
    request: str = Field(validation_alias="request_id")
    cause: str = Field(description="replacement, or cancellation: the move back")
    serial: str
    product: str
    source: str = Field(serialization_alias="from")
    target: str = Field(serialization_alias="to")
    inventory: str = Field(description="the inventory definition that was followed")
    moved_on: date
    booked_at: datetime


class ChargeView(BaseModel):
    """Who pays for a new unit: free, charged or per_contract. A cancellation `reverses` an earlier line."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    id: int
    request: str = Field(validation_alias="request_id")
    cause: str = Field(description="replacement, or cancellation")
    charge: str
    reason: str
    sales_method: str
    product: str
    old_serial: str
    new_serial: str
    charged_on: date
    booked_at: datetime
    reverses: int | None


class MovementPage(BaseModel):
    """One page, the oldest first. `next_cursor` asks for what comes after it, now or later."""

    items: list[MovementView]
    next_cursor: int | None


class ChargePage(BaseModel):
    """One page, the oldest first. `next_cursor` asks for what comes after it, now or later."""

    items: list[ChargeView]
    next_cursor: int | None


async def reader(country: str, caller: CallerOf, parts: PartsOf) -> str:
    """The country, if the caller reads its stock: its keyusers and ops. Raises Forbidden by role, else NotFound."""
    if caller.role not in {Role.KEYUSER, Role.OPS}:
        raise Forbidden("Your role does not read stock.")
    async with parts.sessions() as session:
        known = await session.get(Country, country)
    if known is None or not (caller.role is Role.OPS or access.is_keyuser(caller, country)):
        raise NotFound(f"There is no country {country} for this account.")
    return country


CountryOf = Annotated[str, Depends(reader)]


@router.get("/stock-movements", responses=documented(*REFUSALS))
async def list_movements(
    country: CountryOf, parts: PartsOf, serial: Serial | None = None, limit: Limit = 200, cursor: Cursor = 0
) -> MovementPage:
    """The moves of units between warehouses and end users."""
    async with parts.sessions() as session:
        rows = await stock.movements(session, country, after=cursor, limit=limit + 1, serial=serial)
    items = [MovementView.model_validate(row) for row in rows[:limit]]
    return MovementPage(items=items, next_cursor=items[-1].id if len(rows) > limit else None)


@router.get("/charges", responses=documented(*REFUSALS))
async def list_charges(
    country: CountryOf,
    parts: PartsOf,
    request: Annotated[Line | None, Query(description="id of a replacement")] = None,
    limit: Limit = 200,
    cursor: Cursor = 0,
) -> ChargePage:
    """Who pays for the units that were replaced."""
    async with parts.sessions() as session:
        rows = await stock.charges(session, country, after=cursor, limit=limit + 1, request_id=request)
    items = [ChargeView.model_validate(row) for row in rows[:limit]]
    return ChargePage(items=items, next_cursor=items[-1].id if len(rows) > limit else None)
