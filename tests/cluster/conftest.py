"""One more desk of real parts, run as in a cluster: what Temporal keeps is encrypted, in a file that tests may read."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from tests.stack.running import Stack, running
from workers.embedded.home import new_payload_key

UI = "http://127.0.0.1:8233"


@pytest.fixture(scope="session")
def temporal_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Temporal's database."""
    return tmp_path_factory.mktemp("temporal") / "temporal.sqlite"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cluster(tmp_path_factory: pytest.TempPathFactory, temporal_file: Path) -> AsyncIterator[Stack]:
    """The desk of these tests."""
    keys = SecretStr(f"{new_payload_key()},{new_payload_key()}")
    folder = tmp_path_factory.mktemp("cluster")
    async with running(folder, temporal_file=temporal_file, payload_keys=keys, temporal_ui_url=UI) as stack:
        yield stack
