"""`keydesk up` with the parts that die at armed points: `python -m tests.crash.launch up --home …`

It differs from the product's launcher in three things: which module a part is, that it does not give up on parts
that a killer keeps killing, and that it leaves a part dead while a test holds it down.
"""

import sys
from unittest.mock import patch

from tests.crash import points
from workers import cli
from workers.embedded import processes
from workers.embedded.desk import Desk
from workers.embedded.processes import Process

WINDOW = 3.0
_revive = Process.revive


def part(_: Desk, name: str) -> tuple[str, ...]:
    """The command of one of the tests' own parts."""
    return (sys.executable, "-P", "-m", f"tests.crash.{name}", name)


def revive(process: Process) -> bool:
    """Start a dead process again, unless a test holds it down."""
    return not points.hold(process.log.parent.parent, process.program.name).exists() and _revive(process)


if __name__ == "__main__":
    with (
        patch.object(processes, "WINDOW", WINDOW),
        patch.object(Desk, "part", part),
        patch.object(Process, "revive", revive),
    ):
        cli.main()
