"""Alembic runs this for every command; the URL comes from `store.migrate`."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from store.migrate import LOCK
from store.tables import Base

engine = create_engine(context.config.attributes["database_url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
