"""How the desk reaches PostgreSQL: the driver, the limits, and what its errors do not tell."""

from urllib.parse import unquote

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from store.engine import Sessions, connect, driver_url
from store.tables.requests import Intake, Request
from tests.store.rows import NOW, request_row

SECRET = "Lucía Pérez"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://keydesk:p%40ss%2Fw%C3%B6rd@127.0.0.1:5433/keydesk",
        "postgresql://keydesk@db.example/keydesk?sslmode=require",
        "postgresql+psycopg://keydesk@localhost/keydesk",
    ],
)
def test_the_url_gets_the_driver_and_keeps_the_rest(url: str) -> None:
    found, given = make_url(driver_url(url)), make_url(url)
    assert found.drivername == "postgresql+psycopg"
    assert found.set(drivername=given.drivername) == given
    assert found.password == (unquote("p%40ss%2Fw%C3%B6rd") if "p%40" in url else None)


async def test_nothing_waits_for_ever(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        settings = {
            name: await connection.scalar(text(f"SHOW {name}"))
            for name in ("statement_timeout", "lock_timeout", "TimeZone", "application_name")
        }
    assert settings == {
        "statement_timeout": "30s",
        "lock_timeout": "10s",
        "TimeZone": "UTC",
        "application_name": "keydesk",
    }


async def test_rows_stay_readable_after_the_commit(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = request_row("R1")
        session.add(row)
    assert row.id == "R1"


async def test_a_restarted_database_is_found_again(database: str) -> None:
    engine = connect(database, pool_size=1)
    try:
        async with engine.connect() as connection:
            victim = await connection.scalar(text("SELECT pg_backend_pid()"))
        other = connect(database)
        async with other.begin() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": victim})
        await other.dispose()
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT pg_backend_pid()")) != victim
    finally:
        await engine.dispose()


async def test_an_unreachable_database_is_an_operational_error() -> None:
    engine = connect("postgresql://keydesk:geheim@127.0.0.1:1/keydesk")
    with pytest.raises(OperationalError) as failed:
        async with engine.connect():
            pass
    assert "geheim" not in str(failed.value)


def told(failure: BaseException | None) -> str:
    """All that a log or a Temporal history would show: the error, its causes, their reprs."""
    words = []
    while failure is not None:
        words += [str(failure), repr(failure)]
        failure = failure.__cause__ or failure.__context__
    return "\n".join(words)


async def test_a_syntax_error_does_not_show_the_parameters(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as failed:
            await connection.execute(text("SELEC :name"), {"name": SECRET})
    assert SECRET not in told(failed.value)


async def test_a_missing_value_does_not_show_the_row(sessions: Sessions) -> None:
    with pytest.raises(IntegrityError) as failed:
        async with sessions.begin() as session:
            session.add(request_row("R1", postcode=SECRET, state=None))
    assert "null value in column" in str(failed.value)
    assert SECRET not in told(failed.value)


async def test_a_duplicate_does_not_show_the_key(sessions: Sessions) -> None:
    def coming(number: str) -> Intake:
        return Intake(
            request_id=number,
            caller="installer.abc",
            login="installer.abc",
            idempotency_key=SECRET,
            body_hash="",
            kind="commissioning",
            country="ES",
            body={},
            submitted_at=NOW,
        )

    with pytest.raises(IntegrityError) as failed:
        async with sessions.begin() as session:
            session.add_all([coming("R1"), coming("R2")])
    assert "uq_intakes_caller_idempotency_key" in str(failed.value), "which constraint it was, it says"
    assert SECRET not in told(failed.value)


async def test_a_value_of_the_wrong_kind_is_not_shown(sessions: Sessions) -> None:
    async with sessions() as session:
        with pytest.raises(DBAPIError) as failed:
            await session.execute(text("SELECT CAST(:name AS integer)"), {"name": SECRET})
    assert SECRET not in told(failed.value)


async def test_a_lock_is_not_waited_for_longer_than_the_limit(database: str, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        session.add(request_row("R1"))
    async with sessions() as holder, sessions() as other:
        await holder.get(Request, "R1", with_for_update=True)
        await other.execute(text("SET LOCAL lock_timeout = '10ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            await other.get(Request, "R1", with_for_update=True)
