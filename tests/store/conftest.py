"""A database of its own for each test, cloned from one that is migrated and has the demo countries."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count

import psycopg
import pytest
import pytest_asyncio
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from store import engine as engines
from store.engine import Sessions
from store.migrate import upgrade
from workers import demo

TEMPLATE = "store_template"
_numbers = count(1)


def beside(server_url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def create(server_url: str, name: str, template: str = "template1") -> str:
    """A new database; its URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        order = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(order.format(sql.Identifier(name), sql.Identifier(template)))
    return beside(server_url, name)


def drop(server_url: str, name: str) -> None:
    """Drop a database, whoever is connected."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(database_url: str) -> str:
    """The name of the database that the others are cloned from."""
    url = await asyncio.to_thread(create, database_url, TEMPLATE)
    await asyncio.to_thread(upgrade, url)
    await asyncio.to_thread(demo.load, url)
    return TEMPLATE


@pytest.fixture
def empty_database(database_url: str) -> Iterator[str]:
    """libpq URL of a database without a table."""
    name = f"store_empty_{next(_numbers)}"
    yield create(database_url, name)
    drop(database_url, name)


@pytest.fixture
def database(database_url: str, template: str) -> Iterator[str]:
    """libpq URL of this test's own database, with the demo countries."""
    name = f"store_{next(_numbers)}"
    yield create(database_url, name, template)
    drop(database_url, name)


@pytest_asyncio.fixture(loop_scope="session")
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """The engine on this test's database: up to forty connections at once."""
    engine = engines.connect(database, pool_size=20)
    yield engine
    await engine.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> Sessions:
    """Sessions on this test's database."""
    return engines.sessions(engine)
