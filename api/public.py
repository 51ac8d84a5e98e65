"""The landing page's calls: no account, only an outdoor serial and a postcode; never the end user's own data."""

import hashlib
import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from activities import standing
from api.deciding import bring, reopening
from api.dependencies import KeyOf, Parts, PartsOf
from api.errors import documented
from api.fields import Body, Postcode, Required, Serial
from api.requests import pdf_of
from api.submitting import fingerprint, own_key
from domain import errors
from domain.calendar import local_date
from domain.choosing import live
from domain.errors import Forbidden, IdempotencyConflict, MoveRefused, NotFound, RateLimited, from_facts
from domain.labels import public_label
from domain.messages import Decide
from domain.serials import normalise_postcode
from domain.states import Kind, State, Trigger
from domain.withdrawal import may_cancel
from store import accounts, bases, cards, decisions, grants, lookups, misses
from store.tables import requests as tables
from store.tables.countries import Country
from store.tables.effects import Card

router = APIRouter(prefix="/public/warranties", tags=["public"])
REFUSALS = (errors.Forbidden, errors.Invalid, errors.RateLimited)


class ProofBody(Body):
    """What the end user proves to own the installation with."""

    serial: Serial
    postcode: Postcode


class SearchBody(ProofBody):
    """Where to look."""

    country: Required


class InstallerView(BaseModel):
    """The company that installed the units."""

    company: str
    address: str
    postcode: str
    city: str
    phone: str
    email: str


class CardNumber(BaseModel):
    """A card that can be fetched."""

    number: str


class WarrantyView(BaseModel):
    """A request as the landing page shows it."""

    id: str
    kind: str
    label: str
    installer: InstallerView | None
    card: CardNumber | None
    may_cancel: bool
    may_request_extra: bool
    extra_years_message: str | None


class Found(BaseModel):
    """Every match; empty for an unknown serial and for a wrong postcode alike."""

    items: list[WarrantyView]


async def visitor(request: Request, parts: PartsOf) -> str:
    """Who is looking, as a keyed hash of the address. Raises Forbidden for callers with a token."""
    if "authorization" in request.headers:
        raise Forbidden("These calls are for end users: leave the bearer token out.")
    address = request.client.host if request.client else ""
    return hmac.new(parts.pepper, address.encode(), hashlib.sha256).hexdigest()


Visitor = Annotated[str, Depends(visitor)]


@router.post("/search", responses=documented(*REFUSALS))
async def search(body: SearchBody, who: Visitor, parts: PartsOf) -> Found:
    """The warranties of an outdoor unit at a postcode."""
    async with parts.sessions.begin() as session:
        await _refuse_exhausted(parts, session, who)
        postcode = normalise_postcode(body.postcode)
        rows = await lookups.by_serial_and_postcode(session, body.country, body.serial, postcode)
        if not rows:
            await misses.note(session, who, parts.now())
        return Found(items=[await _view(parts, session, row) for row in rows])


@router.post(
    "/{request_id}/cancel",
    responses=documented(
        *REFUSALS, errors.NotFound, errors.MoveRefused, errors.IdempotencyConflict, errors.Unavailable
    ),
)
async def cancel(request_id: str, body: ProofBody, who: Visitor, parts: PartsOf, key: KeyOf) -> WarrantyView:
    """Cancel before the decision, or inside the withdrawal period after it."""
    row = await proven(parts, request_id, body, who)
    key = own_key(key)
    async with parts.sessions.begin() as session:
        known = await decisions.find(session, row.id, key)
        if known is None:
            await _refuse_late(parts, session, row)
            known = await decisions.propose(
                session,
                request_id=row.id,
                key=key,
                body_hash=fingerprint(Trigger.CANCEL_BY_END_USER),
                login=None,
                trigger=Trigger.CANCEL_BY_END_USER,
                version=None,
                payload={},
                at=parts.now(),
            )
        if known.login is not None or known.trigger != Trigger.CANCEL_BY_END_USER:
            raise IdempotencyConflict("This Idempotency-Key was used for another decision.")
        case = await reopening(session, row, parts.now())
    if known.refusal is not None:
        raise from_facts(known.refusal)
    if known.outcome is None:
        await bring(parts, case, Decide(key, Trigger.CANCEL_BY_END_USER))
    async with parts.sessions() as session:
        return await _view(parts, session, await session.get_one(tables.Request, row.id))


@router.post(
    "/{request_id}/card",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}}, "description": "the card"},
        **documented(*REFUSALS, errors.NotFound),
    },
)
async def card(request_id: str, body: ProofBody, who: Visitor, parts: PartsOf) -> Response:
    """The valid card of an accepted request, as PDF."""
    row = await proven(parts, request_id, body, who)
    async with parts.sessions() as session:
        valid = await _valid_card(session, row)
    if valid is None:
        raise NotFound("There is no card for this warranty.")
    return await pdf_of(parts, valid)


async def proven(parts: Parts, request_id: str, body: ProofBody, who: str) -> tables.Request:
    """The request, if serial and postcode are its own. Raises NotFound, the same for unknown and for wrong."""
    async with parts.sessions.begin() as session:
        await _refuse_exhausted(parts, session, who)
        row = await session.get(tables.Request, request_id)
        if row is not None:
            postcode = normalise_postcode(body.postcode)
            found = await lookups.by_serial_and_postcode(session, row.country, body.serial, postcode)
            if row.id in {one.id for one in found}:
                return row
        await misses.note(session, who, parts.now())
    raise NotFound("There is no such warranty.")


async def count_form(parts: Parts, session: AsyncSession, who: str) -> None:
    """A form that a visitor begins is kept for a day, so these are counted as misses are, in a count of their own.

    Raises RateLimited.
    """
    counted = f"forms {who}"
    if seconds := await _seconds_to_wait(parts, session, counted):
        raise RateLimited(
            f"Too many forms were begun from here. Try again in {seconds} s.", facts={"retry_after": seconds}
        )
    await misses.note(session, counted, parts.now())


async def _refuse_exhausted(parts: Parts, session: AsyncSession, who: str) -> None:
    """Raises RateLimited for an address with too many misses; its calls stand in line until the transaction ends."""
    if seconds := await _seconds_to_wait(parts, session, who):
        raise RateLimited(f"Too many look-ups found nothing. Try again in {seconds} s.", facts={"retry_after": seconds})


async def _seconds_to_wait(parts: Parts, session: AsyncSession, counted: str) -> int:
    """0 while the count is not full. Whoever counts there stands in line until the transaction ends."""
    await misses.stand_in_line(session, counted)
    wait = await misses.exhausted_for(session, counted, parts.now())
    return 0 if wait is None else int(wait.total_seconds()) + 1


async def _refuse_late(parts: Parts, session: AsyncSession, row: tables.Request) -> None:
    if not await _may_cancel(parts, session, row):
        raise MoveRefused(
            "This warranty can no longer be cancelled here; ask the installer.",
            facts={"state": row.state, "allowed_actions": []},
        )


async def _may_cancel(parts: Parts, session: AsyncSession, row: tables.Request) -> bool:
    country = await session.get_one(Country, row.country)
    today = local_date(parts.now(), country.time_zone)
    in_time = may_cancel(State(row.state), row.commissioned_on, today, country.withdrawal_period)
    return in_time and await standing.resting_on(session, row) is None


async def _valid_card(session: AsyncSession, row: tables.Request) -> Card | None:
    if row.state != State.PROCESSED:
        return None
    return next((one for one in await cards.cards_of(session, row.id) if one.status == "valid"), None)


async def _view(parts: Parts, session: AsyncSession, row: tables.Request) -> WarrantyView:
    company = await accounts.company_of(session, row.company_id)
    valid = await _valid_card(session, row)
    offer = await _extra_years_offer(parts, session, row)
    return WarrantyView(
        id=row.id,
        kind=row.kind,
        label=public_label(State(row.state)),
        installer=None
        if company is None
        else InstallerView(
            company=company.name,
            address=company.address,
            postcode=company.postcode,
            city=company.city,
            phone=company.phone,
            email=company.email,
        ),
        card=None if valid is None else CardNumber(number=valid.number),
        may_cancel=await _may_cancel(parts, session, row),
        may_request_extra=offer is not None,
        extra_years_message=offer,
    )


async def _extra_years_offer(parts: Parts, session: AsyncSession, row: tables.Request) -> str | None:
    """The country's message, if extra years can be asked for; None otherwise (`domain.md` §2.3)."""
    country = await session.get_one(Country, row.country)
    granted = await grants.latest(session, row.id)
    today = local_date(parts.now(), country.time_zone)
    possible = row.kind == Kind.END_USER_WARRANTY and row.state == State.PROCESSED and country.end_user_warranties
    if not possible or granted is None or not live(granted, today) or await bases.is_extended(session, row.id):
        return None
    return country.extra_years_message
