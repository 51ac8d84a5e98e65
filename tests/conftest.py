"""Who may open which socket, and the one stack of real parts that the tests share."""

import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from settings import Settings
from store.engine import Sessions
from tests.stack.running import Stack, running

HERE = Path(__file__).parent
PURE = (HERE / "domain", HERE / "statemachines", HERE / "activities" / "rendering")
LOOPBACK = ["127.0.0.1"]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Event loops talk to themselves over a unix socket pair; that never leaves the process."""
    config.option.allow_unix_socket = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is pure opens no socket at all; everything else reaches this machine only, unless it says otherwise."""
    for item in items:
        if any(folder in item.path.parents for folder in PURE):
            item.add_marker(pytest.mark.disable_socket)
        elif item.get_closest_marker("enable_socket") is None:
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


def pytest_collection_finish() -> None:
    """What is loaded now stays: the garbage collector, which went through it again and again, leaves it out (-12 %)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """PostgreSQL, Temporal, worker, API and mail catcher, with the demo countries loaded."""
    async with running(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="session")
def settings(stack: Stack) -> Settings:
    """The settings with which the stack's worker and API run."""
    return stack.settings


@pytest.fixture(scope="session")
def database_url(stack: Stack) -> str:
    """libpq URL of the stack's database."""
    return stack.settings.database_url.get_secret_value()


@pytest.fixture(scope="session")
def sessions(stack: Stack) -> Sessions:
    """Sessions on the stack's database."""
    return stack.sessions


@pytest.fixture(scope="session")
def temporal(stack: Stack) -> Client:
    """A client of the stack's Temporal server."""
    return stack.temporal
