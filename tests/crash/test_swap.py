"""SIGKILL between the booking of a unit replacement and its card: one booking, one card."""

import asyncio
import time

import pytest

from tests.crash import points
from tests.crash.account import account, reconciled, settled
from tests.crash.client import PARTNER, Client, Json, new_key
from tests.crash.desk import CrashDesk
from tests.crash.test_points import struck
from tests.stack.days import day

pytestmark = pytest.mark.enable_socket


async def filed(client: Client) -> tuple[Json, Json]:
    """A replacement that waits for its decision, and the request that brought the old unit."""
    base = await client.file()
    await client.decide(base["id"], "accept")
    await client.reach(base["id"], "processed")
    [invoice] = [one for one in await client.documents(PARTNER) if one["requirement"] == "invoice"]
    body = {
        "country": "ES",
        "old_serial": base["data"]["units"][0]["serial"],
        "new_unit": {"product": "CU-2Z50TBE", "serial": f"N{time.time_ns():019d}"},
        "replaced_on": day(19),
        "coverage_reason": "factory-defect",
        "old_unit_returned": True,
        "documents": [invoice],
    }
    answer = await client.patiently(PARTNER, "POST", "/requests/unit-replacement", json=body, key=new_key())
    assert answer.status_code in {200, 201}, answer.text
    request: Json = answer.json()
    return request, base


async def accepted(client: Client, request_id: str) -> None:
    await client.decide(request_id, "accept")


async def test_a_replacement_struck_between_booking_and_card_is_booked_once(desk: CrashDesk, client: Client) -> None:
    swaps = [await filed(client) for _ in range(2)]
    under_way = []
    for (request, _), point in zip(swaps, (points.AFTER_BOOKING, points.CARD_STORED), strict=True):
        under_way.append(await struck(desk, point, request["id"], accepted(client, request["id"])))
    await asyncio.gather(*under_way)
    for request, base in swaps:
        done = await client.reach(request["id"], "processed")
        assert done["replacement"]["charge"] == "free"
        path = "/countries/ES/stock-movements"
        for serial in (done["data"]["old_serial"], done["data"]["new_unit"]["serial"]):
            moved = await client.patiently("ops", "GET", f"{path}?serial={serial}")
            assert len(moved.json()["items"]) == 1
        charged = await client.patiently("ops", "GET", f"/countries/ES/charges?request={request['id']}")
        assert len(charged.json()["items"]) == 1
        cards = (await client.see(base["id"]))["cards"]
        assert [(card["version"], card["status"]) for card in cards] == [(1, "superseded"), (2, "valid")]
    await settled(desk.home)
    assert (await account(desk.home)).sentences == []
    assert reconciled(desk.home) == "0 differences between database and Temporal\n"
