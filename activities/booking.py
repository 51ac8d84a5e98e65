"""Every change of a request's state, each in one transaction behind the request's row lock.

The workflow names the move (its machine knows where it leads); here it is checked once more against what the
database says, made, journalled, and its emails queued. A move that was made already answers what it did then.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.following import follow
from activities.holds import take_hold
from activities.move import Move
from activities.moves import carry
from activities.notices import announce
from activities.refusals import refusals_cross
from activities.registry import moves_of
from domain import access
from domain.access import END_USER, SYSTEM
from domain.clocks import Used
from domain.errors import CommentRequired, Forbidden, KeydeskError, MoveRefused, NotFound, StaleVersion, from_facts
from domain.messages import Booked, BookMove, BookSystemMove, Recorded, RequestOrder, Ring
from domain.notifications import ON_ALARM, notices, on_submit
from domain.requests import CARRIED
from domain.states import COMMENTED, Kind, Side, State, Trigger
from store import accounts, bases, cards, clocks, decisions, emails, intake, requests
from store.engine import Sessions
from store.snapshots import from_json
from store.tables.requests import Decision, Intake, Request


@dataclass(frozen=True)
class Booking:
    """The booking activities. `now` answers the instant that is written down."""

    sessions: Sessions
    now: Callable[[], datetime]
    base_url: str
    demo: bool = False

    @activity.defn
    async def record_request(self, order: RequestOrder) -> Recorded:
        """Turn the intake into a request, once. A refusal (a lost race for a serial) is kept in the intake."""
        try:
            async with self.sessions.begin() as session:
                return Recorded(booked=await self._record(session, order))
        except KeydeskError as refusal:
            async with self.sessions.begin() as session:
                await intake.refuse(session, order.request_id, refusal)
            return Recorded(refusal=refusal.as_facts())

    @activity.defn
    @refusals_cross
    async def book_move(self, order: BookMove) -> Booked:
        """Book what somebody decided. Raises (by `refusals_cross`) stale_version, move_refused, forbidden,
        no_free_code, duplicate_serial or invalid; then only the decision's own row remembers it."""
        try:
            async with self.sessions.begin() as session:
                return await self._book(session, order)
        except KeydeskError as refusal:
            async with self.sessions.begin() as session:
                await decisions.refuse(session, order.request_id, order.key, refusal)
            raise

    @activity.defn
    async def book_system_move(self, order: BookSystemMove) -> Booked:
        """Book a move that the system makes: finish, expire. Made already, it answers where the request stands."""
        async with self.sessions.begin() as session:
            row = await _locked(session, order.request_id)
            if row.state != order.source:
                return await _standing(session, row)
            move = Move(session, row, order.trigger, order.target, Side.SYSTEM, self.now(), self.base_url)
            return await self.make(move, order.used)

    @activity.defn
    async def stand(self, request_id: str) -> Booked:
        """Where the request stands, with all that it still owes: for a workflow that was overtaken."""
        async with self.sessions.begin() as session:
            return await _standing(session, await _locked(session, request_id))

    @activity.defn
    async def ring(self, order: Ring) -> tuple[int, ...]:
        """Queue the reminder or escalation, once in the life of a request; answers the emails to send."""
        async with self.sessions.begin() as session:
            row = await _locked(session, order.request_id)
            if row.state == order.state:
                told = (ON_ALARM[order.alarm],)
                await announce(session, row, told, cause=order.alarm, at=self.now(), base_url=self.base_url)
            return await emails.queued_of(session, row.id, order.alarm)

    async def _record(self, session: AsyncSession, order: RequestOrder) -> Booked:
        coming = await intake.locked(session, order.request_id)
        if coming is None:
            raise NotFound(f"There is no submission {order.request_id}.")
        if coming.refusal is not None:
            raise from_facts(coming.refusal)
        if coming.outcome == "recorded":
            return await _standing(session, await _locked(session, order.request_id))
        return await self._enter(session, coming)

    async def _enter(self, session: AsyncSession, coming: Intake) -> Booked:
        row = Request(
            id=coming.request_id,
            country=coming.country,
            kind=coming.kind,
            state=State.SUBMITTED.value,
            version=0,
            login=coming.login,
            company_id=coming.company_id,
            submitted_at=coming.submitted_at,
        )
        session.add(row)
        data = from_json(CARRIED[Kind(coming.kind)], coming.body)
        await carry(session, row, data)
        await take_hold(session, row, data)
        step = requests.Step(coming.login or END_USER, "submit", State.SUBMITTED, coming.submitted_at)
        requests.journalise(session, row, step)
        await session.flush()
        coming.outcome = "recorded"
        patience = await clocks.set_turn(session, row, Used(), coming.submitted_at)
        told = on_submit(data.kind)
        queued = await announce(session, row, told, cause="v1", at=self.now(), base_url=self.base_url)
        return Booked(State(row.state), row.version, emails=queued, patience=patience, since=coming.submitted_at)

    async def _book(self, session: AsyncSession, order: BookMove) -> Booked:
        if order.trigger is Trigger.ACCEPT:
            await bases.hold(session, order.request_id)
        row = await _locked(session, order.request_id)
        decision = await self._decision(session, order)
        if (done := decisions.booked_of(decision)) is not None:
            return done
        if decision.refusal is not None:
            raise from_facts(decision.refusal)
        if decision.version not in {None, row.version}:
            raise StaleVersion(
                f"The request is at version {row.version} by now; look at it again.",
                facts={"version": row.version},
            )
        if row.state != order.source:
            raise MoveRefused(
                f"{order.trigger} is not possible while the request is {row.state}",
                facts={"state": row.state},
            )
        booked = await self.make(await self._move(session, row, order, decision), order.used)
        decisions.book(decision, booked)
        return booked

    async def _decision(self, session: AsyncSession, order: BookMove) -> Decision:
        """The decision as the API wrote it down; a signalled one is written down here."""
        if (signal := order.signalled) is not None:
            if await accounts.account_of(session, signal.login) is None:
                raise Forbidden(f"{order.trigger} is not for this account.")
            if signal.trigger in COMMENTED and not signal.comment.strip():
                raise CommentRequired(f"{order.trigger} needs a comment for the requester.")
            await decisions.propose(
                session,
                request_id=order.request_id,
                key=order.key,
                body_hash="",
                login=signal.login,
                trigger=signal.trigger,
                version=signal.version,
                payload={"comment": signal.comment},
                at=self.now(),
            )
        decision = await decisions.find(session, order.request_id, order.key)
        if decision is None:
            raise NotFound("No decision was written down under this key.")
        return decision

    async def _move(self, session: AsyncSession, row: Request, order: BookMove, decision: Decision) -> Move:
        """The move with its maker, whose rights are looked up once more."""
        actor, side = None, Side.END_USER
        if decision.login is not None:
            actor = await accounts.caller_of(session, decision.login, demo=self.demo)
            acts_for = access.side_of(actor, requests.owner_of(row)) if actor else None
            if acts_for is None or acts_for is not order.by:
                raise Forbidden(f"{order.trigger} is not for this account.")
            side = acts_for
        return Move(
            session,
            row,
            order.trigger,
            order.target,
            side,
            self.now(),
            self.base_url,
            actor=actor,
            comment=decision.payload.get("comment", ""),
            payload=decision.payload,
        )

    async def make(self, move: Move, used: Used) -> Booked:
        """Make the move in its transaction: what it does, state, journal, clocks, emails to send."""
        changes = await moves_of(move.kind)[move.trigger](move)
        actor = move.actor.login if move.actor else (SYSTEM if move.side is Side.SYSTEM else END_USER)
        requests.journalise(
            move.session,
            move.row,
            requests.Step(actor, move.trigger.value, move.target, move.at, move.comment, changes),
        )
        await move.session.flush()
        patience = await clocks.set_turn(move.session, move.row, used, move.at)
        card = await cards.brought_by(move.session, move.row.id)
        queued = await announce(
            move.session,
            move.row,
            notices(move.kind, move.trigger, has_card=card is not None, target=move.target),
            cause=f"v{move.row.version}",
            comment=move.comment if move.told is None else move.told,
            at=move.at,
            base_url=self.base_url,
        )
        if move.trigger is Trigger.AMEND:
            queued += await follow(move, changes)
        owed = await cards.promised(move.session, move.row.id) is not None
        booked = Booked(State(move.row.state), move.row.version, owed, queued, patience)
        return await self._with_fallen(move, booked) if move.target is State.CANCELLED else booked

    async def _with_fallen(self, move: Move, booked: Booked) -> Booked:
        """Extra years that rest on a cancelled warranty are cancelled with it, in the same transaction."""
        for row in await bases.resting_on(move.session, move.row.id):
            falls = Move(
                move.session,
                row,
                Trigger.CANCEL_WITH_BASE,
                State.CANCELLED,
                Side.SYSTEM,
                move.at,
                self.base_url,
                comment=move.comment,
                payload={"by": move.row.cancelled_by},
            )
            fell = await self.make(falls, clocks.used_of(row, move.at))
            booked = replace(booked, emails=booked.emails + fell.emails, fallen=(*booked.fallen, row.id))
        return booked


async def _locked(session: AsyncSession, request_id: str) -> Request:
    row = await requests.locked(session, request_id)
    if row is None:
        raise NotFound(f"There is no request {request_id}.")
    return row


async def _standing(session: AsyncSession, row: Request) -> Booked:
    """Where the request stands after a move whose first attempt got through unheard, with all that it still owes."""
    return Booked(
        State(row.state),
        row.version,
        card=await cards.promised(session, row.id) is not None,
        emails=await emails.queued_of(session, row.id),
        patience=await clocks.patience_of(session, row),
    )
