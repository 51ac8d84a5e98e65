"""A request as its caller may see it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.assessment import assess
from activities.replacing import settle
from api.rules import rules_for
from api.schemas import requests as schemas
from api.schemas.points import points_view, verdict_on
from api.schemas.registry import shown
from api.schemas.replacements import MoveView, NewTierView, ReplacementView
from domain import access
from domain.access import Caller, Role
from domain.calendar import local_date
from domain.clocks import turn_of
from domain.errors import KeydeskError
from domain.labels import label
from domain.notifications import Event, Recipient
from domain.points import NOT_ONCE_CREDITED
from domain.privacy import NOT_ONCE_ERASED
from domain.replacements import Outcome
from domain.requests import CARRIED, Attachment, Carried, UnitReplacement, WarrantyRequest
from domain.states import Kind, Side, State
from domain.warranties import Assignment
from statemachines.registry import offers
from store import requests
from store.related import Related, related
from store.snapshots import from_json
from store.tables.countries import Country
from store.tables.requests import Request

# Whose emails requesters are shown, and PRO Partners whom an end user names.
THEIRS = {Recipient.REQUESTER, Recipient.PARTNER}
UNDECIDED = {State.SUBMITTED, State.WRONG_DATA, State.DENIED}


def pending(row: Request) -> bool:
    """Whether somebody is still to act before the decision: SAVE corrects it, keyusers see previews and warnings.

    A final denial (`domain.md` §2) is none of these: its serials are free, and a correction would take them back.
    """
    state = State(row.state)
    return state in UNDECIDED and turn_of(Kind(row.kind), state) is not None


async def present(session: AsyncSession, rows: Sequence[Request], caller: Caller) -> list[schemas.RequestView]:
    """A page of requests. Previews and warnings are only in `present_one`: they are computed."""
    hanging = await related(session, rows)
    return [_view(row, hanging[row.id], caller) for row in rows]


async def present_one(session: AsyncSession, row: Request, caller: Caller) -> schemas.RequestView:
    """One request, for keyusers and ops with warnings, and for keyusers with a preview while it is pending."""
    hanging = (await related(session, [row]))[row.id]
    view = _view(row, hanging, caller)
    if caller.role not in {Role.KEYUSER, Role.OPS}:
        return view
    data = _carried(row, hanging)
    if pending(row):
        view.warnings += await _warnings(session, row, data)
        if caller.role is Role.KEYUSER and isinstance(data, WarrantyRequest):
            view.assignment = _assignment(await assess(session, row, data, superuser=caller.superuser))
        if caller.role is Role.KEYUSER and isinstance(data, UnitReplacement):
            await _preview(session, row, data, view, superuser=caller.superuser)
    if row.card_blocked is not None:
        view.warnings.append(schemas.WarningView(code="card_blocked", detail=row.card_blocked))
    return view


async def _preview(
    session: AsyncSession, row: Request, data: UnitReplacement, view: schemas.RequestView, *, superuser: bool
) -> None:
    """What accepting the replacement would bring about. Why it cannot be accepted as it stands is a warning."""
    try:
        outcome, _ = await settle(session, row, data, superuser=superuser)
    except KeydeskError as refusal:
        if refusal.code not in {warning.code for warning in view.warnings}:
            view.warnings.append(schemas.WarningView(code=refusal.code, detail=refusal.detail))
        return
    view.assignment = _assignment(outcome.assignment)
    view.replacement = _replacement(outcome, outcome.old_request)


def allowed_actions(row: Request, caller: Caller) -> list[str]:
    """The triggers that this caller may pull now."""
    side = access.side_of(caller, requests.owner_of(row))
    if side is None:
        return []
    moves = offers(Kind(row.kind), State(row.state), side)
    barred = (row.credited and NOT_ONCE_CREDITED) or frozenset()
    if row.erased_at is not None:
        barred |= NOT_ONCE_ERASED
    return [move.value for move in moves if move not in barred]


def _view(row: Request, hanging: Related, caller: Caller) -> schemas.RequestView:
    speaks_for = access.speaks_for(caller, requests.owner_of(row))
    return schemas.RequestView(
        id=row.id,
        kind=row.kind,
        country=row.country,
        state=row.state,
        label=label(State(row.state)),
        version=row.version,
        submitted_at=row.submitted_at,
        requester=schemas.RequesterView(login=row.login, company=hanging.company),
        warranty_type=row.warranty_type,
        data=shown(_carried(row, hanging)),
        documents=_documents(hanging),
        allowed_actions=allowed_actions(row, caller),
        turn=row.turn,
        due_at=row.due_at,
        unread_messages=hanging.unread.get(speaks_for, 0),
        cancelled_by=row.cancelled_by,
        warnings=[],
        assignment=None if hanging.granted is None else _assignment(hanging.granted),
        cards=[
            schemas.CardView(
                number=card.number,
                version=card.version,
                status=card.status,
                sha256=card.sha256 or "",
                href=f"/api/v1/requests/{row.id}/card?version={card.version}",
            )
            for card in hanging.cards
        ],
        replacement=_booked_replacement(hanging, caller),
        points=points_view(hanging.lines, cancelled=row.state == State.CANCELLED) if row.kind == Kind.POINTS else None,
        emails=[
            schemas.EmailView(
                event=Event(email.event).occasion, to=email.to, status=email.status, at=email.at, error=email.error
            )
            for email in hanging.emails
            if speaks_for is not Side.REQUESTER or email.recipient in THEIRS
        ],
    )


def _booked_replacement(hanging: Related, caller: Caller) -> ReplacementView | None:
    """What was booked. Whose unit it was is for those to know who may read that request."""
    if hanging.outcome is None:
        return None
    visible = hanging.old_owner is not None and access.may_see(caller, hanging.old_owner)
    return _replacement(hanging.outcome, hanging.outcome.old_request if visible else None)


def _replacement(outcome: Outcome, old_request: str | None) -> ReplacementView:
    return ReplacementView(
        charge=outcome.charge,
        reason=outcome.reason or None,
        policy=outcome.assignment.policy,
        tiers=[
            NewTierView(
                tier=one.tier,
                start=one.start,
                end=one.end,
                days=one.days,
                used_days=one.used_days,
                remaining_days=one.remaining_days,
            )
            for one in outcome.assignment.tiers
        ],
        moves=[MoveView(serial=one.serial, source=one.source, target=one.target) for one in outcome.moves],
        old_request=old_request,
    )


def _documents(hanging: Related) -> list[schemas.DocumentView]:
    """Each document once, though it may serve several lines."""
    found: dict[Attachment, schemas.DocumentView] = {}
    for one, filename in hanging.documents:
        attachment = Attachment(one.requirement, str(one.document_id))
        said = (one.verdict, one.reason) if one.line is None else verdict_on(attachment, hanging.lines)
        found[attachment] = schemas.DocumentView(
            requirement=one.requirement,
            document_id=attachment.document_id,
            filename=filename,
            verdict=said[0],
            reason=said[1],
        )
    return list(found.values())


def _carried(row: Request, hanging: Related) -> Carried:
    return from_json(CARRIED[Kind(row.kind)], row.data).with_documents(
        tuple(Attachment(one.requirement, str(one.document_id)) for one, _ in hanging.documents)
    )


def _assignment(assignment: Assignment) -> schemas.AssignmentView:
    return schemas.AssignmentView(
        policy=assignment.policy,
        policy_version=assignment.policy_version,
        tiers=[
            schemas.TierView(tier=one.tier, start=one.start, end=one.end, days=one.days) for one in assignment.tiers
        ],
        trace=[
            schemas.TraceView(policy=one.policy, outcome=one.outcome, rule=one.rule, detail=one.detail)
            for one in assignment.trace
        ],
    )


async def _warnings(session: AsyncSession, row: Request, data: Carried) -> list[schemas.WarningView]:
    country = await session.get_one(Country, row.country)
    submitted_on = local_date(row.submitted_at, country.time_zone)
    rules = await rules_for(session, data, requests.owner_of(row), today=submitted_on, as_of=submitted_on, row=row)
    return [schemas.WarningView(code=one.code, detail=one.detail) for one in rules.concerns()]


def as_answer(view: schemas.RequestView) -> dict[str, Any]:
    """The view as stored JSON: what a repeated key is told again."""
    return view.model_dump(mode="json")
