"""The commands that the images run, with the settings of docker/ without the demo: they start, work, and end cleanly.

The same commands with the demo's secrets refuse to start.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
import pytest_asyncio

from tests.docker.files import BASE, DOCKER, GIVEN, PRODUCTION, compose, ours
from tests.stack import servers
from tests.stack.servers import free_port
from workers.embedded.home import new_payload_key

SERVICES = ours(compose(BASE, PRODUCTION, given=GIVEN))
SECRET = "a token secret of production, of some length"
STARTS_WITHIN, ENDS_WITHIN = 40.0, 30.0


class Cluster:
    """Servers of this test, and the folder with its secrets."""

    def __init__(self, folder: Path, database_url: str, temporal: str, smtp_url: str) -> None:
        self.secrets = folder / "secrets"
        self.secrets.mkdir()
        for name, value in {
            "keydesk_token_secret": SECRET,
            "keydesk_payload_keys": new_payload_key(),
            "keydesk_database_url": database_url,
            "keydesk_smtp_url": smtp_url,
            "keydesk_oidc_client_secret": "a client secret",
        }.items():
            (self.secrets / name).write_text(f"{value}\n")
        self.port = free_port()
        # Only where things are differs from the files: nothing else.
        self.places = {
            "KEYDESK_SECRETS_DIR": str(self.secrets),
            "KEYDESK_TEMPORAL_ADDRESS": temporal,
            "KEYDESK_DOCUMENTS_URL": (folder / "documents").as_uri(),
            "KEYDESK_PORT": str(self.port),
            "KEYDESK_METRICS_ADDRESS": f"127.0.0.1:{free_port()}",
        }

    def environment(self, service: str, **changes: str) -> dict[str, str]:
        """The environment that the files give the service, at these places."""
        own = {**SERVICES[service]["environment"], **self.places, **changes}
        own["KEYDESK_TEMPORAL_METRICS_ADDRESS"] = f"127.0.0.1:{free_port()}"
        return {"PATH": os.defpath, "PYTHONPATH": os.environ.get("PYTHONPATH", ""), **own}

    def command(self, service: str) -> tuple[str, ...]:
        """What the image runs for the service."""
        return (sys.executable, "-P", "-m", "workers.cli", *SERVICES[service]["command"])

    def run(self, service: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a service that ends by itself, or refuses."""
        return subprocess.run(
            self.command(service),
            env=self.environment(service, **changes),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @contextmanager
    def serving(self, service: str) -> Iterator[subprocess.Popen[bytes]]:
        """A service that goes on until it is told to end, which it does cleanly."""
        log = self.secrets.parent / f"{service}.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(self.command(service), env=self.environment(service), stderr=stream)
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            code = process.wait(ENDS_WITHIN)
            # uvicorn ends as the signal would have: asked to, after everything was let go of.
            assert code in {0, -signal.SIGTERM}, log.read_text()
            assert '"level": "error"' not in log.read_text()
        finally:
            process.kill()
            process.wait(10)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """PostgreSQL, Temporal without a namespace of ours, and a mail server."""
    folder = tmp_path_factory.mktemp("production")
    async with (
        servers.postgres(folder) as database_url,
        servers.temporal() as temporal,
        servers.mail_catcher(folder / "mail") as smtp_url,
    ):
        yield Cluster(folder, database_url, temporal.service_client.config.target_host, smtp_url)


async def test_the_commands_of_the_images_start_and_end(cluster: Cluster) -> None:
    for service in ("migrate", "namespace", "namespace"):
        done = cluster.run(service)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    with cluster.serving("api") as api, cluster.serving("worker") as worker:
        base, deadline = f"http://127.0.0.1:{cluster.port}", time.monotonic() + STARTS_WITHIN
        async with httpx.AsyncClient(base_url=base) as client:
            while not await _ready(client):
                assert api.poll() is None
                assert worker.poll() is None
                assert time.monotonic() < deadline, (cluster.secrets.parent / "worker.log").read_text()
            assert (await client.get("/api/v1/requests")).status_code == 401
            told = (await client.get(f"http://{cluster.places['KEYDESK_METRICS_ADDRESS']}/metrics")).text
            assert "keydesk_activities_total" in told


async def _ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        time.sleep(0.1)
        return False


async def test_without_the_demo_there_is_nobody_of_the_demo(cluster: Cluster) -> None:
    assert cluster.run("migrate").returncode == 0
    with psycopg.connect((cluster.secrets / "keydesk_database_url").read_text().strip()) as connection:
        row = connection.execute("SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM countries)").fetchone()
    assert row == (0, 0)


@pytest.mark.parametrize(
    ("service", "secret", "said"),
    [
        ("api", "keydesk_token_secret", "the demo secret works only with KEYDESK_DEMO=true"),
        ("worker", "keydesk_payload_keys", "has the demo's key"),
        ("migrate", "keydesk_database_url", "has the demo's password"),
        ("namespace", "keydesk_token_secret", "the demo secret works only with KEYDESK_DEMO=true"),
    ],
)
def test_the_demo_s_secrets_are_refused(cluster: Cluster, tmp_path: Path, service: str, secret: str, said: str) -> None:
    secrets = tmp_path / "secrets"
    shutil.copytree(cluster.secrets, secrets)
    shutil.copy(DOCKER / "secrets" / "demo" / secret, secrets)
    refused = cluster.run(service, KEYDESK_SECRETS_DIR=str(secrets))
    assert refused.returncode == 2
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_demo_accounts_are_not_loaded_without_the_demo(cluster: Cluster) -> None:
    changes = {"KEYDESK_DEMO": "false"}
    done = subprocess.run(
        (sys.executable, "-P", "-m", "workers.cli", "demo"),
        env=cluster.environment("migrate", **changes),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "published password" in done.stderr
