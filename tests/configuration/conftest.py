"""A country of its own for the tests of one file, and its keyuser."""

import httpx
import pytest
import pytest_asyncio

from tests.configuration.desk import Desk
from tests.stack.countries import new_country
from tests.stack.running import Stack


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(stack: Stack) -> Desk:
    """The configuration of a country that starts like ES."""
    return Desk(stack, await new_country(stack, codes=3))


@pytest.fixture
def client(desk: Desk) -> httpx.AsyncClient:
    """The keyuser."""
    return desk.stack.client_of(desk.country.keyuser)
