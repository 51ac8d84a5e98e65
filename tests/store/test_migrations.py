"""The migrations make exactly the tables that the code declares, once, however often and by whomever they are run."""

import subprocess
import sys
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text

from store.engine import driver_url
from store.migrate import upgrade
from store.tables import Base

CATALOG = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
        WHERE table_schema = 'public'
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
}


def engine_of(url: str) -> Engine:
    return create_engine(driver_url(url))


def catalog(connection: Connection) -> dict[str, set[tuple[Any, ...]]]:
    """All that PostgreSQL knows of our tables, Alembic's own left out."""
    return {
        name: {tuple(row) for row in connection.execute(text(query)) if row[0] != "alembic_version"}
        for name, query in CATALOG.items()
    }


@pytest.fixture
def migrated(empty_database: str) -> str:
    """A database that only the migrations have touched."""
    upgrade(empty_database)
    return empty_database


def test_autogenerate_finds_no_difference(migrated: str) -> None:
    engine = engine_of(migrated)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_checks_and_partial_indexes_are_those_of_the_code(migrated: str) -> None:
    """Autogenerate does not look at these, so PostgreSQL itself says what each of the two ways has made."""
    engine = engine_of(migrated)
    with engine.connect() as connection:
        by_migrations = catalog(connection)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        Base.metadata.create_all(connection)
        by_metadata = catalog(connection)
    engine.dispose()
    for name in CATALOG:
        assert by_migrations[name] == by_metadata[name], name


def test_a_second_upgrade_changes_nothing(migrated: str) -> None:
    with psycopg.connect(migrated) as connection:
        connection.execute("INSERT INTO duplicate_permits SELECT WHERE false")
        before = connection.execute("SELECT oid, relname, relfilenode FROM pg_class ORDER BY oid").fetchall()
    upgrade(migrated)
    with psycopg.connect(migrated) as connection:
        assert connection.execute("SELECT oid, relname, relfilenode FROM pg_class ORDER BY oid").fetchall() == before


def test_processes_that_start_together_migrate_once(empty_database: str) -> None:
    order = "import sys; from store.migrate import upgrade; upgrade(sys.argv[1])"
    rivals = [
        subprocess.Popen([sys.executable, "-c", order, empty_database], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [rival.communicate(timeout=60)[1] for rival in rivals]
    assert [rival.returncode for rival in rivals] == [0, 0, 0], said
    with psycopg.connect(empty_database) as connection:
        assert len(connection.execute("SELECT version_num FROM alembic_version").fetchall()) == 1
