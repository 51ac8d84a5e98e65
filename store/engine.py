"""How the desk reaches PostgreSQL."""

import psycopg
from sqlalchemy import event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DATA_EXCEPTION = "22"  # class of SQLSTATEs whose message quotes the value

Sessions = async_sessionmaker[AsyncSession]


def driver_url(database_url: str) -> str:
    """A libpq URL (`postgresql://…`) with the driver that SQLAlchemy is to use."""
    return make_url(database_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def connect(database_url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine whose connections are checked before use, so that a restarted database is found again.

    A statement waits at most 30 s and a lock at most 10 s: nothing hangs behind a lost client. Errors show no values.
    """
    engine = create_async_engine(
        driver_url(database_url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "options": "-c statement_timeout=30000 -c lock_timeout=10000 -c timezone=UTC",
            "application_name": "keydesk",
        },
    )
    event.listen(engine.sync_engine, "handle_error", _without_values)
    return engine


def _without_values(failed: ExceptionContext) -> None:
    """PostgreSQL quotes whole rows in its errors (`DETAIL: Failing row contains …`), and those end in logs and in
    Temporal's histories. `hide_parameters` does not reach that text; here only its first, general sentence is kept."""
    cause, error = failed.original_exception, failed.sqlalchemy_exception
    if not isinstance(cause, psycopg.Error) or cause.diag.message_primary is None:
        return
    said = cause.diag.message_primary
    if (cause.sqlstate or "").startswith(DATA_EXCEPTION):
        said = said.split(":")[0]
    cause.args = (said,)
    if error is not None:
        error.args = (f"({type(cause).__module__}.{type(cause).__name__}) {said}",)


def sessions(engine: AsyncEngine) -> Sessions:
    """Sessions whose rows stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
