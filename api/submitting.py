"""How a submission comes in, whatever its kind: idempotency, the rules, the intake row, the workflow."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import CallerOf, Parts
from api.errors import documented
from api.presenting import present_one
from api.rules import rules_for
from api.schemas.requests import RequestView
from domain import access
from domain.access import Caller, Owner
from domain.calendar import local_date
from domain.errors import (
    AlreadyReplaced,
    DocumentMissing,
    DuplicateSerial,
    FieldError,
    Forbidden,
    IdempotencyConflict,
    Invalid,
    KeydeskError,
    KindNotEnabled,
    NotAuthenticated,
    NotFound,
    RegistrationLate,
    Unavailable,
    from_facts,
)
from domain.messages import RequestOrder
from domain.notifications import END_USER_KINDS
from domain.pools import ExtensionMode, check_code
from domain.requests import Carried, ExtraYears, WarrantyExtension
from domain.states import Kind
from store import bases, intake, known, pools, requests, units
from store.snapshots import to_json
from store.tables.countries import Company, Country
from store.tables.requests import Intake
from workflows.client import Case


def own_key(key: str | None) -> str:
    """The caller's idempotency key, or one of our own for a caller who gave none."""
    return key or f"own-{secrets.token_urlsafe(16)}"


def fingerprint(*parts: object) -> str:
    """The hash that tells one body from another: of the parsed values, not of how they were written."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def answers(*own: type[KeydeskError]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses of a submission: what every kind may answer, and what is the kind's `own`."""
    return {
        200: {"model": RequestView, "description": "the same key and body came before: the same request"},
        **documented(
            NotAuthenticated,
            Forbidden,
            NotFound,
            DuplicateSerial,
            AlreadyReplaced,
            Invalid,
            IdempotencyConflict,
            RegistrationLate,
            DocumentMissing,
            Unavailable,
            *own,
        ),
    }


def told(response: Response, view: RequestView, *, created: bool) -> RequestView:
    """The answer to a submission: 201 for a new request, 200 for one that the same key made before."""
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"/api/v1/requests/{view.id}"
    return view


@dataclass(frozen=True)
class Submitter:
    """Who files a request: an account, or a visitor of the landing page who names a PRO Partner's company.

    `name` tells callers apart for idempotency keys.
    """

    name: str
    login: str | None
    company_id: int | None
    company: str | None

    @classmethod
    def account(cls, caller: Caller) -> "Submitter":
        """Somebody who signed in."""
        return cls(caller.login, caller.login, caller.company_id, caller.company)

    @classmethod
    def visitor(cls, who: str, partner: Company | None) -> "Submitter":
        """Somebody on the landing page, as a keyed hash, with the PRO Partner that they named; None: nobody's name."""
        return cls(who, None, partner.id if partner else None, partner.name if partner else None)


async def submit(parts: Parts, caller: Caller, data: Carried, key: str | None) -> tuple[RequestView, bool]:
    """Take an account's submission; answers the request, and whether this call created it.

    Raises as `take_in`, and NotFound for another country than the account's.
    """
    if data.country != caller.country:
        raise NotFound(f"There is no country {data.country} for this account.")
    request_id, created = await take_in(parts, Submitter.account(caller), data, key)
    async with parts.sessions() as session:
        row = await requests.request(session, request_id)
        if row is None:
            raise Unavailable("The request is not recorded yet. Ask again with the same Idempotency-Key.")
        return await present_one(session, row, caller), created


async def take_in(
    parts: Parts, submitter: Submitter, data: Carried, key: str | None, sent: Mapping[str, object] | None = None
) -> tuple[str, bool]:
    """Take a submission and wait until it is recorded. Answers its id, and whether this call created it.

    `sent` is what the caller sent, where that is not `data`: the same key must bring the same again.

    Raises what the rules refuse (kept under the key, and raised again for it), IdempotencyConflict, Unavailable.
    """
    key = own_key(key)
    body_hash = fingerprint(data.kind, to_json(data) if sent is None else sent)
    coming, created = await _intake(parts, submitter, data, key, body_hash)
    if coming.body_hash != body_hash:
        raise IdempotencyConflict("This Idempotency-Key was used with another body.")
    if coming.refusal is not None:
        raise from_facts(coming.refusal)
    if coming.outcome is None:
        order = RequestOrder(coming.request_id, Kind(coming.kind))
        came = coming.submitted_at.isoformat()
        await parts.desk.submit(Case(order, coming.country, submitter.company, came))
    return coming.request_id, created


async def _intake(parts: Parts, submitter: Submitter, data: Carried, key: str, body_hash: str) -> tuple[Intake, bool]:
    """The intake row of this key, and whether it is new. A body that fails validation leaves none."""
    async with parts.sessions.begin() as session:
        if (known := await intake.find(session, submitter.name, key)) is not None:
            return known, False
        refusal = await _refusal(parts, session, submitter, data)
        coming = Intake(
            request_id=await intake.next_request_id(session, data.country, data.kind),
            caller=submitter.name,
            login=submitter.login,
            company_id=submitter.company_id,
            idempotency_key=key,
            body_hash=body_hash,
            kind=data.kind,
            country=data.country,
            body={} if refusal else to_json(data),
            submitted_at=parts.now(),
            outcome="refused" if refusal else None,
            refusal=refusal.as_facts() if refusal else None,
        )
        if await intake.add(session, coming):
            return coming, True
    async with parts.sessions() as session:
        rival = await intake.find(session, submitter.name, key)
        if rival is None:
            raise Unavailable("Another call with this Idempotency-Key is under way.")
        return rival, False


async def _refusal(parts: Parts, session: AsyncSession, submitter: Submitter, data: Carried) -> KeydeskError | None:
    """What the rules have against the submission. Raises Invalid for a body that cannot be right."""
    country = await session.get_one(Country, data.country)
    if data.kind in END_USER_KINDS and not country.end_user_warranties:
        return KindNotEnabled(f"{country.name} takes no warranty requests from end users.")
    if submitter.company_id is None and data.kind in END_USER_KINDS:
        raise Invalid("Unknown PRO Partner.", fields=[FieldError("/partner", "not a PRO Partner of this country")])
    owner = Owner(country=data.country, login=submitter.login, company_id=submitter.company_id)
    today = local_date(parts.now(), country.time_zone)
    rules = await rules_for(session, data, owner, today=today, as_of=today, row=None)
    if not isinstance(data, ExtraYears):
        rules.check_fields()
    try:
        if not isinstance(data, ExtraYears):
            rules.check()
        if isinstance(data, WarrantyExtension):
            await _check_code(session, country, data, submitter)
        await refuse_held(session, data, data.kind)
    except KeydeskError as refusal:
        return refusal
    return None


async def _check_code(session: AsyncSession, country: Country, data: WarrantyExtension, submitter: Submitter) -> None:
    found = await pools.code(session, country.code, data.warranty_code) if data.warranty_code else None
    check_code(ExtensionMode(country.extension_mode), data.warranty_code, found, submitter.company_id)


async def refuse_held(session: AsyncSession, data: Carried, kind: Kind) -> None:
    """The cheap look for duplicates, before the database has the last word.

    Raises DuplicateSerial and AlreadyReplaced.
    """
    await known.refuse_taken(session, data)
    if isinstance(data, ExtraYears):
        await bases.refuse_extended(session, data.base)
    held = await units.holders(session, data.country, kind, data.claimed_serials)
    permitted = await units.open_permits(session, data.country, kind, data.claimed_serials)
    for serial in sorted(held.keys() - permitted):
        raise DuplicateSerial(
            f"Another live request already names the outdoor unit {serial}.", facts={"serial": serial}
        )


def filing(kind: Kind) -> Any:
    """The dependency that answers the caller, if the account files requests of this kind. Raises Forbidden."""

    def filer(caller: CallerOf) -> Caller:
        refuse_role(caller, kind)
        return caller

    return Depends(filer)


def refuse_role(caller: Caller, kind: Kind) -> None:
    """Raises Forbidden unless the caller's role files requests of this kind."""
    if not access.may_submit(caller, kind):
        raise Forbidden(f"Your role does not submit {kind} requests.")
