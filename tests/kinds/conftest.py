"""A database beside the stack's for tests that need no workflows."""

from collections.abc import Iterator

import pytest

from store.migrate import upgrade
from tests.store.conftest import create, drop
from workers import demo


@pytest.fixture(scope="module")
def own_database(database_url: str) -> Iterator[str]:
    """libpq URL of a database of its own, with the demo countries."""
    name = "kinds_codes"
    url = create(database_url, name)
    upgrade(url)
    demo.load(url)
    yield url
    drop(database_url, name)
