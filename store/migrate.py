"""Brings a database to the newest schema, with Alembic."""

from alembic import command
from alembic.config import Config

from store.engine import driver_url

LOCK = 7_304_501


def config(database_url: str) -> Config:
    """Alembic's configuration, without a file: scripts come with this package, the URL from the caller."""
    options = Config()
    options.set_main_option("script_location", "store:migrations")
    options.attributes["database_url"] = driver_url(database_url)
    return options


def upgrade(database_url: str) -> None:
    """Apply what is missing. Two processes may call this at once: one migrates, the other waits."""
    command.upgrade(config(database_url), "head")
