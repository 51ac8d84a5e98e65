"""Brings a database to the newest schema, with Alembic."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

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


async def serves(session: AsyncSession) -> bool:
    """Whether this version can work on the database's schema: its own, or one that a newer version has expanded."""
    revision = await session.scalar(text("SELECT version_num FROM alembic_version"))
    behind = _known() - {_newest()}
    return revision is not None and revision not in behind


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config("postgresql://"))


@cache
def _newest() -> str:
    return _scripts().get_current_head() or ""


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())
