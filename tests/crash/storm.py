"""Requests under random kills: `python -m tests.crash.storm --requests 200 --seconds 60 [--seed N]`

People submit, decide, resubmit, cancel, withdraw, amend and write, and ask again with the same key until they hear
what became of it, while a killer strikes a random part every second or few, and once everything, launcher included.
After `--seconds` the killer rests, and everybody finishes. Then the accounting says what it found; exit code 1 if
that is anything.
"""

import argparse
import asyncio
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.account import Account, reconciled, settled, told
from tests.crash.client import INSTALLER, KEYUSER, Client, Json, act, new_key
from tests.crash.desk import PARTS, CrashDesk

AT_ONCE = 32
EVERYTHING_AFTER = 2  # kills: then launcher and all
PAUSE = (1.0, 4.0)
CALM = 180.0  # seconds to finish in peace


@dataclass
class Storm:
    """What happened."""

    seed: int
    wanted: int
    kills: Counter[str] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)
    under_kills: int = 0
    seconds: float = 0.0
    settling: float = 0.0
    account: Account | None = None
    reconciled: str = ""
    statuses: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    wrong: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """Everything that should not be."""
        assert self.account
        found = [*self.account.sentences, *self.wrong]
        if sum(self.stories.values()) != self.wanted:
            found.append(f"only {sum(self.stories.values())} requests were brought to their end")
        if self.reconciled != "0 differences between database and Temporal\n":
            found.append(self.reconciled)
        if sum(self.account.states.values()) != self.wanted:
            found.append(f"{self.account.states} are not {self.wanted} requests")
        return found

    def told(self) -> str:
        """All of it, for people."""
        assert self.account
        lines = [
            f"seed {self.seed}: {self.wanted} requests in {self.seconds:.0f} s, settled {self.settling:.1f} s later",
            f"brought to their end while the killer struck: {self.under_kills}",
            f"kills: {sum(self.kills.values())} {dict(self.kills)}",
            f"stories: {dict(self.stories)}",
            f"answers: {dict(sorted(self.statuses.items()))}; asked again {self.retries} times",
            told(self.account).rstrip(),
            *self.sentences(),
        ]
        return "\n".join(lines) + "\n"


class Person:
    """Somebody with a request; acts until it is heard, whatever the others and the killer do."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.id = ""

    async def submit(self) -> None:
        self.id = (await self._client.filed(new_key(), await self._client.body()))["id"]

    async def decide(self, trigger: str, **body: object) -> None:
        """Decide. Who comes too late or too early looks again: only a version that is not the newest says so."""
        while True:
            login, sent = await self._client.order(self.id, trigger, **body)
            answer = await self._client.patiently(login, "POST", act(self.id, trigger), json=sent, key=new_key())
            if answer.status_code != 412:
                assert answer.status_code == 200, f"{trigger} {self.id}: {answer.status_code} {answer.text}"
                return

    async def accept(self) -> None:
        await self.decide("accept")
        await self._client.reach(self.id, "processed")

    async def deny(self) -> None:
        await self.decide("deny", documents=["invoice"])
        fresh = await self._client.documents(fresh=True)
        await self.decide("resubmit", documents=[one for one in fresh if one["requirement"] == "invoice"])

    async def correct(self) -> None:
        await self.decide("flag_wrong_data")
        await self.decide("resubmit", data={"remarks": "corrected"})

    async def write(self) -> None:
        for login in (INSTALLER, KEYUSER):
            sent: Json = {"json": {"text": "How is it going?"}, "key": new_key()}
            answer = await self._client.patiently(login, "POST", f"/requests/{self.id}/messages", **sent)
            assert answer.status_code in {200, 201}, answer.text

    async def amend(self) -> None:
        await self.decide("amend", data={"end_user": {"city": "Getafe"}})

    async def cancel(self) -> None:
        await self.decide("cancel")

    async def withdraw(self) -> None:
        await self.decide("withdraw")


Step = Callable[[Person], Awaitable[None]]
STORIES: dict[str, tuple[Step, ...]] = {
    "submitted": (Person.submit,),
    "accepted": (Person.submit, Person.accept),
    "amended": (Person.submit, Person.accept, Person.amend),
    "cancelled late": (Person.submit, Person.accept, Person.cancel),
    "denied, resubmitted": (Person.submit, Person.deny, Person.accept),
    "wrong, resubmitted, written about": (Person.submit, Person.correct, Person.write, Person.accept, Person.write),
    "cancelled early": (Person.submit, Person.correct, Person.cancel),
    "withdrawn": (Person.submit, Person.write, Person.withdraw),
}


async def blow(desk: CrashDesk, wanted: int, seconds: float, seed: int) -> Storm:
    """`wanted` requests on a running desk, of which kills interrupt what they can; then the account."""
    storm, dice = Storm(seed, wanted), random.Random(seed)
    client = Client(desk, patience=seconds + CALM)
    await client.documents()
    waiting = [dice.choice(list(STORIES)) for _ in range(wanted)]
    began = time.monotonic()
    people = asyncio.gather(*(live(client, storm, waiting) for _ in range(AT_ONCE)))
    killer = asyncio.create_task(_kill(desk, storm, dice))
    await asyncio.wait([people], timeout=seconds)
    storm.under_kills = sum(storm.stories.values())
    killer.cancel()
    await asyncio.wait([killer])
    await asyncio.to_thread(desk.wait_until_ready)
    await asyncio.wait_for(people, CALM)
    storm.seconds = time.monotonic() - began
    began = time.monotonic()
    storm.account = await settled(desk.home)
    storm.settling = time.monotonic() - began
    storm.reconciled = reconciled(desk.home)
    storm.statuses, storm.retries, storm.wrong = client.statuses, client.retries, client.wrong
    await client.close()
    return storm


async def live(client: Client, storm: Storm, waiting: list[str]) -> None:
    while waiting:
        story = waiting.pop()
        person = Person(client)
        for step in STORIES[story]:
            await step(person)
        storm.stories[story] += 1


async def _kill(desk: CrashDesk, storm: Storm, dice: random.Random) -> None:
    """Strike, until cancelled; but a launcher that was killed is started again."""
    while True:
        await asyncio.sleep(dice.uniform(*PAUSE))
        if sum(storm.kills.values()) == EVERYTHING_AFTER:
            storm.kills["everything"] += 1
            desk.crash()
            restart = asyncio.ensure_future(asyncio.to_thread(desk.start))
            try:
                await asyncio.shield(restart)
            except asyncio.CancelledError:
                await restart
                raise
        else:
            part = dice.choice(PARTS)
            storm.kills[part] += desk.kill(part)


async def _main(wanted: int, seconds: float, seed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="keydesk-storm-") as folder:
        desk = CrashDesk(Path(folder) / "desk")
        try:
            desk.start()
            storm = await blow(desk, wanted, seconds, seed)
        finally:
            desk.stop()
    sys.stdout.write(storm.told())
    return 1 if storm.sentences() else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=200)
    options.add_argument("--seconds", type=float, default=60.0, help="so long the killer strikes at most")
    options.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    given = options.parse_args()
    sys.stderr.write(f"seed {given.seed}\n")
    sys.exit(asyncio.run(_main(given.requests, given.seconds, given.seed)))
