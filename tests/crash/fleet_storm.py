"""A cluster under kills: `python -m tests.crash.fleet_storm --requests 300 --seconds 120 [--seed N]`

Three APIs and three workers share a database and a Temporal. People submit, decide, resubmit, cancel and write through
a proxy that hears only who is leaving. First every process is restarted in turn, as a deploy does it, and no call may
fail for that. Then one API and one worker are killed every few seconds. Whoever gets no answer asks again with the same
key, until there is one. Afterwards the account of `tests.crash.storm` is drawn: nothing lost, nothing twice.
"""

import argparse
import asyncio
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.crash.account import reconciled, settled
from tests.crash.client import Client
from tests.crash.fleet import SIZE, Fleet, fleet
from tests.crash.storm import CALM, STORIES, Storm, live
from workers.logs import configure_logging

PAUSE = (1.0, 3.0)
DOWN = 0.5  # seconds until whoever was killed is started again


async def blow(
    fleet: Fleet, wanted: int, seconds: float, seed: int, *, at_once: int = 24, restarted: int = SIZE
) -> Storm:
    """`wanted` requests; `restarted` of each part are restarted, then kills for so many `seconds`, or until all are at
    their end."""
    storm, dice = Storm(seed, wanted), random.Random(seed)
    client = Client(fleet, patience=seconds + CALM, transport=fleet.turns)
    await client.documents()
    waiting = [dice.choice(list(STORIES)) for _ in range(wanted)]
    started = time.monotonic()
    people = asyncio.gather(*(live(client, storm, waiting) for _ in range(at_once)))
    await _restart(fleet, storm, restarted)
    storm.wrong += _failed(client.statuses)
    killer = asyncio.create_task(_kill(fleet, storm, dice))
    await asyncio.wait([people], timeout=seconds)
    storm.under_kills = sum(storm.stories.values())
    killer.cancel()
    await asyncio.wait([killer])
    for name in (name for names in fleet.names.values() for name in names if not fleet.alive(name)):
        await fleet.start(name)
    await asyncio.wait_for(people, CALM)
    storm.seconds = time.monotonic() - started
    began = time.monotonic()
    storm.account = await settled(fleet.home)
    storm.settling = time.monotonic() - began
    storm.reconciled = await asyncio.to_thread(reconciled, fleet.home)
    storm.statuses, storm.retries = client.statuses, client.retries
    storm.wrong += client.wrong
    await client.close()
    return storm


async def _restart(fleet: Fleet, storm: Storm, each: int) -> None:
    """Everybody ends when asked to, one after the other, and is started anew: a deploy. `each`: so many of a part."""
    for part, names in fleet.names.items():
        for name in names[:each]:
            try:
                await fleet.leave(name)
            except TimeoutError:
                storm.wrong.append(f"{name} did not end when it was asked to")
                fleet.strike(name)
            await fleet.start(name)
            if part == "api":
                await fleet.ready(name)
                fleet.turns.skipped = None


def _failed(statuses: Counter[str]) -> list[str]:
    """What no caller may see while everybody is restarted in turn: anything but an answer that says something."""
    bad = {status: count for status, count in statuses.items() if not (status.isdecimal() and int(status) < 500)}
    return [f"a restart in turn cost callers their answers: {bad}"] if bad else []


async def _kill(fleet: Fleet, storm: Storm, dice: random.Random) -> None:
    """One API and one worker at once, every few seconds, until cancelled."""
    while True:
        struck = [dice.choice(names) for names in fleet.names.values()]
        for name in struck:
            fleet.strike(name)
            storm.kills[name.partition("-")[0]] += 1
        await asyncio.sleep(DOWN)
        for name in struck:
            await fleet.start(name)
        await asyncio.sleep(dice.uniform(*PAUSE))


async def _main(wanted: int, seconds: float, seed: int) -> int:
    configure_logging("WARNING")
    with tempfile.TemporaryDirectory(prefix="keydesk-fleet-") as folder:
        async with fleet(Path(folder)) as started:
            storm = await blow(started, wanted, seconds, seed)
    sys.stdout.write(storm.told())
    return 1 if storm.sentences() else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=300)
    options.add_argument("--seconds", type=float, default=120.0, help="so long the killer strikes at most")
    options.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    given = options.parse_args()
    sys.stderr.write(f"seed {given.seed}\n")
    sys.exit(asyncio.run(_main(given.requests, given.seconds, given.seed)))
