"""A real Temporal server on its SQLite file, killed under load."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from tests.workers.embedded.conftest import eventually
from workers.embedded import temporal
from workers.embedded.home import Home
from workers.embedded.ports import Ports
from workers.embedded.processes import Process

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    home = Home(tmp_path / "a home with % and ?")
    home.prepare()
    ports = Ports(home)
    chosen = ports.choose("temporal"), ports.choose("temporal_ui")
    program = temporal.program(home, *chosen, "desk", {"PATH": os.defpath})
    server = Process(program, home.logs / "temporal.log", home.folder)
    server.start()
    yield server
    server.stop()


def address(server: Process) -> str:
    argv = server.program.argv
    return f"127.0.0.1:{argv[argv.index('--port') + 1]}"


async def test_what_was_confirmed_survives_a_kill(server: Process, tmp_path: Path) -> None:
    assert await asyncio.to_thread(eventually, server.program.ready)
    client = await Client.connect(address(server), namespace="desk")
    confirmed: list[str] = []

    async def load(loader: int) -> None:
        for number in range(10_000):
            name = f"case-{loader}-{number}"
            await client.start_workflow("Case", id=name, task_queue="nobody-polls")
            confirmed.append(name)

    loaders = [asyncio.create_task(load(number)) for number in range(5)]
    while len(confirmed) < 50:
        await asyncio.sleep(0.01)
    os.kill(server.pid, signal.SIGKILL)
    survivors = list(confirmed)
    for loader in loaders:
        loader.cancel()
        with contextlib.suppress(RPCError, asyncio.CancelledError):
            await loader
    assert eventually(lambda: not server.running())

    file = tmp_path / "a home with % and ?" / "temporal.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    server.start()
    assert await asyncio.to_thread(eventually, server.program.ready)
    again = await Client.connect(address(server), namespace="desk")
    descriptions = [await again.get_workflow_handle(name).describe() for name in survivors]
    assert len(descriptions) >= 50
