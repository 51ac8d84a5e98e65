"""Requests of every kind: read, saved by keyusers, decided."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from activities.moves import choose, rewrite
from api.deciding import Deciding, not_on_offer, refuse_stale, sight
from api.dependencies import CallerOf, KeyOf, Parts, PartsOf
from api.errors import documented
from api.payloads import saved
from api.presenting import pending, present_one
from api.schemas.requests import DecisionBody, History, HistoryEntry, RequestView, SaveBody
from api.submitting import own_key
from domain import access, errors
from domain.errors import Forbidden, NotFound
from domain.states import State, Trigger
from store import cards, requests
from store.tables.effects import Card

router = APIRouter(prefix="/requests", tags=["requests"])
HUMAN = {
    Trigger.ACCEPT,
    Trigger.DENY,
    Trigger.FLAG_WRONG_DATA,
    Trigger.RESUBMIT,
    Trigger.WITHDRAW,
    Trigger.CANCEL,
    Trigger.AMEND,
    Trigger.PROCESS,
    Trigger.ADJUST,
}
SEEN = (errors.NotAuthenticated, errors.NotFound)
CHANGED = (
    *SEEN,
    errors.Forbidden,
    errors.MoveRefused,
    errors.StaleVersion,
    errors.DuplicateSerial,
    errors.AlreadyReplaced,
    errors.Invalid,
)


@router.get("/{request_id}", responses=documented(*SEEN))
async def read_request(request_id: str, caller: CallerOf, parts: PartsOf) -> RequestView:
    """One request. Keyusers also see the warranty that it would get, and warnings."""
    async with parts.sessions() as session:
        return await present_one(session, await sight(session, request_id, caller), caller)


@router.get("/{request_id}/history", responses=documented(*SEEN))
async def read_history(request_id: str, caller: CallerOf, parts: PartsOf) -> History:
    """The journal: who did what, when, and what changed, oldest first."""
    async with parts.sessions() as session:
        row = await sight(session, request_id, caller)
        entries = await requests.journal(session, row.id)
    return History(items=[HistoryEntry.model_validate(entry, from_attributes=True) for entry in entries])


@router.get(
    "/{request_id}/card",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "the card"}, **documented(*SEEN)},
)
async def read_card(
    request_id: str,
    caller: CallerOf,
    parts: PartsOf,
    version: Annotated[int | None, Query(ge=1, le=1_000_000, description="default: the newest")] = None,
) -> Response:
    """The warranty card as PDF, the newest version or an earlier one; of a replacement that which it had reissued."""
    async with parts.sessions() as session:
        row = await sight(session, request_id, caller)
        printed = await cards.printed_for(session, row.id)
    wanted = [card for card in printed if version in {None, card.version}]
    if not wanted:
        raise NotFound(f"{request_id} has no such card.")
    return await pdf_of(parts, wanted[-1])


async def pdf_of(parts: Parts, card: Card) -> Response:
    """The PDF of a printed card. Raises NotFound for one that is not there, or not any more."""
    if card.sha256 is None:
        raise NotFound("This card is not printed yet.")
    async with parts.sessions() as session:
        row = await requests.request(session, card.request_id)
    if row is None or row.erased_at is not None:
        raise NotFound("This card was erased with the personal data of its request.")
    return Response(
        await parts.files.get(card.sha256),
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{card.number}.pdf"',
            "ETag": f'"{card.sha256}"',
            "Cache-Control": "private, no-store",
        },
    )


@router.patch("/{request_id}", responses=documented(*CHANGED, errors.NotEditable))
async def save_request(request_id: str, body: SaveBody, caller: CallerOf, parts: PartsOf) -> RequestView:
    """SAVE: a keyuser's correction. It never decides; missing documents, matrix and deadlines become warnings."""
    async with parts.sessions.begin() as session:
        row = await sight(session, request_id, caller)
        if not access.is_keyuser(caller, row.country):
            raise Forbidden("Only keyusers save requests.")
        await requests.hold(session, row)
        refuse_stale(row, body.version)
        if not pending(row):
            raise not_on_offer(row, caller, "edit")
        changes = await rewrite(session, row, await saved(parts, session, row, body.data))
        if body.warranty_type is not None:
            changes |= await choose(session, row, body.warranty_type, superuser=caller.superuser)
        if changes:
            step = requests.Step(caller.login, "edit", State(row.state), parts.now(), changes=changes)
            requests.journalise(session, row, step)
        await session.flush()
        return await present_one(session, row, caller)


@router.post(
    "/{request_id}/actions/{trigger}",
    response_model=RequestView,
    responses=documented(
        *CHANGED,
        errors.NoFreeCode,
        errors.WarrantyTypeMissing,
        errors.CommentRequired,
        errors.ReasonRequired,
        errors.ReasonNotAllowed,
        errors.Undecided,
        errors.NotEditable,
        errors.DocumentMissing,
        errors.DocumentStillDenied,
        errors.WholesalerNotDistributing,
        errors.WholesalerNotConfigured,
        errors.RegistrationLate,
        errors.IdempotencyConflict,
        errors.Unavailable,
    ),
)
async def decide(
    request_id: str, trigger: str, body: DecisionBody, caller: CallerOf, parts: PartsOf, key: KeyOf
) -> dict[str, Any]:
    """PROCESS: accept, deny, flag_wrong_data, resubmit, withdraw, cancel, amend; for points process and adjust.

    Answers the whole request once the decision is durable. deny, flag_wrong_data, cancel and amend need a comment;
    deny may name denied requirements in `documents`; resubmit brings new `documents` after a denial and a merge
    patch in `data` after wrong data; amend brings a merge patch in `data`. process leads where the verdicts say, once
    everything has one; after it resubmit names the `line` of each new document, and lines that were denied without
    one may change in `data`. adjust needs `line`, `points` and a reason.
    """
    if trigger not in HUMAN:
        raise NotFound(f"There is no action {trigger}.")
    deciding = Deciding(parts, caller, request_id, Trigger(trigger), body, own_key(key))
    return await deciding.answer()
