"""Bearer tokens for the command line."""

from api.identity import token_for
from domain.errors import NotFound
from settings import Settings
from store.accounts import account_of
from store.engine import connect, sessions


async def token_of(settings: Settings, login: str) -> str:
    """A token for the account. Raises NotFound if there is no such account, or it is closed."""
    engine = connect(settings.database_url.get_secret_value(), pool_size=1)
    try:
        async with sessions(engine)() as session:
            account = await account_of(session, login)
    finally:
        await engine.dispose()
    if account is None or not account.active:
        raise NotFound(f"There is no account {login}.")
    return token_for(settings.token_secret.get_secret_value(), login)
