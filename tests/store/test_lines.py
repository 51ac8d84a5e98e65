"""The lines of points requests and the ledger: push periods by the local day of the first submission, append-only."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.points import CANCEL, GRANT, Entry
from domain.requests import Line
from domain.states import Kind
from store import ledger, lines
from store.engine import Sessions
from store.snapshots import to_json
from store.tables.countries import Country
from store.tables.loyalty import LedgerEntry, PushPeriod, RequestLine
from store.tables.requests import Request
from tests.store.rows import NOW, request_row
from workers import reconcile

ANA, PUSHED = "participant.ana", "CS-Z35TKEW"
FIRST, LAST = date(2026, 3, 29), date(2026, 10, 25)  # the days on which the clocks change


def claim_row(request_id: str = "ES-PTS-1", **changed: Any) -> Request:
    """A points request in the demo's campaign."""
    return request_row(request_id, kind=Kind.POINTS, login=ANA, campaign="SPRING", data={}, **changed)


async def filed(session: AsyncSession, *wanted: Line, **changed: Any) -> Request:
    """A points request with these lines."""
    row = claim_row(**changed)
    session.add(row)
    await session.flush()
    await lines.write(session, row.id, (), wanted)
    return row


@pytest.mark.parametrize("zone", ["Europe/Madrid", "Europe/Lisbon"])
@pytest.mark.parametrize(
    ("minute", "multiplier"),
    [
        ((2026, 3, 29, 0, 0), 3),
        ((2026, 3, 28, 23, 59), 1),
        ((2026, 10, 25, 23, 59), 3),
        ((2026, 10, 26, 0, 0), 1),
        ((2026, 7, 1, 12, 0), 3),
    ],
)
async def test_the_country_says_when_a_day_begins(
    sessions: Sessions, zone: str, minute: tuple[int, int, int, int, int], multiplier: int
) -> None:
    submitted_at = datetime(*minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    async with sessions.begin() as session:
        await session.execute(update(Country).where(Country.code == "ES").values(time_zone=zone))
        await session.execute(update(PushPeriod).values(first_day=FIRST, last_day=LAST))
        row = await filed(session, Line(PUSHED, 2), submitted_at=submitted_at)
        [line] = await lines.judged_of(session, row)
    assert (line.rate.multiplier, line.points) == (multiplier, 40 * multiplier)
    assert line.rate.pushed is (multiplier == 3)


async def test_a_credited_line_keeps_its_rate_whatever_is_configured_later(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = await filed(session, Line(PUSHED, 2))
        before = await lines.judged_of(session, row)
        [written] = await lines.lines_of(session, row.id)
        written.rate = to_json(before[0].rate)
        await session.execute(update(PushPeriod).values(multiplier=9))
        assert await lines.judged_of(session, row) == before
        written.rate = None
        assert (await lines.judged_of(session, row))[0].points == 360


@pytest.mark.parametrize(
    "order",
    ["UPDATE ledger SET points = 9", "UPDATE ledger SET cause = cause", "DELETE FROM ledger", "TRUNCATE ledger"],
)
async def test_the_database_changes_no_entry(sessions: Sessions, order: str) -> None:
    async with sessions.begin() as session:
        row = await filed(session, Line(PUSHED, 1))
        ledger.book(session, row, (Entry(1, GRANT, 60),), NOW)
    with pytest.raises(DBAPIError, match="append-only"):
        async with sessions.begin() as session:
            await session.execute(text(order))
    async with sessions() as session:
        assert await ledger.balance(session, ANA) == 60


async def test_the_database_books_nothing_twice(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = await filed(session, Line(PUSHED, 1))
        ledger.book(session, row, (Entry(1, GRANT, 60), Entry(1, CANCEL, -60)), NOW)
    with pytest.raises(IntegrityError):
        async with sessions.begin() as session:
            ledger.book(session, row, (Entry(1, GRANT, 60),), NOW)
    async with sessions() as session:
        assert await ledger.balance(session, ANA) == 0
        assert [entry.points for entry in await ledger.statement(session, ANA)] == [60, -60]
        assert await ledger.balance(session, "nobody") == 0


async def test_entries_are_found_by_request_and_line(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = await filed(session, Line(PUSHED, 1), Line(PUSHED, 1))
        ledger.book(session, row, (Entry(2, GRANT, 60), Entry(2, "adjust:4", -1)), NOW)
        await session.flush()
        found = await ledger.entries_of(session, [row.id])
        assert dict(found) == {(row.id, 2): (Entry(2, GRANT, 60), Entry(2, "adjust:4", -1))}


async def test_what_was_decided_about_a_line_does_not_outlive_a_change_of_it(sessions: Sessions) -> None:
    before = (Line(PUSHED, 1), Line(PUSHED, 1, {"serials": "1"}), Line(PUSHED, 1))
    async with sessions.begin() as session:
        row = await filed(session, *before)
        for line in await lines.lines_of(session, row.id):
            line.verdict, line.override = "accepted", 5
        after = (before[0], Line(PUSHED, 1, {"serials": "2"}))
        await lines.write(session, row.id, before, after)
        found = [(line.n, line.verdict, line.override) for line in await lines.lines_of(session, row.id)]
    assert found == [(1, "accepted", 5), (2, None, None)]


async def test_reconcile_names_what_the_ledger_has_wrong(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = await filed(session, Line(PUSHED, 1), Line(PUSHED, 1))
        for line in await lines.lines_of(session, row.id):
            line.verdict = "accepted"
        ledger.book(session, row, (Entry(1, GRANT, 60), Entry(2, GRANT, 60)), NOW)
        row.credited = True
    async with sessions() as session:
        assert [one async for one in reconcile.misbooked(session)] == []
    async with sessions.begin() as session:
        session.add(LedgerEntry(request_id=row.id, line=1, cause="gift", login=ANA, points=7, at=NOW))
        await session.execute(update(RequestLine).where(RequestLine.n == 2).values(override=1))
        await session.execute(update(Request).values(credited=False))
    async with sessions() as session:
        assert await session.scalar(select(LedgerEntry.points).where(LedgerEntry.cause == "gift")) == 7
        assert [one async for one in reconcile.misbooked(session)] == [
            f"{row.id}: line 1 has 67 points in the ledger, 60 are granted",
            f"{row.id}: line 2 has 60 points in the ledger, 1 are granted",
            f"{row.id}: the request and the ledger do not agree whether points are credited",
        ]
