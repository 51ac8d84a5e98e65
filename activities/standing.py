"""How requests and replacements stand to each other: what a replaced unit forbids, and where a new one belongs."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import FieldError, Invalid, MoveRefused, NotEditable
from domain.replacing import Installed
from domain.requests import Unit, UnitReplacement, WarrantyRequest
from domain.serials import normalise_postcode
from domain.states import State
from store import installed, known, replacements, requests, units
from store.tables.effects import Card
from store.tables.requests import Request


async def old_unit(session: AsyncSession, data: UnitReplacement) -> Installed:
    """The unit that goes. Raises Invalid if no accepted request has brought it (any more)."""
    found = await installed.installed(session, data.country, data.old_serial)
    if found is None:
        raise Invalid(
            "The country knows no such unit.",
            fields=[FieldError("/old_serial", "no installed unit of this country carries this serial number")],
        )
    return found


async def lineage(session: AsyncSession, data: UnitReplacement) -> list[str]:
    """The requests that brought the old unit, or one in whose place it stood."""
    serials = await replacements.lineage(session, data.country, data.old_serial)
    return sorted({row.id for row, _ in await installed.naming(session, data.country, serials)})


async def hold_still(session: AsyncSession, data: UnitReplacement) -> None:
    """Keep everybody from changing what the old unit was granted, until the commit.

    Rows first, then the line: others who hold their row and stand in line then never wait for each other.
    """
    for request_id in await lineage(session, data):
        await requests.locked(session, request_id)
    await known.stand_for(session, data.country, [data.old_serial, data.new_unit.serial])


async def take_place(session: AsyncSession, row: Request, data: UnitReplacement) -> None:
    """The request is found where the old unit was: by its range, its postcode, and both serials."""
    old = await old_unit(session, data)
    row.line_up = old.line_up
    row.postcode = normalise_postcode(old.postcode)
    row.commissioned_on = data.replaced_on
    await units.write_units(
        session,
        row.id,
        [Unit(old.role, data.new_unit.product, data.new_unit.serial)],
        outgoing=[Unit(old.role, old.product, data.old_serial)],
    )


async def refuse_change(session: AsyncSession, row: Request, data: WarrantyRequest) -> bool:
    """A unit that was replaced stays on its request as it was, and so does its start. Answers whether there is one.

    Raises NotEditable: the replacement's outcome was computed from these.
    """
    before = await requests.carried_warranty(session, row)
    replaced = await replacements.replaced_among(session, row.country, [unit.serial for unit in before.units])
    if not replaced:
        return False
    wrong = [
        FieldError("/data/units", f"{unit.serial} was replaced: it may not change")
        for unit in before.units
        if unit.serial in replaced and unit not in data.units
    ]
    if data.commissioned_on != before.commissioned_on:
        wrong.append(FieldError("/data/commissioned_on", "may not change: a unit was replaced since"))
    if wrong:
        raise NotEditable("A unit of this request was replaced; cancel the replacement first.", fields=wrong)
    return True


async def refuse_cancel(session: AsyncSession, row: Request) -> None:
    """A granted warranty stands while a replacement rests on it. Raises MoveRefused naming it: that goes first."""
    replacement = await resting_on(session, row)
    if replacement is not None:
        raise MoveRefused(
            f"A unit of this request was replaced by {replacement}; cancel that one first.",
            facts={"state": row.state, "allowed_actions": [], "replacement": replacement},
        )


async def resting_on(session: AsyncSession, row: Request) -> str | None:
    """The replacement that rests on a granted warranty, None where the warranty may be cancelled."""
    if row.state != State.PROCESSED:
        return None
    brought = await units.brought_by(session, row.id)
    replaced = await replacements.replaced_among(session, row.country, brought)
    return next((one.request_id for one in replaced.values()), None)


def refuse_printing(card: Card, row: Request) -> None:
    """A card that is still being printed gets no next version. Raises MoveRefused, for the request that wants one."""
    if card.status == "pending":
        raise MoveRefused(
            f"The card {card.number} is being printed; try again when it is.",
            facts={"state": row.state, "allowed_actions": []},
        )
