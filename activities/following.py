"""Extra years follow the warranty that they rest on when it is amended (`domain.md` §2.1, §2.3)."""

from dataclasses import replace

from activities import standing
from activities.move import Changes, Move
from activities.moves import promise, rewrite
from activities.notices import announce
from domain.access import SYSTEM
from domain.choosing import extended
from domain.notifications import notices
from domain.requests import WarrantyRequest
from domain.states import Kind, Side, State, Trigger
from domain.warranties import Assignment
from store import bases, cards, grants, requests
from store.tables.requests import Request

FOLLOW = "amend_with_base"
REPEATED = ("commissioned_on", "end_user", "units")


async def follow(move: Move, changes: Changes) -> tuple[int, ...]:
    """Give live extra years the start, units and end user of the amended warranty; answers the emails to send.

    Those that have a card owe its next version under the same number. Raises MoveRefused while a card of theirs
    is being printed, DuplicateSerial.
    """
    granted = await grants.latest(move.session, move.row.id)
    if granted is None or not any(name.startswith(REPEATED) for name in changes):
        return ()
    base = await requests.carried_warranty(move.session, move.row)
    queued: tuple[int, ...] = ()
    for row in await bases.resting_on(move.session, move.row.id):
        queued += await _follow(move, row, base, granted)
    return queued


async def _follow(move: Move, row: Request, base: WarrantyRequest, granted: Assignment) -> tuple[int, ...]:
    card = await cards.latest(move.session, row.id)
    if card is not None:
        standing.refuse_printing(card, move.row)
    state = State(row.state)
    own = Move(move.session, row, Trigger.AMEND, state, Side.SYSTEM, move.at, move.base_url, comment=move.comment)
    data = await requests.carried_warranty(move.session, row)
    data = replace(data, commissioned_on=base.commissioned_on, end_user=base.end_user, units=base.units)
    changes = await rewrite(move.session, row, data)
    extra = await grants.latest(move.session, row.id)
    if card is not None and extra is not None:
        longer = replace(extra, tiers=extended(granted, extra.durations))
        grants.freeze(move.session, row.id, own.next_version, longer)
        await promise(own, data, longer, number=card.number, text=card.face["text"], on=card, caused_by=move.row.id)
    requests.journalise(move.session, row, requests.Step(SYSTEM, FOLLOW, state, move.at, move.comment, changes))
    await move.session.flush()
    told = () if card is None else notices(Kind.EXTRA_YEARS, Trigger.AMEND, has_card=True)
    return await announce(
        move.session,
        row,
        told,
        cause=f"v{row.version}",
        comment=move.comment,
        at=move.at,
        base_url=move.base_url,
    )
