"""One more desk of real parts, as in a cluster: with an identity provider, and encrypted payloads in Temporal."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from tests.cluster import provider
from tests.cluster.collector import Collector, collecting
from tests.stack.running import Stack, running
from tests.stack.servers import free_port
from workers.embedded.home import new_payload_key

UI = "http://127.0.0.1:8233"


@pytest.fixture(scope="session")
def temporal_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Temporal's database."""
    return tmp_path_factory.mktemp("temporal") / "temporal.sqlite"


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The address of the identity provider."""
    with provider.provider() as address:
        yield address


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """What takes the traces."""
    with collecting() as taken:
        yield taken


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cluster(
    tmp_path_factory: pytest.TempPathFactory, temporal_file: Path, issuer: str, collector: Collector
) -> AsyncIterator[Stack]:
    """The desk of these tests."""
    keys = SecretStr(f"{new_payload_key()},{new_payload_key()}")
    folder = tmp_path_factory.mktemp("cluster")
    changes = {
        "payload_keys": keys,
        "temporal_ui_url": UI,
        "oidc_issuer": issuer,
        "otlp_endpoint": collector.address,
        "temporal_metrics_address": f"127.0.0.1:{free_port()}",
        "oidc_client_id": provider.CLIENT,
        "oidc_client_secret": SecretStr("the desk's own"),
        "oidc_roles": {"es-desk": "keyuser", **{role: role for role in ("installer", "pro_partner", "ops", "admin")}},
    }
    async with running(folder, temporal_file=temporal_file, **changes) as stack:
        yield stack
