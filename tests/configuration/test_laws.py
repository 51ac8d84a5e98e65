"""What holds whatever is changed, by whomever, in which order."""

import asyncio
import random
from collections import defaultdict
from typing import Any

from sqlalchemy import select

from domain.warranties import Assignment
from store import policies
from store.snapshots import from_json
from store.tables.effects import Assignment as Granted
from tests.configuration.desk import Desk
from tests.stack.countries import new_country
from tests.stack.running import Stack
from tests.stack.walks import decided, filed, settled

LINE_UPS = ("residential", "commercial", "heating")


async def test_the_audit_log_tells_the_whole_story(stack: Stack) -> None:
    """Two keyusers change the same lists at random; the log's changes join, and their end is what stands."""
    desk = Desk(stack, await new_country(stack))
    second = f"second.{desk.country.code.lower()}"
    await desk.create("accounts", "admin", login=second, role="keyuser", email="second@keydesk.example")
    rnd = random.Random(2026)

    async def work(login: str) -> None:
        client = desk.client(login)
        for _ in range(40):
            code = rnd.choice("ABC")
            cells = [
                {"line_up": line_up, "distributes": rnd.random() < 0.5, "gives_warranty": rnd.random() < 0.5}
                for line_up in rnd.sample(LINE_UPS, rnd.randrange(3))
            ]
            version = rnd.choice([rnd.randrange(1, 8), await stands_at(desk, code)])
            match rnd.randrange(4):
                case 0:
                    answer = await client.post(desk.at("wholesalers"), json={"code": code, "line_ups": cells})
                case 1:
                    answer = await client.delete(desk.at("wholesalers", code), params={"version": version})
                case _:
                    body = {"version": version, "line_ups": cells}
                    answer = await client.patch(desk.at("wholesalers", code), json=body)
            assert answer.status_code in {200, 201, 204, 404, 409, 412}, answer.text

    await asyncio.gather(work(desk.country.keyuser), work(second))
    log = sorted(await desk.audited(resource="wholesalers", limit=200), key=lambda one: one["id"])
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in log:
        told[one["key"]].append(one)
    assert told.keys() == {"A", "B", "C"}
    for key, changes in told.items():
        assert [one["version"] for one in changes] == list(range(1, len(changes) + 1))
        assert [one["before"] for one in changes] == [None, *(one["after"] for one in changes[:-1])]
        answer = await desk.client().get(desk.at("wholesalers", key))
        stands = answer.json() if answer.status_code == 200 else None
        last = changes[-1]["after"]
        assert (last is None) is (stands is None)
        if stands is not None:
            assert {name: stands[name] for name in last} == last
            assert stands["version"] == changes[-1]["version"]


async def stands_at(desk: Desk, code: str) -> int:
    answer = await desk.client().get(desk.at("wholesalers", code))
    return int(answer.json()["version"]) if answer.status_code == 200 else 1


async def test_a_warranty_is_that_of_the_policy_version_that_it_names(stack: Stack) -> None:
    """Decisions and changes of the policy at once: whichever comes first, no snapshot is of another version."""
    desk = Desk(stack, await new_country(stack))
    country = desk.country
    requests = [await filed(stack, country.installer, country=country.code) for _ in range(8)]

    async def change() -> None:
        for count in range(2, 10):
            await desk.change(
                "policies", "STD-1-5", tiers=[{"tier": "full", "duration": {"count": count, "unit": "months"}}]
            )

    accepts = (decided(stack, country.keyuser, one["id"], "accept") for one in requests)
    await asyncio.gather(change(), *accepts)
    for one in requests:
        await settled(stack, one["id"])
    async with stack.sessions() as session:
        granted = list(
            await session.scalars(select(Granted).where(Granted.request_id.in_([one["id"] for one in requests])))
        )
        assert len(granted) == len(requests)
        for row in granted:
            snapshot = from_json(Assignment, row.snapshot)
            assert snapshot.policy_number is not None
            assert snapshot.policy_version is not None
            policy = await policies.policy_version(
                session, country.code, snapshot.policy_number, snapshot.policy_version
            )
            assert snapshot.durations == policy.tiers
