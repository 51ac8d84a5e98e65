"""Accounts of ops and admins, made on the command line: somebody has to be the first."""

from datetime import UTC, datetime

from configuration.accounts import enrol
from domain.access import Role
from domain.errors import FieldError, Invalid
from settings import Settings
from store.audit import Author
from store.engine import connect, sessions

ACTOR = "keydesk enrol"


async def enrol_account(settings: Settings, login: str, email: str, role: str) -> str:
    """Make the account, and answer its password. Raises AlreadyExists and Invalid."""
    if role not in set(Role):
        raise Invalid("There is no such role.", fields=[FieldError("/role", "admin or ops")])
    engine = connect(settings.database_url.get_secret_value(), pool_size=1)
    try:
        async with sessions(engine).begin() as session:
            author = Author(ACTOR, datetime.now(UTC), Role.ADMIN)
            return await enrol(session, login, Role(role), email, author)
    finally:
        await engine.dispose()
