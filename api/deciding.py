"""How a decision goes its way: it is checked and written down under its key, then the workflow books it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Parts
from api.points_payloads import payload_of
from api.presenting import allowed_actions, as_answer, present_one
from api.schemas.requests import DecisionBody
from api.submitting import fingerprint
from domain import access
from domain.access import Caller
from domain.errors import (
    Forbidden,
    IdempotencyConflict,
    MoveRefused,
    NotFound,
    StaleVersion,
    Unavailable,
    from_facts,
)
from domain.messages import Decide, RequestOrder
from domain.states import Kind, State, Trigger
from statemachines.registry import maker, triggers_of
from store import accounts, clocks, decisions, requests
from store.tables.requests import Decision, Request
from workflows.client import Case


async def sight(session: AsyncSession, request_id: str, caller: Caller) -> Request:
    """The request, if the caller may see it. Raises NotFound, also for what belongs to others."""
    row = await requests.request(session, request_id)
    seen = (
        row is not None and access.may_see(caller, requests.owner_of(row)) and access.in_scope(caller, Kind(row.kind))
    )
    if row is None or not seen:
        raise NotFound(f"There is no request {request_id}.")
    return row


def refuse_stale(row: Request, version: int) -> None:
    """Raises StaleVersion unless the caller has seen the request as it is."""
    if version != row.version:
        raise StaleVersion(
            f"The request is at version {row.version} by now; look at it again.",
            facts={"version": row.version},
        )


def not_on_offer(row: Request, caller: Caller, action: str) -> MoveRefused:
    """The refusal of a move that the request's state does not offer, with those that it does."""
    return MoveRefused(
        f"{action} is not possible while the request is {row.state}.",
        facts={"state": row.state, "allowed_actions": allowed_actions(row, caller)},
    )


async def reopening(session: AsyncSession, row: Request, now: datetime) -> Case:
    """What it takes to go on with the request's workflow, should it have ended."""
    company = await accounts.company_of(session, row.company_id)
    order = RequestOrder(
        row.id,
        Kind(row.kind),
        State(row.state),
        reopened=True,
        version=row.version,
        used=clocks.used_of(row, now),
        patience=await clocks.patience_of(session, row),
    )
    return Case(order, row.country, company.name if company else None)


async def bring(parts: Parts, case: Case, decision: Decide) -> None:
    """Bring a decision that is written down to the workflow, and wait until it is booked.

    Raises its refusal; Unavailable only if no answer came in time and the database has not booked it either.
    """
    try:
        await parts.desk.decide(case, decision)
    except Unavailable:
        async with parts.sessions() as session:
            known = await decisions.find(session, case.order.request_id, decision.key)
        if known is not None and known.refusal is not None:
            raise from_facts(known.refusal) from None
        if known is None or known.outcome is None:
            raise Unavailable("The decision is under way. Ask again with the same Idempotency-Key.") from None


@dataclass(frozen=True)
class Deciding:
    """One caller's decision on one request."""

    parts: Parts
    caller: Caller
    request_id: str
    trigger: Trigger
    body: DecisionBody
    key: str

    async def answer(self) -> dict[str, Any]:
        """Decide, once per key, and answer the whole request as it then was.

        Raises what the rules refuse, StaleVersion, MoveRefused, IdempotencyConflict, Unavailable.
        """
        case = await self._write_down()
        if case is not None:
            try:
                await bring(self.parts, case, Decide(self.key, self.trigger))
            except MoveRefused as refusal:
                raise await self._overtaken(refusal) from None
        return await self._told()

    async def _write_down(self) -> Case | None:
        """Check the decision and keep it under its key; None if it is booked already."""
        body_hash = fingerprint(self.trigger, self.body.model_dump(mode="json"))
        async with self.parts.sessions.begin() as session:
            row = await sight(session, self.request_id, self.caller)
            known = await decisions.find(session, row.id, self.key)
            if known is None:
                self._check(row)
                payload = await payload_of(self.parts, session, row, self.trigger, self.body).checked()
                known = await decisions.propose(
                    session,
                    request_id=row.id,
                    key=self.key,
                    body_hash=body_hash,
                    login=self.caller.login,
                    trigger=self.trigger,
                    version=self.body.version,
                    payload=payload,
                    at=self.parts.now(),
                )
            if known.body_hash != body_hash or known.login != self.caller.login:
                raise IdempotencyConflict("This Idempotency-Key was used for another decision.")
            return await self._case(session, row, known)

    def _check(self, row: Request) -> None:
        """Raises MoveRefused for what is not on offer, Forbidden for somebody else's move, StaleVersion."""
        kind = Kind(row.kind)
        if self.trigger not in triggers_of(kind):
            raise not_on_offer(row, self.caller, self.trigger)
        side = access.side_of(self.caller, requests.owner_of(row))
        if side is None or side is not maker(kind, self.trigger):
            raise Forbidden(f"{self.trigger} is not for your role.")
        refuse_stale(row, self.body.version)
        if self.trigger not in allowed_actions(row, self.caller):
            raise not_on_offer(row, self.caller, self.trigger)

    async def _case(self, session: AsyncSession, row: Request, known: Decision) -> Case | None:
        if known.refusal is not None:
            raise from_facts(known.refusal)
        if known.outcome == "booked":
            return None
        return await reopening(session, row, self.parts.now())

    async def _overtaken(self, refusal: MoveRefused) -> MoveRefused:
        """Somebody moved the request since we looked; if the move is still on offer, what the booking says."""
        async with self.parts.sessions() as session:
            now = not_on_offer(await sight(session, self.request_id, self.caller), self.caller, self.trigger)
        if self.trigger in now.facts["allowed_actions"]:
            return MoveRefused(refusal.detail, facts=refusal.facts | now.facts)
        return now

    async def _told(self) -> dict[str, Any]:
        async with self.parts.sessions.begin() as session:
            row = await sight(session, self.request_id, self.caller)
            view = as_answer(await present_one(session, row, self.caller))
            return await decisions.first_answer(session, self.request_id, self.key, view)
