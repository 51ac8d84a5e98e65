"""The desk that these tests kill, and the people who go on working at it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.crash.client import Client
from tests.crash.desk import CrashDesk


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashDesk]:
    """One desk for all of these tests but the storm."""
    desk = CrashDesk(tmp_path_factory.mktemp("crash") / "desk")
    try:
        desk.start()
        yield desk
    finally:
        desk.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(desk: CrashDesk) -> AsyncIterator[Client]:
    """Whoever calls this desk."""
    client = Client(desk)
    yield client
    await client.close()
