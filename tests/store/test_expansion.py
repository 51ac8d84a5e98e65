"""Deploys without downtime: once the new version's schema is there, the released version goes on working on it.

So a migration only expands. What nobody uses any more is dropped one release later: then the release before knows
nothing of it, and `RELEASED` names a revision that has it no more.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic import command

from store.migrate import config
from tests.store.conftest import create, drop

RELEASED = "0001"
# The released version makes no rows in these tables, but those of the demo.
NEVER_WRITTEN = {"countries.page_text", "line_ups.name", "line_ups.page_text"}
COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable = 'YES', column_default IS NOT NULL OR is_identity = 'YES'
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""

Columns = dict[tuple[str, str], tuple[Any, ...]]


def columns(url: str) -> Columns:
    """Every column: its type, whether it may be null, whether it has a default."""
    with psycopg.connect(url) as connection:
        return {(table, column): tuple(rest) for table, column, *rest in connection.execute(COLUMNS)}


@pytest.fixture(scope="module")
def both(database_url: str) -> Iterator[tuple[Columns, Columns]]:
    """What the released version expects, and what it finds."""
    url = create(database_url, "expansion")
    command.upgrade(config(url), RELEASED)
    before = columns(url)
    command.upgrade(config(url), "head")
    yield before, columns(url)
    drop(database_url, "expansion")


def test_what_the_released_version_reads_is_there(both: tuple[Columns, Columns]) -> None:
    before, after = both
    assert [name for name in before if name not in after or after[name][0] != before[name][0]] == []


def test_what_the_released_version_writes_is_taken(both: tuple[Columns, Columns]) -> None:
    before, after = both
    tables = {table for table, _ in before}
    wrong = []
    for (table, column), (_, nullable, default) in after.items():
        known = before.get((table, column))
        stricter = known is not None and known[1] and not nullable
        unknown = known is None and table in tables and not nullable and not default
        if (stricter or unknown) and f"{table}.{column}" not in NEVER_WRITTEN:
            wrong.append(f"{table}.{column}")
    assert wrong == []
