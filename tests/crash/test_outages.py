"""A part is away, hangs, is full or refuses for good: requests wait for it and go on, and nothing spins."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest
from temporalio.client import Client as Temporal

from tests.crash.account import reconciled, settled
from tests.crash.client import INSTALLER, KEYUSER, NEIGHBOUR, Client, act, new_key
from tests.crash.desk import CrashDesk, wait_until
from tests.crash.mail import REFUSED
from tests.stack.walks import PDF

pytestmark = pytest.mark.enable_socket

SOON = 5.0  # seconds: what a caller calls fast, on a machine that does a lot beside
KIB = 1024


async def attempts(desk: CrashDesk, request_id: str, activity: str) -> list[int]:
    """How often each activity of this type has been tried that is still pending on the request."""
    temporal = await Temporal.connect(desk.run["temporal"])
    described = await temporal.get_workflow_handle(request_id).describe()
    pending = described.raw_description.pending_activities
    return [one.attempt for one in pending if one.activity_type.name == activity]


async def tried(desk: CrashDesk, request_id: str, activity: str, times: int) -> None:
    """Wait until one of these activities has failed so often."""
    async with asyncio.timeout(60):
        while max(await attempts(desk, request_id, activity), default=0) <= times:
            await asyncio.sleep(0.1)


async def emails(client: Client, request_id: str) -> dict[str, str]:
    """Status by event."""
    return {email["event"]: email["status"] for email in (await client.see(request_id))["emails"]}


async def all_sent(client: Client, request_id: str) -> None:
    """Wait until no email of the request is queued; all must have been sent."""
    async with asyncio.timeout(60):
        while "queued" in (found := await emails(client, request_id)).values():
            await asyncio.sleep(0.2)
    assert set(found.values()) == {"sent"}


async def processed(client: Client, request_id: str) -> float:
    """Accept it; how long that took, until the card was issued."""
    began = time.monotonic()
    await client.decide(request_id, "accept")
    await client.reach(request_id, "processed")
    return time.monotonic() - began


def readiness(desk: CrashDesk) -> tuple[int, dict[str, bool]]:
    """What /readyz says."""
    answer = httpx.get(f"{desk.run['api']}/readyz", timeout=10)
    return answer.status_code, answer.json()["checks"]


def refused(answer: httpx.Response | None) -> str:
    """The code of a 503. (The client has checked that it says when to come back.)"""
    assert answer is not None
    assert answer.status_code == 503, answer.text
    code: str = answer.json()["code"]
    return code


async def test_emails_wait_for_a_mail_server_that_is_down(desk: CrashDesk, client: Client) -> None:
    with desk.without("mail"):
        request_id = (await client.file())["id"]
        assert await processed(client, request_id) < SOON
        began = time.monotonic()
        await tried(desk, request_id, "send_email", 2)
        # Tried at once, after 2 s, after 4 s more: it does not spin.
        assert max(await attempts(desk, request_id, "send_email")) <= 3 + (time.monotonic() - began) / 4
        assert await emails(client, request_id) == {"submitted": "queued", "processed": "queued"}
    await all_sent(client, request_id)


async def test_decisions_do_not_wait_for_a_mail_server_that_hangs(desk: CrashDesk, client: Client) -> None:
    with desk.frozen("mail"):
        ids = [(await client.file())["id"] for _ in range(6)]  # more than emails are sent at once
        assert max([await processed(client, one) for one in ids]) < SOON
        assert await emails(client, ids[-1]) == {"submitted": "queued", "processed": "queued"}
    for one in ids:
        await all_sent(client, one)


@contextmanager
def address(desk: CrashDesk, login: str, email: str) -> Iterator[None]:
    """Another address for an account meanwhile."""
    with psycopg.connect(desk.run["database"], autocommit=True) as connection:
        connection.execute("UPDATE accounts SET email = %s WHERE login = %s", (email, login))
        try:
            yield
        finally:
            connection.execute("UPDATE accounts SET email = %s WHERE login = %s", (f"{login}@keydesk.example", login))


async def test_a_permanent_refusal_shows_on_the_request_which_goes_on(desk: CrashDesk, client: Client) -> None:
    with address(desk, NEIGHBOUR, REFUSED):
        request_id = (await client.file(NEIGHBOUR))["id"]
        await processed(client, request_id)
    await asyncio.to_thread(wait_until, lambda: failures(desk, request_id) == 2, "the emails do not fail")
    request = await client.see(request_id)
    assert request["state"] == "processed"
    assert {(email["event"], email["status"], email["error"]) for email in request["emails"]} == {
        ("submitted", "failed", "recipient refused with 550"),
        ("processed", "failed", "recipient refused with 550"),
    }


def failures(desk: CrashDesk, request_id: str) -> int:
    """How many emails of the request have failed for good."""
    with psycopg.connect(desk.run["database"]) as connection:
        query = "SELECT count(*) FROM emails WHERE request_id = %s AND status = 'failed'"
        row = connection.execute(query, (request_id,)).fetchone()
    assert row
    return int(row[0])


async def test_without_a_database_callers_are_told_to_come_back(desk: CrashDesk, client: Client) -> None:
    request_id, accepted = [(await client.file())["id"] for _ in range(2)]
    login, order = await client.order(request_id, "accept")
    key, body, decision = new_key(), await client.body(), new_key()
    under_way = asyncio.ensure_future(client.decide(accepted, "accept"))
    with desk.without("postgres"):
        read = await client.once(KEYUSER, "GET", f"/requests/{request_id}")
        submitted = await client.once(INSTALLER, "POST", "/requests/commissioning", json=body, key=key)
        decided = await client.once(login, "POST", act(request_id, "accept"), json=order, key=decision)
        assert {refused(read), refused(submitted), refused(decided)} == {"unavailable"}
        assert readiness(desk) == (503, {"database": False, "temporal": True, "worker": True})
        assert httpx.get(f"{desk.run['api']}/healthz", timeout=10).status_code == 200
    assert (await client.filed(key, body))["state"] == "submitted"
    again = await client.patiently(login, "POST", act(request_id, "accept"), json=order, key=decision)
    assert again.status_code == 200
    await under_way
    for one in (request_id, accepted):
        await client.reach(one, "processed")


async def test_without_temporal_a_submission_waits_for_its_key(desk: CrashDesk, client: Client) -> None:
    request_id = (await client.file())["id"]
    login, order = await client.order(request_id, "accept")
    key, body, decision = new_key(), await client.body(), new_key()
    with desk.without("temporal"):
        began = time.monotonic()
        submitted, decided, read = await asyncio.gather(
            client.once(INSTALLER, "POST", "/requests/commissioning", json=body, key=key),
            client.once(login, "POST", act(request_id, "accept"), json=order, key=decision),
            client.once(KEYUSER, "GET", f"/requests/{request_id}"),
        )
        took = time.monotonic() - began
        assert {refused(submitted), refused(decided)} == {"unavailable"}
        assert read is not None
        assert read.json()["state"] == "submitted"
        assert readiness(desk) == (503, {"database": True, "temporal": False, "worker": False})
        assert took < 30
    assert (await client.filed(key, body))["state"] == "submitted"
    again = await client.patiently(login, "POST", act(request_id, "accept"), json=order, key=decision)
    assert again.status_code == 200
    await client.reach(request_id, "processed")


@pytest.mark.parametrize("size", [100 * KIB, 3 * KIB * KIB])
async def test_a_full_document_store_takes_nothing_and_keeps_nothing(
    desk: CrashDesk, client: Client, size: int
) -> None:
    before = stored(desk)
    room = (desk.home / "logs" / "api.log").stat().st_size + 32 * KIB
    files = {"file": ("invoice.pdf", PDF + new_key().encode() + bytes(size + room))}
    with desk.full_disk("api", room):
        assert refused(await client.once(INSTALLER, "POST", "/documents", files=files)) == "unavailable"
        assert stored(desk) == before
    taken = await client.patiently(INSTALLER, "POST", "/documents", files=files)
    assert taken.status_code == 201


def stored(desk: CrashDesk) -> tuple[Any, ...]:
    """Every stored file, and how many documents the database knows."""
    with psycopg.connect(desk.run["database"]) as connection:
        rows = connection.execute("SELECT count(*) FROM documents").fetchone()
    return (rows, sorted(file.name for file in (desk.home / "documents").rglob("*") if file.is_file()))


async def test_a_card_waits_for_room_in_the_document_store(desk: CrashDesk, client: Client) -> None:
    request_id = (await client.file())["id"]
    with desk.full_disk("worker", KIB):
        await client.decide(request_id, "accept")
        await tried(desk, request_id, "issue_card", 2)
        request = await client.see(request_id)
        assert (request["state"], request["cards"], request["warnings"]) == ("accepted", [], [])
    request = await client.reach(request_id, "processed")
    assert [card["status"] for card in request["cards"]] == ["valid"]


async def test_the_account_is_empty_afterwards(desk: CrashDesk, client: Client) -> None:
    found = await settled(desk.home)
    assert found.sentences == []
    assert reconciled(desk.home) == "0 differences between database and Temporal\n"
    assert client.wrong == []
