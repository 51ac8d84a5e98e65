"""How a submission comes in, whatever its kind: idempotency, the rules, the intake row, the workflow."""

import hashlib
import json
import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Parts
from api.presenting import present_one
from api.schemas.requests import RequestView
from domain import access, submission
from domain.access import Caller, Owner
from domain.calendar import local_date
from domain.errors import (
    DuplicateSerial,
    Forbidden,
    IdempotencyConflict,
    KeydeskError,
    NotFound,
    Unavailable,
    from_facts,
)
from domain.messages import RequestOrder
from domain.requests import Commissioning
from domain.states import Kind
from store import catalogue, intake, requests, units
from store.snapshots import to_json
from store.tables.countries import Country
from store.tables.requests import Intake
from workflows.client import Case


def fingerprint(*parts: object) -> str:
    """The hash that tells one body from another: of the parsed values, not of how they were written."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


async def submit(
    parts: Parts, caller: Caller, kind: Kind, data: Commissioning, key: str | None
) -> tuple[RequestView, bool]:
    """Take a submission and wait until it is recorded. Answers the request, and whether this call created it.

    Raises what the rules refuse (kept under the key, and raised again for it), IdempotencyConflict, Unavailable.
    """
    if data.country != caller.country:
        raise NotFound(f"There is no country {data.country} for this account.")
    key = key or f"own-{secrets.token_urlsafe(16)}"
    body_hash = fingerprint(kind, to_json(data))
    coming, created = await _take_in(parts, caller, kind, data, key, body_hash)
    if coming.body_hash != body_hash:
        raise IdempotencyConflict("This Idempotency-Key was used with another body.")
    if coming.refusal is not None:
        raise from_facts(coming.refusal)
    if coming.outcome is None:
        await _start(parts, caller, coming)
    async with parts.sessions() as session:
        row = await requests.request(session, coming.request_id)
        if row is None:
            raise Unavailable("The request is not recorded yet. Ask again with the same Idempotency-Key.")
        return await present_one(session, row, caller), created


async def _take_in(
    parts: Parts, caller: Caller, kind: Kind, data: Commissioning, key: str, body_hash: str
) -> tuple[Intake, bool]:
    """The intake row of this key, and whether it is new. A body that fails validation leaves none."""
    async with parts.sessions.begin() as session:
        if (known := await intake.find(session, caller.login, key)) is not None:
            return known, False
        refusal = await _refusal(parts, session, caller, kind, data)
        coming = Intake(
            request_id=await intake.next_request_id(session, data.country, kind),
            login=caller.login,
            idempotency_key=key,
            body_hash=body_hash,
            kind=kind,
            country=data.country,
            body={} if refusal else to_json(data),
            submitted_at=parts.now(),
            outcome="refused" if refusal else None,
            refusal=refusal.as_facts() if refusal else None,
        )
        if await intake.add(session, coming):
            return coming, True
    async with parts.sessions() as session:
        rival = await intake.find(session, caller.login, key)
        if rival is None:
            raise Unavailable("Another call with this Idempotency-Key is under way.")
        return rival, False


async def _refusal(
    parts: Parts, session: AsyncSession, caller: Caller, kind: Kind, data: Commissioning
) -> KeydeskError | None:
    """What the rules have against the submission. Raises Invalid for a body that cannot be right."""
    country = await session.get_one(Country, data.country)
    owner = Owner(country=data.country, login=caller.login, company_id=caller.company_id)
    today = local_date(parts.now(), country.time_zone)
    known = await catalogue.catalogue_for(session, kind, data, owner, today=today, as_of=today)
    submission.check_fields(data, known)
    try:
        submission.check(data, known)
        await refuse_held(session, data, kind)
    except KeydeskError as refusal:
        return refusal
    return None


async def refuse_held(session: AsyncSession, data: Commissioning, kind: Kind) -> None:
    """The cheap look for duplicates, before the database has the last word. Raises DuplicateSerial."""
    held = await units.holders(session, data.country, kind, data.outdoor_serials)
    permitted = await units.open_permits(session, data.country, kind, data.outdoor_serials)
    for serial in sorted(held.keys() - permitted):
        raise DuplicateSerial(
            f"Another live request already names the outdoor unit {serial}.", facts={"serial": serial}
        )


async def _start(parts: Parts, caller: Caller, coming: Intake) -> None:
    order = RequestOrder(coming.request_id, Kind(coming.kind))
    await parts.desk.submit(Case(order, coming.country, caller.company))


def refuse_role(caller: Caller, kind: Kind) -> None:
    """Raises Forbidden unless the caller's role files requests of this kind."""
    if not access.may_submit(caller, kind):
        raise Forbidden(f"Your role does not submit {kind} requests.")
