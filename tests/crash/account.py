"""The independent accounting: does every request stand where database, files and Temporal all say it stands?

It shares no code with the product: plain SQL, files as they are, histories as Temporal gives them.
`python -m tests.crash.account HOME` gives the account of a running desk.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from temporalio.client import Client

from tests.crash import histories, ledger, papers

SETTLES_WITHIN = 60.0
CONNECTS_WITHIN = 20.0


@dataclass(frozen=True)
class Account:
    """`sentences`: one per discrepancy. The rest is counted, not judged."""

    sentences: list[str]
    states: dict[str, int]
    emails: int
    repeated: int
    unused_files: int


def running(home: Path) -> dict[str, Any]:
    """What run.json says."""
    content: dict[str, Any] = json.loads((home / "run.json").read_text())
    return content


async def account(home: Path, connection: psycopg.Connection | None = None) -> Account:
    """The account of the desk in `home`. With a connection, as its transaction sees the database."""
    desk = running(home)
    async with asyncio.timeout(CONNECTS_WITHIN):
        client = await Client.connect(desk["temporal"])
    if connection is not None:
        return await _account(home, client, connection)
    with psycopg.connect(desk["database"]) as own:
        return await _account(home, client, own)


async def _account(home: Path, client: Client, connection: psycopg.Connection) -> Account:
    mail = papers.mail(connection, home / "mail")
    files = papers.files(connection, home / "documents")
    return Account(
        sentences=[
            *ledger.discrepancies(connection),
            *mail.sentences,
            *files.sentences,
            *await histories.discrepancies(client, connection),
        ],
        states=dict(connection.execute("SELECT state, count(*) FROM requests GROUP BY 1 ORDER BY 1").fetchall()),
        emails=mail.messages,
        repeated=mail.repeats,
        unused_files=files.unused,
    )


async def settled(home: Path, within: float = SETTLES_WITHIN) -> Account:
    """The account once it is empty, or the last one when time is up. What is under way gets time to finish."""
    deadline = time.monotonic() + within
    while (found := await account(home)).sentences and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
    return found


def reconciled(home: Path) -> str:
    """What `keydesk reconcile` prints about the desk in `home`."""
    done = subprocess.run(
        (sys.executable, "-P", "-m", "workers.cli", "reconcile"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**{n: v for n, v in os.environ.items() if not n.startswith("KEYDESK_")}, "KEYDESK_HOME": str(home)},
    )
    return done.stdout + done.stderr


def told(found: Account) -> str:
    """The figures, in a line."""
    return (
        f"{len(found.sentences)} discrepancies; {found.states}; {found.emails} emails, {found.repeated} repeated;"
        f" {found.unused_files} stored files that nobody uses\n"
    )


async def _main(home: Path) -> None:
    found = await account(home)
    sys.stdout.write("".join(f"{line}\n" for line in found.sentences) + told(found))


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
