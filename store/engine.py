"""How the desk reaches PostgreSQL."""

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Sessions = async_sessionmaker[AsyncSession]


def driver_url(database_url: str) -> str:
    """A libpq URL (`postgresql://…`) with the driver that SQLAlchemy is to use."""
    return make_url(database_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def connect(database_url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine whose connections are checked before use, so that a restarted database is found again.

    A statement waits at most 30 s and a lock at most 10 s: nothing hangs behind a lost client.
    """
    return create_async_engine(
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


def sessions(engine: AsyncEngine) -> Sessions:
    """Sessions whose rows stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
