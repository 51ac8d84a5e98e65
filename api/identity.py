"""The local identity store: passwords and signed bearer tokens. (OIDC will be a second verifier beside it.)"""

import secrets
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import NotAuthenticated

ALGORITHM = "HS256"
AUDIENCE = "keydesk"
LIFETIME = timedelta(hours=12)


class Verifier(Protocol):
    """Whoever can tell from a bearer token whose it is."""

    def login_of(self, token: str) -> str:
        """The login that the token proves. Raises NotAuthenticated."""
        ...


class LocalTokens:
    """Tokens that this desk signs itself with `secret`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def issue(self, login: str, *, now: datetime, lifetime: timedelta = LIFETIME) -> str:
        """A token for an account, good until `now + lifetime`."""
        claims = {"sub": login, "aud": AUDIENCE, "iat": now, "exp": now + lifetime}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def login_of(self, token: str) -> str:
        """The login that the token proves. Raises NotAuthenticated if it is forged, foreign or too old."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"require": ["sub", "aud", "exp"]},
            )
        except jwt.InvalidTokenError:
            raise NotAuthenticated("The bearer token is not valid, or no longer.") from None
        return str(claims["sub"])


def token_for(secret: str, login: str) -> str:
    """A token from now on, for the command line."""
    return LocalTokens(secret).issue(login, now=datetime.now(UTC))


def proves(password_hash: str | None, password: str) -> bool:
    """Whether the password is the account's. Without an account it takes as long to say no."""
    try:
        return PasswordHasher().verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return PasswordHasher().hash(secrets.token_urlsafe())
