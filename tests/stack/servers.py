"""The servers of the stack: PostgreSQL, Temporal and a mail catcher, all on loopback, all in one folder."""

import asyncio
import os
import shutil
import socket
import sysconfig
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from aiosmtpd.smtp import SMTP
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from workers.embedded import postgres as embedded
from workers.embedded.home import Home
from workers.embedded.mail import LARGEST, Catcher
from workers.embedded.ports import LOOPBACK
from workers.embedded.processes import Process
from workers.embedded.temporal import DYNAMIC_CONFIG
from workflows.encryption import converter
from workflows.namespace import prepare

# Nothing of a test outlives it, so nothing need reach the disk.
CARELESS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
NAMESPACE = "default"
BARE = {"PATH": os.defpath, "LC_ALL": "C"}


def free_port() -> int:
    """A loopback port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def postgres(folder: Path) -> AsyncIterator[str]:
    """A new PostgreSQL with Keydesk's empty database; its libpq URL."""
    home = Home(folder)
    home.prepare()
    secrets, port = home.secrets(), free_port()
    program = embedded.program(home, secrets, port, BARE)
    if program.prepare is not None:
        await asyncio.to_thread(program.prepare)
    # Started from this thread: the server dies with the thread that started it.
    server = Process(
        replace(program, prepare=None, argv=(*program.argv, *CARELESS)), home.logs / "postgres.log", home.folder
    )
    server.start()
    try:
        async with asyncio.timeout(30):
            while not await asyncio.to_thread(program.ready):
                if not server.running():
                    raise server.failure("died while starting")
                await asyncio.sleep(0.02)
        await asyncio.to_thread(embedded.create_database, secrets, port)
        yield embedded.database_url(secrets, port)
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def temporal(
    *,
    ui: bool = False,
    file: Path | None = None,
    keys: Mapping[str, bytes] | None = None,
    dynamic_config: Sequence[str] = (),
) -> AsyncIterator[Client]:
    """A new Temporal dev server, in memory or in a file, with the desk's namespace prepared; a client of it.

    The client encrypts payloads if there are keys. `dynamic_config` comes on top of the desk's own.
    """
    async with await WorkflowEnvironment.start_local(
        namespace=NAMESPACE,
        data_converter=converter(keys or {}),
        ui=ui,
        ui_port=free_port() if ui else None,
        dev_server_existing_path=shutil.which("temporal", path=sysconfig.get_path("scripts")),
        dev_server_database_filename=str(file) if file else None,
        dev_server_log_level="error",
        dev_server_extra_args=[
            *(part for value in (*DYNAMIC_CONFIG, *dynamic_config) for part in ("--dynamic-config-value", value)),
            *("--disable-config-file", "--disable-config-env"),
        ],
    ) as environment:
        await prepare(environment.client)
        yield environment.client


@asynccontextmanager
async def mail_catcher(folder: Path) -> AsyncIterator[str]:
    """A real SMTP server that writes each message as one `.eml` file into `folder`; its URL."""
    folder.mkdir(exist_ok=True)
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            Catcher(folder), hostname="keydesk.localhost", data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=loop
        )

    server = await loop.create_server(protocol, LOOPBACK, 0)
    async with server:
        yield f"smtp://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
