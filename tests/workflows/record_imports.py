"""Record the histories of imports that `test_importing` replays: `python -m tests.workflows.record_imports`."""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from store.tables.imports import Import
from tests.activities.test_imports import written_down
from tests.configuration.test_campaigns import CAMPAIGN
from tests.configuration.test_imports import LIST
from tests.configuration.test_wholesalers import at
from tests.stack.countries import new_country
from tests.stack.running import Stack, running
from tests.workflows.walks import ended, workflow_of
from workflows.client import import_workflow_id

FOLDER = Path(__file__).parent / "imports"
PATHS = ("done", "failed")
TRACE = re.compile(r'"stackTrace": "(?:[^"\\]|\\.)*"')


async def brought_in(stack: Stack, state: str) -> str:
    """The workflow of an import that ended in this state."""
    country = await new_country(stack)
    await stack.client_of(country.keyuser).post(at(country, "campaigns"), json=CAMPAIGN)
    order = await written_down(stack, country)
    if state == "failed":
        async with stack.sessions.begin() as session:
            (await session.get_one(Import, order.import_id)).sha256 = "0" * 64
    await stack.parts.desk.bring_in(order.import_id, country.code, LIST)
    workflow_id = import_workflow_id(order.import_id)
    assert await ended(stack, workflow_id) == state
    return workflow_id


async def record() -> None:
    """Write one history of each path."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        async with running(Path(home)) as stack:
            for path in PATHS:
                history = await workflow_of(stack, await brought_in(stack, path)).fetch_history()
                told = TRACE.sub('"stackTrace": ""', history.to_json())  # traces name places on this machine
                (FOLDER / f"{path}.json").write_text(told + "\n")
                sys.stdout.write(f"{path}: {len(history.events)} events\n")


if __name__ == "__main__":
    asyncio.run(record())
