"""Three APIs and three workers, real processes, on one database and one Temporal: a cluster on one machine."""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

from store.migrate import upgrade
from tests.stack import servers
from tests.stack.servers import free_port
from workers import demo
from workers.embedded.home import Home

ROOT = Path(__file__).parents[2]
SIZE = 3
READY_WITHIN = 60.0
ENDS_WITHIN = 20.0


class Fleet:
    """The processes. `home` has what the account of `tests.crash.account` looks at."""

    def __init__(self, home: Path, environment: dict[str, str], nursery: subprocess.Popen[str]) -> None:
        self.home = home
        self._environment = environment
        self._nursery = nursery
        self._order = asyncio.Lock()
        self.ports = [free_port() for _ in range(SIZE)]
        self.pids: dict[str, int] = {}
        self.turns = Turns(self.ports)

    @property
    def names(self) -> dict[str, list[str]]:
        """Who there is, by what they are."""
        return {part: [f"{part}-{number}" for number in range(SIZE)] for part in ("api", "worker")}

    @property
    def run(self) -> dict[str, Any]:
        """What run.json says; the API is whichever comes next, see `Turns`."""
        content: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return content

    async def start(self, name: str) -> None:
        """Start one, or start it again."""
        part, _, number = name.partition("-")
        own = {"KEYDESK_PORT": str(self.ports[int(number)])} if part == "api" else {}
        log = self.home / "logs" / f"{name}.log"
        order = {"argv": [part], "environment": {**self._environment, **own}, "log": str(log)}
        assert self._nursery.stdin
        assert self._nursery.stdout
        async with self._order:
            self._nursery.stdin.write(json.dumps(order) + "\n")
            self._nursery.stdin.flush()
            self.pids[name] = int(await asyncio.to_thread(self._nursery.stdout.readline))

    def alive(self, name: str) -> bool:
        """Whether it lives."""
        return psutil.pid_exists(self.pids[name])

    def strike(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """A signal for one of them. A killed worker's press dies with it."""
        with suppress(ProcessLookupError):
            os.kill(self.pids[name], how)

    async def ended(self, name: str, within: float) -> None:
        """Wait until it has ended. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while self.alive(name):
                await asyncio.sleep(0.02)

    async def leave(self, name: str) -> None:
        """Ask one to end, as a deploy does: the proxy leaves an API alone as soon as it says so, then it ends.

        Raises TimeoutError for one that does not.
        """
        self.strike(name, signal.SIGTERM)
        if name.startswith("api"):
            port = self.ports[int(name.rpartition("-")[2])]
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5) as client:
                while (await client.get("/readyz")).status_code == 200:
                    await asyncio.sleep(0.05)
            self.turns.skipped = port
        await self.ended(name, ENDS_WITHIN)

    async def ready(self, name: str) -> None:
        """Wait until an API says that it can work."""
        port = self.ports[int(name.rpartition("-")[2])]
        deadline = time.monotonic() + READY_WITHIN
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5) as client:
            while True:
                with suppress(httpx.TransportError):
                    if (await client.get("/readyz")).status_code == 200:
                        return
                assert time.monotonic() < deadline, f"{name} is not ready: {self._said(name)}"
                await asyncio.sleep(0.05)

    def _said(self, name: str) -> str:
        return (self.home / "logs" / f"{name}.log").read_text()[-2000:]


class Turns(httpx.AsyncBaseTransport):
    """What a proxy does: each call goes to the next API, on a connection of its own, living or not; but not to the one
    that has said that it is leaving."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = itertools.cycle(ports)
        self.skipped: int | None = None
        self._http = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._next())
        return await self._http.handle_async_request(request)

    def _next(self) -> int:
        return next(port for port in self._ports if port != self.skipped)

    async def aclose(self) -> None:
        await self._http.aclose()


@asynccontextmanager
async def fleet(folder: Path) -> AsyncIterator[Fleet]:
    """Everything started, with the demo, and every API ready. Payloads are clear, as the account reads them itself."""
    async with AsyncExitStack() as opened:
        nursery = _nursery()
        opened.callback(_end, nursery)
        temporal = asyncio.create_task(opened.enter_async_context(servers.temporal(file=folder / "temporal.sqlite")))
        database = await opened.enter_async_context(servers.postgres(folder))
        smtp_url = await opened.enter_async_context(servers.mail_catcher(folder / "mail"))
        await asyncio.to_thread(upgrade, database)
        await asyncio.to_thread(demo.load, database)
        address = (await temporal).service_client.config.target_host
        home = Home(folder)
        found = {"api": "http://fleet", "temporal": address, "temporal_ui": "", "database": database, "smtp": smtp_url}
        (folder / "run.json").write_text(json.dumps({**found, "pids": {}}))
        environment = {
            "PATH": os.defpath,
            "PYTHONPATH": str(ROOT),
            "KEYDESK_HOME": str(folder),
            "KEYDESK_DATABASE_URL": database,
            "KEYDESK_TEMPORAL_ADDRESS": address,
            "KEYDESK_SMTP_URL": smtp_url,
            "KEYDESK_TOKEN_SECRET": home.secrets().token_secret,
            "KEYDESK_DOCUMENTS_URL": (folder / "documents").as_uri(),
            "KEYDESK_DEMO": "true",
            "KEYDESK_DRAIN_SECONDS": "1",
        }
        started = Fleet(folder, environment, nursery)
        for name in itertools.chain(*started.names.values()):
            await started.start(name)
        await asyncio.gather(*(started.ready(name) for name in started.names["api"]))
        yield started


def _nursery() -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, "-P", "-m", "tests.crash.nursery"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def _end(nursery: subprocess.Popen[str]) -> None:
    assert nursery.stdin
    assert nursery.stdout
    nursery.stdin.close()
    nursery.wait(30)
    nursery.stdout.close()
