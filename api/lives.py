"""The life of a unit, for keyusers and ops: past and future."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from api.fields import Serial
from api.schemas.requests import CardView
from domain import errors
from domain.access import Caller, Role
from domain.calendar import local_date
from domain.errors import FieldError, Forbidden, Invalid, NotFound
from domain.labels import label
from domain.lives import Grant
from domain.states import State
from store import lives
from store.lives import Life
from store.tables.countries import Country
from store.tables.stock import Replacement

router = APIRouter(prefix="/units", tags=["units"])


class UnitTierView(BaseModel):
    """One tier that a request granted to the unit; `end` is the first day that is not covered.

    `state`: coming, live, over, or replaced: then `closed_on` is the day on which another unit took its place.
    """

    request: str
    policy: str
    policy_version: int
    tier: str
    start: date
    end: date
    days: int
    used_days: int | None
    remaining_days: int | None
    closed_on: date | None
    state: str


class OtherUnitView(BaseModel):
    """The unit that took this one's place, or in whose place it stands."""

    serial: str
    request: str
    replaced_on: date


class PlaceView(BaseModel):
    """Where the unit is: a warehouse place, `installed` or `not_returned`."""

    place: str
    since: date | None


class UnitRequestView(BaseModel):
    """A request that names the unit."""

    id: str
    kind: str
    state: str
    label: str
    submitted_at: datetime


class UnitCardView(CardView):
    """A printed card on which the unit stands, and whose it is."""

    request: str


class MomentView(BaseModel):
    """One line of the timeline. `other` is the unit that this one replaced, or that replaced it."""

    on: date
    what: str
    request: str
    tier: str | None
    other: str | None
    past: bool


class UnitView(BaseModel):
    """All that the desk knows about one unit."""

    serial: str
    country: str
    role: str
    product: str
    line_up: str | None
    commissioned_on: date | None = Field(description="when it was installed; None while no request was accepted")
    place: PlaceView | None
    warranties: list[UnitTierView]
    replaced_by: OtherUnitView | None
    replaces: OtherUnitView | None
    cards: list[UnitCardView]
    requests: list[UnitRequestView]
    timeline: list[MomentView]


@router.get(
    "/{serial}",
    responses=documented(errors.NotAuthenticated, errors.Forbidden, errors.NotFound, errors.Invalid),
)
async def read_unit(
    serial: Annotated[Serial, Path()],
    caller: CallerOf,
    parts: PartsOf,
    country: Annotated[str | None, Query(max_length=10, description="for ops, if several countries know it")] = None,
) -> UnitView:
    """The life of a unit: requests, warranties per tier, cards, whose place it took, where it is, what is to come."""
    if caller.role not in {Role.KEYUSER, Role.OPS}:
        raise Forbidden("Your role does not read the lives of units.")
    async with parts.sessions() as session:
        place = await _country(session, caller, serial, country)
        life = await lives.life_of(session, place, serial)
        if life is None:
            raise _unknown(serial)
        settings = await session.get_one(Country, place)
    return _view(life, place, local_date(parts.now(), settings.time_zone))


async def _country(session: AsyncSession, caller: Caller, serial: str, named: str | None) -> str:
    """Where to look: keyusers at home, ops where they say or where the serial is known."""
    if caller.country is not None:
        if named not in {None, caller.country}:
            raise _unknown(serial)
        return caller.country
    known = await lives.countries_of(session, serial)
    if named is not None:
        known = [one for one in known if one == named]
    if not known:
        raise _unknown(serial)
    if len(known) > 1:
        raise Invalid("Several countries know this serial.", fields=[FieldError("/country", f"one of {known}")])
    return known[0]


def _unknown(serial: str) -> NotFound:
    return NotFound(f"There is no unit {serial} for this account.")


def _view(life: Life, country: str, today: date) -> UnitView:
    return UnitView(
        serial=life.serial,
        country=country,
        role=life.role,
        product=life.product,
        line_up=life.unit.line_up if life.unit else None,
        commissioned_on=life.unit.unit.since if life.unit else None,
        place=PlaceView(place=life.place, since=life.place_since) if life.place else None,
        warranties=[_tier(one, today) for one in life.grants],
        replaced_by=_other(life.replaced_by, life.replaced_by.new_serial) if life.replaced_by else None,
        replaces=_other(life.replaces, life.replaces.old_serial) if life.replaces else None,
        cards=[
            UnitCardView(
                number=card.number,
                version=card.version,
                status=card.status,
                sha256=card.sha256 or "",
                href=f"/api/v1/requests/{card.request_id}/card?version={card.version}",
                request=card.request_id,
            )
            for card in life.cards
        ],
        requests=[
            UnitRequestView(
                id=row.id, kind=row.kind, state=row.state, label=label(State(row.state)), submitted_at=row.submitted_at
            )
            for row in life.requests
        ],
        timeline=[
            MomentView(
                on=one.on, what=one.what, request=one.request, tier=one.tier, other=one.other, past=one.on <= today
            )
            for one in life.timeline
        ],
    )


def _tier(one: Grant, today: date) -> UnitTierView:
    return UnitTierView(
        request=one.request,
        policy=one.policy,
        policy_version=one.policy_version,
        tier=one.period.tier,
        start=one.period.start,
        end=one.period.end,
        days=one.period.days,
        used_days=one.period.used_days,
        remaining_days=one.period.remaining_days,
        closed_on=one.closed_on,
        state=one.state(today),
    )


def _other(replacement: Replacement, serial: str) -> OtherUnitView:
    return OtherUnitView(serial=serial, request=replacement.request_id, replaced_on=replacement.replaced_on)
