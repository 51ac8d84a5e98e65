"""Extra years fall with the warranty that they rest on, in the same transaction (`domain.md` §2.1, §2.3)."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from domain.errors import MoveRefused
from store import bases, requests
from store.tables.requests import JournalEntry, Request
from tests.api.refusals import refusal
from tests.kinds.walks import (
    ask_extra_years,
    cancelled_on_the_page,
    card_of,
    chosen,
    extra_filed,
    extra_granted,
    found,
    granted,
    proof,
    visitor,
    workflow_ended,
)
from tests.stack.countries import NewCountry, new_country
from tests.stack.outbox import emails_about
from tests.stack.papers import squeezed, text_of
from tests.stack.running import BASE_URL, Stack
from tests.stack.walks import Json, decided, eventually, history, pulled, seen, settled
from workers.reconcile import reconcile

LONG = timedelta(days=3650)


async def about(stack: Stack, *requests: Json) -> list[str]:
    """What `keydesk reconcile` says of these requests."""
    ids = [one["id"] for one in requests]
    return [line for line in await reconcile(stack.settings) if any(one in line for one in ids)]


async def ended(stack: Stack, country: NewCountry, base: Json, extra: Json, by: str) -> str:
    """Cancel the base; the comment that the keyuser gives."""
    if by == "keyuser":
        await decided(stack, country.keyuser, base["id"], "cancel", comment="Returned.")
        return "Returned."
    assert (await cancelled_on_the_page(stack, base)).status_code == 200
    return ""


@pytest.mark.parametrize("by", ["keyuser", "end_user"])
@pytest.mark.parametrize("state", ["submitted", "processed"])
async def test_cancelling_the_base_cancels_them(stack: Stack, by: str, state: str) -> None:
    country = await new_country(stack, withdrawal_period=LONG)
    base = await granted(stack, country)
    extra = await (extra_filed(stack, base) if state == "submitted" else extra_granted(stack, base, country.keyuser))
    before = len(emails_about(stack, extra["id"])) if state == "processed" else 2
    comment = await ended(stack, country, base, extra, by)
    fallen, below = await settled(stack, extra["id"]), await settled(stack, base["id"])
    assert (fallen["state"], fallen["cancelled_by"]) == ("cancelled", by)
    assert (below["state"], below["cancelled_by"]) == ("cancelled", by)
    assert {card["status"] for card in (*fallen["cards"], *below["cards"])} == {"withdrawn"}
    last = (await history(stack, extra["id"]))[-1]
    assert (last["actor"], last["action"], last["from_state"]) == ("system", "cancel_with_base", state)
    assert last["comment"] == comment
    told = emails_about(stack, extra["id"])[before:]
    assert [one.envelope_to for one in told] == [f"{country.partner}@keydesk.example"]
    assert await workflow_ended(stack, extra["id"]) in {"cancelled", "processed"}
    if by == "keyuser":  # comparing every case of the suite takes its time: once for each state
        assert await about(stack, base, extra) == []
    assert [one["card"] for one in await found(stack, base)] == [None, None]


async def test_they_fall_in_the_same_transaction(stack: Stack) -> None:
    country = await new_country(stack)
    base = await granted(stack, country)
    extra = await extra_filed(stack, base)
    await decided(stack, country.keyuser, base["id"], "cancel", comment="Returned.")
    async with stack.sessions() as session:
        entries = await session.scalars(
            select(JournalEntry).where(
                JournalEntry.request_id.in_([base["id"], extra["id"]]), JournalEntry.to_state == "cancelled"
            )
        )
        assert len({entry.at for entry in entries}) == 1


async def test_a_withdrawn_card_of_extra_years_is_not_public_and_verifies_as_withdrawn(stack: Stack) -> None:
    country = await new_country(stack)
    base = await granted(stack, country)
    extra = await extra_granted(stack, base, country.keyuser)
    paper = squeezed(text_of(await card_of(stack, extra)))
    start = paper.index(f"{BASE_URL}/verify/") + len(f"{BASE_URL}/verify/")
    token = paper[start : start + 22]
    client = visitor(stack)
    path = f"/api/v1/public/warranties/{extra['id']}/card"
    assert (await client.post(path, json=proof(extra))).status_code == 200
    assert (await client.get(f"/verify/{token}")).json()["status"] == "valid"
    await decided(stack, country.keyuser, base["id"], "cancel", comment="Returned.")
    assert refusal(await client.post(path, json=proof(extra))) == (404, "not_found")
    assert (await client.get(f"/verify/{token}")).json()["status"] == "withdrawn"


async def test_those_that_are_denied_or_cancelled_already_stay_as_they_were(stack: Stack) -> None:
    country = await new_country(stack)
    base = await granted(stack, country)
    denied, cancelled = await extra_filed(stack, base), None
    await decided(stack, country.keyuser, denied["id"], "deny", comment="Not paid.")
    cancelled = await extra_filed(stack, base)
    await decided(stack, country.keyuser, cancelled["id"], "cancel", comment="Not paid either.")
    await decided(stack, country.keyuser, base["id"], "cancel", comment="Returned.")
    assert [(await seen(stack, one["id"]))["state"] for one in (denied, cancelled)] == ["denied", "cancelled"]
    assert [len(await history(stack, one["id"])) for one in (denied, cancelled)] == [2, 2]


async def test_another_warrantys_extra_years_stand(stack: Stack) -> None:
    country = await new_country(stack)
    base, other = await granted(stack, country), await granted(stack, country)
    extra = await extra_filed(stack, other)
    await decided(stack, country.keyuser, base["id"], "cancel", comment="Returned.")
    assert (await seen(stack, extra["id"]))["state"] == "submitted"


async def test_base_cancelled_while_they_are_accepted(stack: Stack) -> None:
    """Both at once, several times: whoever is first, no extra years outlive their base, and all stories agree."""
    country = await new_country(stack)
    outcomes, all_of_them = set(), []
    for _ in range(4):
        base = await granted(stack, country)
        extra = await extra_filed(stack, base)
        all_of_them += [base, extra]
        await chosen(stack, country.keyuser, extra["id"], "XEU-2")
        accept, cancel = await asyncio.gather(
            pulled(stack, country.keyuser, extra["id"], "accept", version=2),
            pulled(stack, country.keyuser, base["id"], "cancel", comment="Returned."),
        )
        outcomes.add(accept.status_code)
        assert cancel.status_code == 200, cancel.text
        assert accept.status_code == 200 or refusal(accept)[1] in {"move_refused", "stale_version"}
        fallen = await settled(stack, extra["id"])
        await settled(stack, base["id"])
        assert (fallen["state"], fallen["cancelled_by"]) == ("cancelled", "keyuser")
        assert {card["status"] for card in fallen["cards"]} <= {"withdrawn"}
        told = [one.message_id for one in emails_about(stack, extra["id"]) if ".cancelled." in one.message_id]
        assert len(told) == 1
        assert await workflow_ended(stack, extra["id"]) == "cancelled"
    assert await about(stack, *all_of_them) == []
    assert outcomes <= {200, 409, 412}


async def test_whoever_accepts_them_waits_for_the_base_with_empty_hands(stack: Stack) -> None:
    """A cancellation holds the base, then wants what rests on it: it must not be kept waiting by who waits for it."""
    country = await new_country(stack)
    base = await granted(stack, country)
    extra = await extra_filed(stack, base)
    await chosen(stack, country.keyuser, extra["id"], "XEU-2")
    async with stack.sessions.begin() as session:
        await requests.locked(session, base["id"])
        accepting = asyncio.create_task(pulled(stack, country.keyuser, extra["id"], "accept"))
        await eventually(lambda: somebody_waits(stack), "nobody waits for the base")
        await session.execute(text("SET LOCAL lock_timeout = '300ms'"))  # before PostgreSQL looks for deadlocks
        assert [one.id for one in await bases.resting_on(session, base["id"])] == [extra["id"]]
    assert (await accepting).status_code == 200


async def somebody_waits(stack: Stack) -> bool:
    """Whether a transaction waits for a lock that another one holds."""
    async with stack.sessions() as session:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        return bool(await session.scalar(waiting))


async def test_base_cancelled_while_they_are_asked_for(stack: Stack) -> None:
    country = await new_country(stack)
    for _ in range(4):
        base = await granted(stack, country)
        asked, cancel = await asyncio.gather(
            ask_extra_years(stack, base), pulled(stack, country.keyuser, base["id"], "cancel", comment="Returned.")
        )
        assert cancel.status_code == 200
        if asked.status_code == 201:
            extra = await settled(stack, asked.json()["id"])
            assert extra["state"] == "cancelled"
        else:
            assert refusal(asked) == (409, MoveRefused.code)
        async with stack.sessions.begin() as session:
            assert await bases.resting_on(session, base["id"]) == []
            rows = await session.scalars(select(Request).where(Request.base_id == base["id"]))
            assert {row.state for row in rows} <= {"cancelled"}
