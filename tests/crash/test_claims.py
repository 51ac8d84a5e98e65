"""Points under SIGKILL: claims are judged, processed, answered, adjusted and cancelled while parts die."""

import asyncio
from typing import Any

import pytest

from tests.crash.account import reconciled, settled
from tests.crash.client import KEYUSER, PARTICIPANT, Client, Json, as_json, new_key
from tests.crash.desk import CrashDesk

pytestmark = pytest.mark.enable_socket

PRODUCT, POINTS, WALKS = "CS-Z25TKEW", 11, 2
KILLS = (("worker",), ("postgres",), ("worker", "api"))


async def strikes(desk: CrashDesk, walks: asyncio.Future[Any]) -> int:
    """Kill one after the other while somebody is under way; how often it was."""
    struck = 0
    for parts in KILLS:
        await asyncio.sleep(0.3)
        struck += not walks.done() and desk.kill(*parts) == len(parts)
        await asyncio.to_thread(desk.wait_until_ready)
    return struck


async def claimed(client: Client, bills: list[str]) -> str:
    """A claim with a line for each invoice, filed twice with one key."""
    lines = [
        {"product": PRODUCT, "quantity": 1, "documents": [{"requirement": "invoice", "document_id": bill}]}
        for bill in bills
    ]
    body, key = {"country": "ES", "campaign": "SPRING", "coupon": "SPRING", "lines": lines}, new_key()
    first, again = [
        await client.patiently(PARTICIPANT, "POST", "/requests/points", json=body, key=key) for _ in range(2)
    ]
    assert first.status_code in {200, 201}, first.text
    assert as_json(again)["id"] == as_json(first)["id"]
    request_id: str = as_json(first)["id"]
    return request_id


async def judged(client: Client, request_id: str, **verdicts: str) -> None:
    """Verdicts by document. Asked again after a crash, what was done already is stale: then it stands there."""
    for document_id, verdict in verdicts.items():
        version = (await client.see(request_id))["version"]
        answer = await client.patiently(
            KEYUSER,
            "PUT",
            f"/requests/{request_id}/documents/{document_id}/verdict",
            json={"version": version, "verdict": verdict, "reason": "unreadable" if verdict == "denied" else ""},
        )
        assert answer.status_code in {200, 412}, answer.text
        given = {one["document_id"]: one["verdict"] for one in (await client.see(request_id))["documents"]}
        assert given[document_id] == verdict


async def decided(client: Client, request_id: str, trigger: str, **body: Any) -> Json:
    """A decision, asked for twice with one key: one decision."""
    login, sent = await client.order(request_id, trigger, **body)
    key, path = new_key(), f"/requests/{request_id}/actions/{trigger}"
    first, again = [await client.patiently(login, "POST", path, json=sent, key=key) for _ in range(2)]
    assert first.status_code == 200, first.text
    assert as_json(again) == as_json(first)
    return as_json(first)


async def walk(client: Client, number: int) -> int:
    """One claim, from the form to its end; the points that it left."""
    good, bad, fresh = [await client.uploaded(PARTICIPANT, f"{number}.pdf") for _ in range(3)]
    request_id = await claimed(client, [good, bad, good])
    await judged(client, request_id, **{good: "accepted", bad: "denied"})
    assert (await decided(client, request_id, "process"))["state"] == "partially_accepted"
    answer = [{"line": 2, "requirement": "invoice", "document_id": fresh}]
    await decided(client, request_id, "resubmit", documents=answer)
    await judged(client, request_id, **{fresh: "accepted"})
    await decided(client, request_id, "process")
    await client.reach(request_id, "processed")
    await decided(client, request_id, "adjust", line=1, points=4, reason="half was returned")
    if number % 2:
        await decided(client, request_id, "cancel", comment="returned")
        return 0
    return 4 + 2 * POINTS


async def test_the_balance_is_what_was_granted_whatever_dies(desk: CrashDesk, client: Client) -> None:
    async def balance() -> Json:
        return as_json(await client.patiently(KEYUSER, "GET", f"/participants/{PARTICIPANT}/points"))

    before = await balance()
    walks = asyncio.gather(*(walk(client, number) for number in range(WALKS)))
    struck = await strikes(desk, walks)
    left = sum(await walks)
    assert struck == len(KILLS), "the claims were faster"
    after = await balance()
    assert after["balance"] - before["balance"] == left
    assert after["entries"][: len(before["entries"])] == before["entries"]
    assert (await settled(desk.home)).sentences == []
    assert reconciled(desk.home) == "0 differences between database and Temporal\n"
    assert client.wrong == []
