"""What the moves of a unit replacement do to the database, each in one transaction (`domain.md` §2.5)."""

from sqlalchemy.ext.asyncio import AsyncSession

from activities import assessment, moves, reissuing, standing
from activities.move import Changes, Making, Move
from domain import replacements as rules
from domain.errors import MoveRefused
from domain.inventory import INSTALLED
from domain.replacements import Outcome
from domain.replacing import Installed, swap_of
from domain.requests import UnitReplacement, UnitRole
from domain.states import State, Trigger
from store import grants, inventories, known, policies, pools, replacements, requests, stock
from store.snapshots import to_json
from store.tables.requests import Request


async def settle(
    session: AsyncSession, row: Request, data: UnitReplacement, *, superuser: bool
) -> tuple[Outcome, Installed]:
    """What the replacement as it stands would bring about, and the unit that goes. Changes nothing.

    Raises ReasonRequired, ReasonNotAllowed, Invalid for an unknown old unit, MoveRefused without an inventory.
    """
    old = await standing.old_unit(session, data)
    inventory = await _inventory(session, row)
    sale = await assessment.sale_of(
        session,
        row,
        products=[data.new_unit.product],
        commissioned_on=data.replaced_on,
        sales_method=data.sales_method,
        gives_warranty=None,
        superuser=superuser,
        indoor=old.role is UnitRole.INDOOR,
    )
    current = await policies.current_policies(session, row.country)
    return rules.outcome(swap_of(data), old.unit, inventory.definition, current, sale), old


async def accept(move: Move) -> Changes:
    """Close the old warranty and link it, start the new one, record moves and charge, reissue the card.

    Raises as `settle`, AlreadyReplaced, and NoFreeCode if a number is needed; then nothing has changed.
    """
    session, data = move.session, await carried(move.session, move.row)
    await standing.hold_still(session, data)
    await known.refuse_replaced(session, data.country, [data.old_serial])
    superuser = move.actor is not None and move.actor.superuser
    outcome, old = await settle(session, move.row, data, superuser=superuser)
    await replacements.book(session, move.row.id, data, outcome, move.at)
    grants.freeze(session, move.row.id, move.next_version, outcome.assignment)
    inventory = await _inventory(session, move.row)
    await stock.book(session, move.row.id, data, outcome, old_product=old.product, inventory=inventory.name, at=move.at)
    changes: Changes = {
        "charge": {"from": None, "to": outcome.charge},
        "policy": {"from": None, "to": outcome.assignment.policy},
        "replaced": {"from": data.old_serial, "to": data.new_unit.serial},
    }
    if await reissuing.reissue(move, data.old_serial, data, outcome.assignment, old.role):
        return changes
    if outcome.assignment.policy is None:
        return changes
    number = await pools.draw(session, data.country, data.pool, move.row.id, move.row.company_id)
    await reissuing.issue_own(move, data, outcome.assignment, old, number)
    return {**changes, "card_number": {"from": None, "to": number}}


async def amend(move: Move) -> Changes:
    """Take over the correction: new serial or product, another day. No charge, no move; the next card version.

    Raises MoveRefused if the new unit was replaced since, ReasonNotAllowed for a day that the old warranty does
    not cover as before.
    """
    session, before = move.session, await carried(move.session, move.row)
    await standing.hold_still(session, before)
    booked = await replacements.booked(session, move.row.id)
    if booked is None:
        raise TypeError("a processed replacement was booked")
    await _refuse_followed(move, before)
    changes = await moves.resubmit(move)
    data = await carried(session, move.row)
    old = await standing.old_unit(session, data)
    outcome = rules.redated(replacements.outcome_of(booked), old.unit, data.replaced_on).renamed(data.new_unit.serial)
    booked.new_serial, booked.replaced_on, booked.outcome = data.new_unit.serial, data.replaced_on, to_json(outcome)
    await session.flush()
    await stock.rename(session, data.country, before.new_unit.serial, data.new_unit.serial)
    grants.freeze(session, move.row.id, move.next_version, outcome.assignment)
    await reissuing.reissue(move, before.new_unit.serial, data, outcome.assignment, old.role)
    return changes


async def end(move: Move) -> Changes:
    """As for every kind; a replacement that was booked is undone: the old unit is back, with its warranty and card.

    Raises MoveRefused while another request names the new unit.
    """
    if move.row.state == State.PROCESSED:
        data = await carried(move.session, move.row)
        await standing.hold_still(move.session, data)
        await _refuse_followed(move, data)
        await _undo(move, data)
    return await moves.end(move)


async def carried(session: AsyncSession, row: Request) -> UnitReplacement:
    """What the replacement carries. Raises TypeError for another kind."""
    data = await requests.carried(session, row)
    if not isinstance(data, UnitReplacement):
        raise TypeError(f"{row.kind} is no unit replacement")
    return data


async def _undo(move: Move, data: UnitReplacement) -> None:
    booked = await replacements.booked(move.session, move.row.id)
    if booked is None:
        raise TypeError("a processed replacement was booked")
    booked.undone_at = move.at
    await move.session.flush()
    await stock.unbook(move.session, move.row.id, data, INSTALLED, move.at)
    await reissuing.take_back(move, data)


async def _refuse_followed(move: Move, data: UnitReplacement) -> None:
    """A chain is taken apart from its end: what others say about the new unit would hang in the air."""
    others = await known.named_by(move.session, data.country, data.new_unit.serial, move.row.id)
    if others:
        raise MoveRefused(
            f"The new unit is named by {', '.join(others)}; those go first.",
            facts={"state": move.row.state, "allowed_actions": [], "named_by": others},
        )


async def _inventory(session: AsyncSession, row: Request) -> inventories.Named:
    found = await inventories.active(session, row.country)
    if found is None:
        raise MoveRefused(
            "The country has no active inventory definition: nobody knows where the units come from and go to.",
            facts={"state": row.state, "allowed_actions": []},
        )
    return found


MOVES: dict[Trigger, Making] = {
    **moves.MOVES,
    Trigger.ACCEPT: accept,
    Trigger.AMEND: amend,
    Trigger.WITHDRAW: end,
    Trigger.CANCEL: end,
    Trigger.CANCEL_BY_END_USER: end,
    Trigger.EXPIRE: end,
}
