"""Why decisions are booked by a regular activity: an update is in no history before its workflow task completes.

Both ways side by side: the booking commits, then worker and server are killed and the client does not ask again.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from temporalio.client import Client

from domain.messages import Decide, RequestOrder
from domain.states import Kind, Trigger
from store import decisions, emails, intake
from store.tables.requests import Intake, Request
from tests.stack.running import Stack
from tests.stack.servers import free_port
from tests.stack.walks import body_of, eventually
from tests.workflows.timeline import desk_of
from tests.workflows.trap import TRAPPED
from workers.embedded.temporal import DYNAMIC_CONFIG, PRAGMAS
from workflows import client as temporal
from workflows.client import Case, Desk
from workflows.namespace import prepare

KEYUSER = "keyuser.es"
INSTALLER = "installer.abc"


class Killable:
    """A process that a test kills with SIGKILL, and starts again with the same command."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self._command, self._log, self._environment = command, log, environment
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environment)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@contextlib.contextmanager
def killed_after(process: Killable) -> Iterator[Killable]:
    try:
        yield process
    finally:
        process.kill()


def server(folder: Path, port: int) -> Killable:
    """A Temporal server that keeps its state in a file."""
    program = shutil.which("temporal", path=sysconfig.get_path("scripts"))
    assert program
    command = [program, "server", "start-dev", "--headless", "--db-filename", str(folder / "temporal.db")]
    command += ["--ip", "127.0.0.1", "--port", str(port), "--log-level", "error", "--disable-config-file"]
    command += [f"--sqlite-pragma={one}" for one in PRAGMAS] + [
        f"--dynamic-config-value={one}" for one in DYNAMIC_CONFIG
    ]
    return Killable(command, folder / "temporal.log", {"PATH": os.defpath, "HOME": str(folder)})


def worker(stack: Stack, folder: Path, address: str) -> Killable:
    """A worker of `tests.workflows.trap`."""
    settings = stack.settings
    environment = {
        **os.environ,
        "KEYDESK_HOME": str(settings.home),
        "KEYDESK_DATABASE_URL": settings.database_url.get_secret_value(),
        "KEYDESK_SMTP_URL": settings.smtp_url.get_secret_value(),
        "KEYDESK_TOKEN_SECRET": settings.token_secret.get_secret_value(),
        "KEYDESK_DEMO": "true",
    }
    command = [sys.executable, "-m", "tests.workflows.trap", address, str(folder)]
    return Killable(command, folder / "worker.log", environment)


async def connected(address: str) -> Client:
    """A client, once the server answers."""
    client: list[Client] = []

    async def answers() -> bool:
        with contextlib.suppress(RuntimeError):
            client.append(await temporal.connect(temporal.Cluster(address)))
        return bool(client)

    await eventually(answers, "the server does not come up")
    return client[0]


async def is_there(file: Path) -> bool:
    return file.exists()


async def taken_in(stack: Stack, name: str) -> str:
    """A submission that waits for its workflow; the id of its request."""

    class Unstarted(Desk):
        async def submit(self, case: Case) -> None:
            """Nothing: the test starts it."""

    parts = replace(stack.parts, desk=Unstarted(stack.temporal))
    client = desk_of(stack, stack.temporal, parts).client_of(INSTALLER)
    body = await body_of(stack, INSTALLER)
    await client.post("/api/v1/requests/commissioning", json=body, headers={"Idempotency-Key": name})
    async with stack.sessions() as session:
        coming = await intake.find(session, INSTALLER, name)
    assert coming is not None
    return coming.request_id


async def denied(stack: Stack, request_id: str) -> Decide:
    """The keyuser's decision, written down."""
    async with stack.sessions.begin() as session:
        await decisions.propose(
            session,
            request_id=request_id,
            key="deny",
            body_hash="",
            login=KEYUSER,
            trigger=Trigger.DENY,
            version=1,
            payload={"comment": "No.", "documents": []},
            at=stack.parts.now(),
        )
    return Decide("deny", Trigger.DENY)


async def state_of(stack: Stack, request_id: str) -> str:
    async with stack.sessions() as session:
        return (await session.get_one(Request, request_id)).state


@asynccontextmanager
async def asking(client: Client, request_id: str, decision: Decide) -> AsyncIterator[None]:
    """Somebody who brings a decision, loses the connection and does not ask again."""
    update = asyncio.create_task(
        client.get_workflow_handle(request_id).execute_update("decide", decision, id=decision.key)
    )
    try:
        yield
    finally:
        update.cancel()
        await asyncio.gather(update, return_exceptions=True)


async def test_only_a_regular_activity_survives_the_kill(stack: Stack, tmp_path: Path) -> None:
    port = free_port()
    address = f"127.0.0.1:{port}"
    regular, local = [await taken_in(stack, name) for name in ("trap-regular", "trap-local")]
    with killed_after(server(tmp_path, port)) as temporal_server:
        client = await connected(address)
        await prepare(client)
        with killed_after(worker(stack, tmp_path, address)) as desk:
            for kind, request_id in ((Kind.COMMISSIONING.value, regular), (TRAPPED, local)):
                order = RequestOrder(request_id, Kind.COMMISSIONING)
                await client.start_workflow(kind, order, id=request_id, task_queue=temporal.TASK_QUEUE)
                await eventually(partial(recorded, stack, request_id), f"{request_id} is not recorded")
            async with (
                asking(client, regular, await denied(stack, regular)),
                asking(client, local, await denied(stack, local)),
            ):
                for request_id in (regular, local):
                    await eventually(partial(is_there, tmp_path / request_id), f"{request_id} is not booked")
                desk.kill()
                temporal_server.kill()
            temporal_server.start()
            client = await connected(address)
            desk.start()

            async def is_denied() -> bool:
                return await state(client, regular) == "denied"

            await eventually(is_denied, "the regular activity is lost, too")
            assert await state_of(stack, regular) == await state_of(stack, local) == "denied", "both are booked"
            assert await state(client, local) == "submitted", "and one workflow never heard of it"
            # Asking again with the same key mends it.
            again = client.get_workflow_handle(local)
            await again.execute_update("decide", Decide("deny", Trigger.DENY), id="deny")
            assert await state(client, local) == "denied"
            for request_id in (regular, local):
                await eventually(partial(all_sent, stack, request_id), "emails wait")


async def recorded(stack: Stack, request_id: str) -> bool:
    async with stack.sessions() as session:
        return (await session.get_one(Intake, request_id)).outcome == "recorded"


async def all_sent(stack: Stack, request_id: str) -> bool:
    async with stack.sessions() as session:
        return not await emails.queued_of(session, request_id)


async def state(client: Client, request_id: str) -> str:
    answer: str = await client.get_workflow_handle(request_id).query("state")
    return answer
