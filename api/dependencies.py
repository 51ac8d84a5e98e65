"""What every router gets: the desk's parts, and who is calling."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from temporalio.converter import PayloadCodec

from activities.mail_server import MailServer
from api.doors import caller_behind
from api.identity import Verifier
from api.oidc import Issuer
from api.pages.press import Previews
from domain.access import Caller
from domain.errors import Invalid, NotAuthenticated, NotFound
from store.engine import Sessions
from store.files import Files
from workflows.client import Desk

MAX_KEY = 255


@dataclass(frozen=True)
class Parts:
    """Built once per process by `api.app`. `now` answers the wall clock, `pepper` keys hashes, `codec` reads what
    Temporal keeps (None: it is not encrypted), `issuer` vouches for people (None: this desk alone does)."""

    sessions: Sessions
    files: Files
    desk: Desk
    tokens: Verifier
    now: Callable[[], datetime]
    mail: MailServer
    sender: str
    base_url: str
    pepper: bytes
    demo: bool
    previews: Previews
    temporal_ui: str | None = None
    temporal_namespace: str = "default"
    codec: PayloadCodec | None = None
    issuer: Issuer | None = None


def parts_of(request: Request) -> Parts:
    """The parts of this application."""
    return cast("Parts", request.app.state.parts)


def readable_path(request: Request) -> None:
    """Raises NotFound for a path with a NUL: nothing has such a name, and no database looks for it."""
    if any("\x00" in str(part) for part in request.path_params.values()):
        raise NotFound("There is nothing of this name.")


PartsOf = Annotated[Parts, Depends(parts_of)]
_bearer = HTTPBearer(
    auto_error=False, description="a token of `keydesk token LOGIN` or of the identity provider, or an API key"
)


async def caller_of(
    parts: PartsOf, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    """The account behind the bearer token. Raises NotAuthenticated."""
    if credentials is None:
        raise NotAuthenticated("A bearer token is needed.")
    return await caller_behind(parts, credentials.credentials)


CallerOf = Annotated[Caller, Depends(caller_of)]


async def idempotency_key(
    key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="the same key and body give the same answer, once"),
    ] = None,
) -> str | None:
    """The caller's key, None without one. Raises Invalid if it is empty or longer than 255 characters."""
    if key is not None and not 0 < len(key.strip()) <= MAX_KEY:
        raise Invalid(f"Idempotency-Key must have 1 to {MAX_KEY} characters.")
    return key


KeyOf = Annotated[str | None, Depends(idempotency_key)]
