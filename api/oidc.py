"""Bearer tokens of an OpenID Connect issuer, checked against the issuer's own keys, and what their claims say."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import jwt
from jwt import PyJWK, PyJWKClient

from domain.access import END_USER, SYSTEM, Claimed, Role
from domain.errors import Forbidden, NotAuthenticated, Unavailable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 30.0  # seconds by which the issuer's clock may be ahead
PATIENCE = 5.0
KEYS_FOR = 300.0  # seconds until keys are asked for again; an unknown key id asks at once, but not more often than
COOLDOWN = 10.0
LONGEST = 200
SIGN_IN = "keydesk-sign-in"


@dataclass(frozen=True)
class ClaimNames:
    """In which claims an issuer says what; `a.b` is `b` inside `a`."""

    login: str = "preferred_username"
    role: str = "keydesk_role"
    country: str = "keydesk_country"
    company: str = "keydesk_company"
    email: str = "email"


class Issuer:
    """One OpenID Connect issuer. Its configuration and keys are fetched when a token asks for them, and kept.

    `roles` translates the values of the role claim; a value that is not in it counts for nothing. `discovery` is where
    it is asked, if not at its own address: from inside a cluster. With a `client_id` people sign in there on the pages.
    """

    def __init__(
        self,
        url: str,
        audience: str,
        names: ClaimNames,
        roles: Mapping[str, Role],
        *,
        discovery: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        cooldown: float = COOLDOWN,
    ) -> None:
        self.url = url
        self._discovery = discovery or url
        self.audience = audience
        self.client_id = client_id
        self.client_secret = client_secret
        self._names = names
        self._roles = roles
        self._cooldown = cooldown
        self._found: dict[str, Any] | None = None
        self._keys: PyJWKClient | None = None

    def issued(self, token: str) -> bool:
        """Whether the token says that it comes from here. Proves nothing."""
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return False
        return claims.get("iss") == self.url

    async def configuration(self) -> dict[str, Any]:
        """What the issuer says about itself. Raises Unavailable if it does not, or calls itself otherwise."""
        if self._found is None:
            address = f"{self._discovery.rstrip('/')}/.well-known/openid-configuration"
            try:
                async with httpx.AsyncClient(timeout=PATIENCE) as client:
                    found = (await client.get(address)).raise_for_status().json()
            except (httpx.HTTPError, ValueError) as failure:
                raise _unreachable() from failure
            if found.get("issuer") != self.url:
                raise _unreachable()
            self._keys = PyJWKClient(
                found["jwks_uri"], lifespan=KEYS_FOR, timeout=PATIENCE, cooldown_duration=self._cooldown
            )
            self._found = found
        return self._found

    async def proved(self, token: str, *, nonce: str | None = None, audience: str | None = None) -> Claimed:
        """Whom the token proves, and what they may be. Raises NotAuthenticated, Forbidden for claims that give no
        place here, Unavailable while the issuer's keys cannot be had."""
        await self.configuration()
        assert self._keys is not None
        try:
            key = await asyncio.to_thread(_key_of, token, self._keys)
            claims = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=audience or self.audience,
                issuer=self.url,
                leeway=LEEWAY,
                options={"require": ["iss", "aud", "exp", "sub"]},
            )
        except jwt.PyJWKClientConnectionError as failure:
            raise _unreachable() from failure
        except (jwt.InvalidTokenError, jwt.PyJWKClientError, jwt.PyJWKError):
            raise NotAuthenticated("The bearer token is not valid, or no longer.") from None
        if nonce is not None and claims.get("nonce") != nonce:
            raise NotAuthenticated("The answer of the identity provider is not for this sign-in.")
        return self._claimed(claims)

    def _claimed(self, claims: Mapping[str, Any]) -> Claimed:
        login = _text(claims, self._names.login)
        if login is None or login in {SYSTEM, END_USER}:
            raise Forbidden("Your account at the identity provider has no login for this desk.")
        return Claimed(
            issuer=self.url,
            login=login,
            role=self._role(claims),
            country=_text(claims, self._names.country),
            company=_text(claims, self._names.company),
            email=_text(claims, self._names.email) or "",
        )

    def _role(self, claims: Mapping[str, Any]) -> Role:
        said = _claim(claims, self._names.role)
        values = said if isinstance(said, list) else [said]
        found = {self._roles[value] for value in values if isinstance(value, str) and value in self._roles}
        if len(found) != 1:
            raise Forbidden("Your account at the identity provider has no role at this desk, or more than one.")
        return found.pop()


def sealed(facts: Mapping[str, Any], secret: bytes, until: datetime) -> str:
    """Facts that a browser keeps for us, and cannot change."""
    return jwt.encode({**facts, "aud": SIGN_IN, "exp": until}, secret, algorithm="HS256")


def opened_seal(text: str, secret: bytes) -> dict[str, Any]:
    """What was sealed. Raises NotAuthenticated for anything else, and once its time is over."""
    try:
        facts: dict[str, Any] = jwt.decode(text, secret, algorithms=["HS256"], audience=SIGN_IN)
    except jwt.InvalidTokenError:
        raise NotAuthenticated("This sign-in was not begun here, or too long ago.") from None
    return facts


def _key_of(token: str, keys: PyJWKClient) -> PyJWK:
    """The key that the token's header names; a header may name none where there is only one (OpenID Connect §10.1)."""
    name = jwt.get_unverified_header(token).get("kid")
    if name is not None:
        return keys.get_signing_key(name)
    known = keys.get_signing_keys()
    if len(known) != 1:
        raise jwt.InvalidTokenError("the token names no key")
    return known[0]


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of this name; one whose name has dots is found as it is written, or inside others."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    """The claim as a name, None if it is none: empty, too long, or with what no name has."""
    value = _claim(claims, name)
    fits = isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable() and value == value.strip()
    return value if fits else None


def _unreachable() -> Unavailable:
    return Unavailable("The identity provider cannot be asked now. Try again.")
