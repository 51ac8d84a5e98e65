"""Every command of the runbook, run as it stands beside a desk with requests in the states that they are for."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.crash.client import Client
from tests.crash.desk import CrashDesk
from tests.docs.pages import ROOT, text_of
from tests.workers.embedded.conftest import RunningDesk
from workers.embedded.postgres import binary

pytestmark = pytest.mark.enable_socket

RUNBOOK = ROOT / "docs" / "runbook.md"
BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = "ES-COM-000001"
WITHIN = 90.0
# A section that ends by naming differences ends with 1, as the command says.
MAY_END_WITH_ONE = {"Restart a request's workflow", "Restore a backup"}
# What later commands need.
SETS = "export "


def sections() -> dict[str, list[str]]:
    """The blocks of commands, by heading."""
    parts = re.split(r"^## (.+)$", text_of(RUNBOOK), flags=re.MULTILINE)
    found = {"": BLOCK.findall(parts[0])}
    found |= {title: BLOCK.findall(text) for title, text in zip(parts[1::2], parts[2::2], strict=True)}
    return {title: blocks for title, blocks in found.items() if blocks}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk with the demo, in its usual folder below `tmp_path`."""
    desk = RunningDesk(tmp_path / ".keydesk")
    try:
        desk.wait_until_ready()
        yield desk
    finally:
        desk.discard()


async def prepared(desk: RunningDesk) -> dict[str, str]:
    """A request for each section that needs one as its commands expect it."""
    client = Client(cast("CrashDesk", desk))
    ids: dict[str, str] = {}
    for section in ("Restart a request's workflow", "A card is blocked", "Reset a workflow", "Erase personal data"):
        request: dict[str, Any] = await client.file()
        ids[section] = request["id"]
        trigger = "withdraw" if section.startswith("Erase") else "flag_wrong_data"
        await client.decide(request["id"], trigger)
    ids["Logs"] = ids["A card is blocked"]  # somebody decided it over HTTP
    ids[""] = (await client.file())["id"]
    await client.close()
    return ids


def test_every_command_of_the_runbook_works(desk: RunningDesk, tmp_path: Path) -> None:
    ids = asyncio.run(prepared(desk))
    (tmp_path / ".venv").symlink_to(sys.prefix)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KEYDESK_", "TEMPORAL_"))}
    environment["PATH"] = f"{Path(binary('pg_dump')).parent}:{environment['PATH']}"
    so_far, ran = "", 0
    for section, blocks in sections().items():
        for block in blocks:
            commands = block.replace("http://127.0.0.1:8080", desk.run["api"]).replace(NAMED, ids.get(section, ids[""]))
            commands = commands.replace('Country = "PT"', 'Country = "ES"')  # where these requests are
            done = subprocess.run(
                ("bash", "-e", "-o", "pipefail"),
                input=so_far + commands,
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=WITHIN,
                check=False,
            )
            allowed = {0, 1} if section in MAY_END_WITH_ONE else {0}
            assert done.returncode in allowed, f"{section}\n{commands}\n{done.stdout}\n{done.stderr}"
            so_far += "".join(f"{line}\n" for line in commands.splitlines() if line.startswith((SETS, "DATABASE=")))
            ran += 1
    assert ran > 12
    assert "ES-COM" in (tmp_path / "paused.json").read_text()
    assert (tmp_path / "keydesk.dump").stat().st_size > 1000
