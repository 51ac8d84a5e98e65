"""SIGKILL for each part alone, and for all of them at once, while requests are in every state."""

import asyncio

import pytest

from tests.crash.account import reconciled, settled
from tests.crash.client import Client, new_key
from tests.crash.desk import PARTS, CrashDesk

pytestmark = pytest.mark.enable_socket

SUBMITTED, WRONG_DATA, DENIED, PROCESSED, CANCELLED = "submitted", "wrong_data", "denied", "processed", "cancelled"
STATES = (SUBMITTED, WRONG_DATA, DENIED, PROCESSED, CANCELLED)
EVERYTHING = "everything, the launcher included"


async def a_request_in_each_state(client: Client) -> dict[str, str]:
    """The ids by state."""
    filed = await asyncio.gather(*(client.file() for _ in STATES))
    ids = {state: request["id"] for state, request in zip(STATES, filed, strict=True)}
    await asyncio.gather(
        client.decide(ids[WRONG_DATA], "flag_wrong_data"),
        client.decide(ids[DENIED], "deny", documents=["invoice"]),
        client.decide(ids[PROCESSED], "accept"),
        client.decide(ids[CANCELLED], "withdraw"),
    )
    await client.reach(ids[PROCESSED], PROCESSED)
    return ids


async def everybody_goes_on(client: Client, ids: dict[str, str]) -> None:
    """Every side does what its request's state offers; in the end all are at rest."""
    documents = await client.documents(fresh=True)
    invoice = [one for one in documents if one["requirement"] == "invoice"]
    await asyncio.gather(
        client.decide(ids[SUBMITTED], "accept"),
        client.decide(ids[WRONG_DATA], "resubmit", data={"remarks": "corrected"}),
        client.decide(ids[DENIED], "resubmit", documents=invoice),
        client.decide(ids[PROCESSED], "cancel"),
    )
    await asyncio.gather(client.decide(ids[WRONG_DATA], "deny"), client.decide(ids[DENIED], "accept"))
    await asyncio.gather(client.reach(ids[SUBMITTED], PROCESSED), client.reach(ids[DENIED], PROCESSED))


def strike(desk: CrashDesk, killed: str) -> None:
    """Kill, and wait until the desk is ready again."""
    if killed == EVERYTHING:
        desk.crash()
        desk.start()
    else:
        assert desk.kill(killed) == 1
        desk.wait_until_ready()


@pytest.mark.parametrize("killed", [*PARTS, EVERYTHING])
async def test_everything_stands_where_it_stood_and_goes_on(desk: CrashDesk, client: Client, killed: str) -> None:
    ids = await a_request_in_each_state(client)
    accepted = (await client.file())["id"]
    key, body = new_key(), await client.body()
    under_way = asyncio.gather(client.decide(accepted, "accept"), client.filed(key, body))
    await asyncio.to_thread(strike, desk, killed)  # beside the two calls
    assert {state: (await client.see(one))["state"] for state, one in ids.items()} == {one: one for one in STATES}
    await everybody_goes_on(client, ids)
    _, coming = await under_way
    assert coming["state"] == SUBMITTED
    await client.reach(accepted, PROCESSED)


async def test_the_account_is_empty_afterwards(desk: CrashDesk, client: Client) -> None:
    found = await settled(desk.home)
    assert found.sentences == []
    assert reconciled(desk.home) == "0 differences between database and Temporal\n"
    assert client.wrong == []
