"""Whose turn a request shows, and until when."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.clocks import Clocks, Patience, Used, turn_of
from domain.states import Kind, Side, State
from store.tables.countries import Country
from store.tables.requests import Request


async def patience_of(session: AsyncSession, row: Request) -> Patience:
    """The country's settings as they are now. What is credited does not expire (`domain.md` §2.4)."""
    country = await session.get_one(Country, row.country)
    return Patience(
        keyuser_reminder=country.keyuser_reminder,
        keyuser_escalation=country.keyuser_escalation,
        requester_reminder=country.requester_reminder,
        requester_expiry=None if row.credited else country.requester_expiry,
    )


async def set_turn(session: AsyncSession, row: Request, used: Used, at: datetime) -> Patience:
    """Write down whose turn it is from `at` on, and until when, and answer the country's patience."""
    patience = await patience_of(session, row)
    clocks = Clocks(since=at, turn=turn_of(Kind(row.kind), State(row.state)), before=used)
    row.turn, row.turn_since, row.due_at = clocks.turn, at, clocks.due_at(patience)
    row.keyuser_used, row.requester_used = used.keyuser, used.requester
    return patience


def used_of(row: Request, now: datetime) -> Used:
    """What each side has used up by `now`."""
    before = Used(keyuser=row.keyuser_used, requester=row.requester_used)
    turn = Side(row.turn) if row.turn else None
    return Clocks(since=row.turn_since or now, turn=turn, before=before).used(now)
