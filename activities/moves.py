"""What each move does to the database, beside the state: one function per trigger, all inside one transaction."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities import assessment, faces, holds, judging, standing
from activities.move import Changes, Making, Move
from activities.rendering.face import CardFace
from domain.calendar import local_date
from domain.clocks import turn_of
from domain.errors import FieldError, Invalid, MoveRefused, NotEditable, WarrantyTypeMissing
from domain.labels import CancelledBy
from domain.requests import CARRIED, Carried, Points, UnitReplacement, WarrantyRequest
from domain.states import Kind, State, Trigger
from domain.warranties import Assignment, moved
from domain.withdrawal import may_cancel
from store import accounts, cards, emails, grants, known, pools, requests, units
from store.snapshots import from_json, to_json
from store.tables.countries import Country
from store.tables.effects import Card
from store.tables.requests import Request


async def accept(move: Move) -> Changes:
    """Freeze the assignment, draw the number, promise the card (`domain.md` §2.1, §3).

    Without a policy the request is accepted all the same: no card, no number; but for the kinds whose policy is
    chosen. Raises WarrantyTypeMissing, NoFreeCode, AlreadyReplaced, MoveRefused for a lost base; then nothing changes.
    """
    data = await requests.carried_warranty(move.session, move.row)
    await holds.refuse_lost_base(move.session, move.row, move.at)
    serials = [unit.serial for unit in data.units]
    await known.stand_for(move.session, data.country, serials)
    await known.refuse_replaced(move.session, data.country, serials)
    superuser = move.actor is not None and move.actor.superuser
    assignment = await assessment.assess(move.session, move.row, data, superuser=superuser)
    if data.chosen_by is not None and assignment.policy is None:
        raise WarrantyTypeMissing("Choose a warranty type that fits, and save it, before you accept.")
    grants.freeze(move.session, move.row.id, move.next_version, assignment)
    changes: Changes = {"policy": {"from": None, "to": assignment.policy}}
    if assignment.policy is None:
        await pools.free(move.session, move.row.id)
        return changes
    number = await holds.number_for(move.session, move.row, data)
    text = await assessment.card_text(move.session, move.row, data, assignment)
    await promise(move, data, assignment, number=number, text=text)
    return {**changes, "card_number": {"from": None, "to": number}}


async def deny(move: Move) -> Changes:
    """Mark every attached document of the named requirements as denied. Raises Invalid for one that is not attached."""
    named = set(move.payload.get("documents", ()))
    changes: Changes = {}
    for document in await requests.attached(move.session, move.row.id):
        if document.requirement in named:
            changes[f"documents/{document.requirement}"] = {"from": document.verdict, "to": "denied"}
            document.verdict, document.reason = "denied", move.comment
    if unknown := named - {name.removeprefix("documents/") for name in changes}:
        raise Invalid(f"Nothing is attached for: {', '.join(sorted(unknown))}.")
    if turn_of(move.kind, State.DENIED) is None:
        await units.release(move.session, move.row.id)
    return changes


async def resubmit(move: Move) -> Changes:
    """Take over what the requester changed; serials are claimed anew. Raises DuplicateSerial, AlreadyReplaced."""
    return await rewrite(move.session, move.row, carried_by(move.kind, move.payload))


async def amend(move: Move) -> Changes:
    """Take over the correction, move the frozen durations to the new start, promise the next card version.

    Raises NotEditable for what is no warranty or concerns a replaced unit, DuplicateSerial, AlreadyReplaced.
    """
    data = carried_by(move.kind, move.payload)
    if not isinstance(data, WarrantyRequest):
        raise NotEditable("Only a warranty is amended.")
    replaced = await standing.refuse_change(move.session, move.row, data)
    changes = await rewrite(move.session, move.row, data)
    granted = await grants.latest(move.session, move.row.id)
    card = await cards.latest(move.session, move.row.id)
    if granted is not None and card is not None:
        assignment = moved(granted, data.commissioned_on)
        grants.freeze(move.session, move.row.id, move.next_version, assignment)
        await cards.abandon(move.session, move.row.id)
        await promise(move, data, assignment, number=card.number, text=card.face["text"], on=card if replaced else None)
    return changes


async def end(move: Move) -> Changes:
    """Cancelled, by whomever: serials are free again, no card is valid, the number stays spent, points go back."""
    by = {
        Trigger.WITHDRAW: CancelledBy.REQUESTER,
        Trigger.CANCEL: CancelledBy.KEYUSER,
        Trigger.CANCEL_BY_END_USER: CancelledBy.END_USER,
        Trigger.EXPIRE: CancelledBy.EXPIRED,
    }
    await _refuse_late_withdrawal(move)
    await standing.refuse_cancel(move.session, move.row)
    move.row.cancelled_by = by[move.trigger].value if move.trigger in by else move.payload["by"]
    await units.release(move.session, move.row.id)
    await cards.withdraw(move.session, move.row.id)
    move.row.card_blocked = None
    await emails.drop_unsent_with_card(move.session, move.row.id)
    return await judging.compensate(move)


async def _refuse_late_withdrawal(move: Move) -> None:
    """An end user's cancellation is checked once more, now that nobody else can move the request."""
    if move.trigger is Trigger.CANCEL_BY_END_USER:
        country = await move.session.get_one(Country, move.row.country)
        today = local_date(move.at, country.time_zone)
        state = State(move.row.state)
        if not may_cancel(state, move.row.commissioned_on, today, country.withdrawal_period):
            raise MoveRefused("The withdrawal period is over.", facts={"state": state.value, "allowed_actions": []})


async def finish(move: Move) -> Changes:
    """The email that says "accepted" carries what the keyuser wrote when accepting."""
    entries = await requests.journal(move.session, move.row.id)
    accepting = {Trigger.ACCEPT, Trigger.PROCESS}
    move.told = next((one.comment for one in reversed(entries) if one.action in accepting), "")
    return {}


async def nothing_more(_: Move) -> Changes:
    """The state says it all."""
    return {}


MOVES: dict[Trigger, Making] = {
    Trigger.ACCEPT: accept,
    Trigger.DENY: deny,
    Trigger.FLAG_WRONG_DATA: nothing_more,
    Trigger.RESUBMIT: resubmit,
    Trigger.FINISH: finish,
    Trigger.AMEND: amend,
    Trigger.WITHDRAW: end,
    Trigger.CANCEL: end,
    Trigger.CANCEL_BY_END_USER: end,
    Trigger.EXPIRE: end,
    Trigger.CANCEL_WITH_BASE: end,
    Trigger.PROCESS: judging.process,
    Trigger.ADJUST: judging.adjust,
}


async def carry(session: AsyncSession, row: Request, data: Carried) -> None:
    """Make `data` what the locked request carries: columns, units, lines, documents, claims.

    Raises DuplicateSerial and AlreadyReplaced; NotEditable if a credited line would change.
    """
    before = await judging.carried_before(session, row)
    requests.carry(row, data)
    await session.flush()
    if isinstance(data, Points):
        await judging.write_lines(session, row, before, data)
    else:
        await requests.attach(session, row.id, data.documents)
    await known.refuse_taken(session, data, row.id)
    if isinstance(data, WarrantyRequest):
        await units.write_units(session, row.id, data.units)
    if isinstance(data, UnitReplacement):
        await standing.take_place(session, row, data)
    await units.claim(session, row.id, row.country, Kind(row.kind), data.claimed_serials)


async def rewrite(session: AsyncSession, row: Request, data: Carried) -> Changes:
    """`carry`, answering the differences to what the request carried before."""
    before = await requests.carried(session, row)
    await carry(session, row, data)
    return requests.differences(before, data)


async def choose(session: AsyncSession, row: Request, warranty_type: str, *, superuser: bool) -> Changes:
    """Choose the warranty type of an end-user kind (`domain.md` §2.2).

    Raises NotEditable for other kinds, Invalid for one that does not fit, with the reason that the engine gives.
    """
    data = await requests.carried(session, row)
    if not isinstance(data, WarrantyRequest) or data.chosen_by is None:
        raise NotEditable(
            "The warranty of this kind is not chosen.", fields=[FieldError("/warranty_type", "not for this kind")]
        )
    before, row.warranty_type = row.warranty_type, warranty_type
    assignment = await assessment.assess(session, row, data, superuser=superuser)
    if assignment.policy is None:
        why = next((one.detail for one in assignment.trace if one.policy == warranty_type), "no such warranty type")
        raise Invalid("This warranty type does not fit.", fields=[FieldError("/warranty_type", why or "does not fit")])
    return {} if before == warranty_type else {"warranty_type": {"from": before, "to": warranty_type}}


def carried_by(kind: Kind, payload: dict[str, Any]) -> Carried:
    """The whole of what a decision wants the request to carry, documents included. Raises Invalid without it."""
    if "data" not in payload:
        raise Invalid("This move changes the request: only a decision over the API can say how.")
    return from_json(CARRIED[kind], payload["data"])


async def promise(
    move: Move,
    data: WarrantyRequest,
    assignment: Assignment,
    *,
    number: str,
    text: str,
    on: Card | None = None,
    caused_by: str | None = None,
) -> None:
    """Promise the next version of the card; units that were replaced since stand on it as they do `on` the last one.

    The request itself owes it, or the one that it is `caused_by`.
    """
    country = await move.session.get_one(Country, move.row.country)
    company = await accounts.company_of(move.session, move.row.company_id)
    token = cards.new_token()
    face = faces.face_of(
        data,
        assignment,
        kind=move.kind,
        country_name=country.name,
        language=country.card_language,
        installer=company.name if company else "",
        number=number,
        version=await cards.next_version(move.session, move.row.id),
        text=text,
        verify_url=f"{move.base_url}/verify/{token}",
        issued_on=local_date(move.at, country.time_zone),
    )
    if on is not None:
        face = faces.with_replaced(face, from_json(CardFace, on.face))
    await cards.promise(
        move.session,
        request_id=move.row.id,
        request_version=move.next_version,
        version=face.version,
        number=number,
        token=token,
        face=to_json(face),
        caused_by=caused_by,
    )
