"""The desk whose time can be skipped: one for all these tests."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.stack.running import Stack
from tests.workflows.timeline import Timeline, timeline


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def skipping(stack: Stack) -> AsyncIterator[Timeline]:
    """A desk on a Temporal server that skips time."""
    async with timeline(stack) as times:
        yield times


@pytest.fixture
def times(skipping: Timeline) -> Timeline:
    """The same, with its clock at now again: every new workflow begins there."""
    skipping.clock.ahead = timedelta()
    return skipping
