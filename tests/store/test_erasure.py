"""Which requests are due to be erased: settled ones, older than their country keeps what they say about people."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.periods import TierPeriod
from domain.policies import Tier
from domain.pools import Pool
from domain.states import Kind, Side, State
from domain.warranties import Assignment
from store import cards, emails, erasure, grants, pools, requests
from store.engine import Sessions
from store.requests import Step
from store.tables.countries import Country
from tests.store.rows import NOW, request_row

KEPT = timedelta(days=100)
LONG_AGO, LATELY = NOW - timedelta(days=101), NOW - timedelta(days=99)


async def settled(sessions: Sessions, request_id: str = "R1", at: datetime = LONG_AGO, **changed: Any) -> None:
    """A request that was submitted and denied for good at the same moment, unless `changed`."""
    facts = {"kind": Kind.END_USER_WARRANTY.value, "submitted_at": at, **changed}
    async with sessions.begin() as session:
        spain = await session.get_one(Country, "ES")
        spain.personal_data_retention = KEPT
        row = request_row(request_id, **facts)
        session.add(row)
        await session.flush()
        requests.journalise(session, row, Step("end_user", "submit", State.SUBMITTED, at))
        requests.journalise(session, row, Step("keyuser.es", "deny", State(changed.get("state", State.DENIED)), at))


async def due(sessions: Sessions) -> list[str]:
    async with sessions() as session:
        return [one async for one in erasure.due(session, NOW)]


async def test_what_was_settled_long_ago_is_due_the_oldest_first(sessions: Sessions) -> None:
    await settled(sessions, "R2")
    await settled(sessions, "R1", LONG_AGO - timedelta(days=1))
    await settled(sessions, "YOUNG", LATELY)
    await settled(sessions, "PT1", country="PT", login="installer.pt")
    assert await due(sessions) == ["R1", "R2"], "PT keeps everything"


async def test_what_was_settled_lately_is_kept_however_old_it_is(sessions: Sessions) -> None:
    await settled(sessions)
    async with sessions.begin() as session:
        row = await requests.locked(session, "R1")
        assert row is not None
        requests.journalise(session, row, Step("keyuser.es", "edit", State.DENIED, LATELY))
    assert await due(sessions) == []


@pytest.mark.parametrize(
    "changed", [{"turn": Side.KEYUSER.value, "state": State.SUBMITTED.value}, {"state": "accepted"}]
)
async def test_what_waits_for_somebody_is_kept(sessions: Sessions, changed: dict[str, Any]) -> None:
    await settled(sessions, **changed)
    assert await due(sessions) == []


async def test_what_is_to_be_sent_or_printed_is_kept(sessions: Sessions) -> None:
    await settled(sessions, "MAIL")
    await settled(sessions, "CARD")
    await settled(sessions, "DONE")
    async with sessions.begin() as session:
        about: dict[str, Any] = {"cause": "v2", "event": "denied", "recipient": "partner", "to": "a@example.org"}
        await emails.queue(session, request_id="MAIL", **about, language="es", tags={}, card_version=None, at=LONG_AGO)
        number = await pools.draw(session, "ES", Pool.CARD, "CARD")
        await cards.promise(
            session, request_id="CARD", request_version=2, version=1, number=number, token="t", face={"units": []}
        )
    assert await due(sessions) == ["DONE"]


@pytest.mark.parametrize(("end", "expected"), [(date(2026, 7, 1), ["R1"]), (date(2026, 10, 1), [])])
async def test_the_time_counts_from_the_end_of_the_last_warranty(
    sessions: Sessions, end: date, expected: list[str]
) -> None:
    await settled(sessions)
    start = date(2025, 1, 1)
    async with sessions.begin() as session:
        older = TierPeriod(Tier.FULL, start, date(2030, 1, 1), 1826)
        grants.freeze(session, "R1", 2, Assignment(policy="STD-1-5", tiers=(older,)))
        newest = (TierPeriod(Tier.FULL, start, date(2026, 1, 1), 365), TierPeriod(Tier.COMPRESSOR, start, end, 1))
        grants.freeze(session, "R1", 3, Assignment(policy="STD-1-5", tiers=newest))
    assert await due(sessions) == expected
