"""Messages with their unread markers, clocks as they are shown, and public look-ups that found nothing."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.clocks import Patience, Used
from domain.states import Side, State
from store import clocks, messages, misses
from store.engine import Sessions
from store.tables.requests import LookupMiss
from tests.store.rows import NOW, file_requests, request_row


def write(session: AsyncSession, version: int, side: Side | None, login: str) -> None:
    messages.write(
        session,
        request_id="R1",
        version=version,
        login=login,
        side=side,
        key=f"key {version}",
        body_hash="hash",
        text=f"message {version}",
        at=NOW,
    )


async def unread(session: AsyncSession) -> dict[str, int]:
    """How many messages each side has not read."""
    sides = {"requester": Side.REQUESTER, "keyuser": Side.KEYUSER, "ops": None}
    return {name: (await messages.unread(session, ["R1", "R2"], side)).get("R1", 0) for name, side in sides.items()}


async def test_a_message_is_unread_for_the_other_side(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2")
    async with sessions.begin() as session:
        write(session, 3, Side.KEYUSER, "keyuser.es")
        write(session, 2, Side.REQUESTER, "installer.abc")
        write(session, 4, None, "ops")
        await session.flush()
        assert [one.text for one in await messages.messages_of(session, "R1")] == [
            f"message {version}" for version in (2, 3, 4)
        ]
        assert await unread(session) == {"requester": 2, "keyuser": 2, "ops": 0}
        await messages.mark_read(session, "R1", Side.KEYUSER)
        await messages.mark_read(session, "R1", None)
        assert await unread(session) == {"requester": 2, "keyuser": 0, "ops": 0}
        await messages.mark_read(session, "R1", Side.REQUESTER)
        assert await unread(session) == {"requester": 0, "keyuser": 0, "ops": 0}


async def test_a_message_is_found_by_its_writer_and_key(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions.begin() as session:
        write(session, 2, Side.REQUESTER, "installer.abc")
        found = await messages.find(session, "R1", "installer.abc", "key 2")
        assert found is not None
        assert found.version == 2
        assert await messages.find(session, "R1", "keyuser.es", "key 2") is None


async def test_a_request_shows_whose_turn_it_is_and_until_when(sessions: Sessions) -> None:
    used = Used(keyuser=timedelta(days=2), requester=timedelta(days=10))
    async with sessions.begin() as session:
        row = request_row("R1")
        session.add(row)
        patience = await clocks.set_turn(session, row, used, NOW)
        days = [timedelta(days=count) for count in (3, 7, 14, 90)]
        assert patience == Patience(*days) == await clocks.patience_of(session, row)
        assert (row.turn, row.due_at) == ("keyuser", NOW + timedelta(days=7 - 2))
        row.state = State.DENIED
        await clocks.set_turn(session, row, used, NOW)
        assert (row.turn, row.due_at) == ("requester", NOW + timedelta(days=90 - 10))
        row.state = State.PROCESSED
        await clocks.set_turn(session, row, used, NOW)
        assert (row.turn, row.due_at) == (None, None)
    assert clocks.used_of(row, NOW + timedelta(days=1)) == used, "nobody is to act any more"


async def test_ten_misses_a_minute_are_free_and_the_eleventh_waits(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for second in range(10):
            moment = NOW + timedelta(seconds=second)
            assert await misses.exhausted_for(session, "one", moment) is None
            await misses.note(session, "one", moment)
        after = NOW + timedelta(seconds=20)
        assert await misses.exhausted_for(session, "one", after) == timedelta(seconds=40)
        assert await misses.exhausted_for(session, "other", after) is None
        assert await misses.exhausted_for(session, "one", NOW + timedelta(seconds=60)) is None


async def test_old_misses_are_forgotten(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await misses.note(session, "one", NOW)
        await misses.note(session, "other", NOW + timedelta(minutes=2))
        assert await session.scalar(select(func.count()).select_from(LookupMiss)) == 1
