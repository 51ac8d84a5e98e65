"""One call of a page: who is visiting, in which language, and that no other site sent them.

Three things keep other sites out: the session cookie is `SameSite=Lax`, a form that came from elsewhere is refused
by its `Sec-Fetch-Site` or `Origin`, and what signed-in people send carries a token made from their session.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.dependencies import Parts, PartsOf
from api.pages import pages
from api.pages.languages import language_for
from domain.access import Caller, Role
from domain.errors import Forbidden
from store import accounts, sign_ins
from store.tables.countries import Country

SESSION = "keydesk_session"
SAFE = {"GET", "HEAD"}
SITES = {"same-origin", "none"}


class SignInNeeded(Exception):
    """Nobody is signed in: the page sends them to where they can, and back. No refusal, so no error of the domain."""


class FormOutdated(Exception):
    """A form of ours, from before its sender signed in anew: it is sent once more, or refused as `Forbidden`."""


@dataclass(frozen=True)
class Visit:
    """A visitor on a page. `caller` is None on public pages, `zone` is where their days begin."""

    request: Request
    parts: Parts
    language: str
    caller: Caller | None = None
    country: Country | None = None
    csrf: str = ""

    @property
    def zone(self) -> str:
        """The time zone in which instants are shown."""
        return self.country.time_zone if self.country else "UTC"

    @property
    def provided(self) -> bool:
        """Whether people can sign in at an identity provider."""
        return self.parts.issuer is not None and self.parts.issuer.client_id is not None

    @property
    def who(self) -> Caller:
        """The account. Raises SignInNeeded."""
        if self.caller is None:
            raise SignInNeeded
        return self.caller

    @property
    def desk(self) -> bool:
        """Whether this is somebody of the desk, not somebody who asks."""
        return self.caller is not None and self.caller.role in {Role.KEYUSER, Role.OPS}

    @property
    def here(self) -> str:
        """The address to come back to: this page, or the one that this form stood on."""
        url = self.request.url
        if self.request.method in SAFE:
            return url.path + (f"?{url.query}" if url.query else "")
        came_from = urlsplit(self.request.headers.get("referer", ""))
        return (came_from.path or "/") if came_from.netloc == url.netloc else "/"

    def say(self, text: str) -> str:
        """The text in the visitor's language."""
        return pages.translated(text, self.language)

    def page(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        """The template as a page for this visitor."""
        usual = {"visit": self, "csrf": self.csrf, "zone": self.zone}
        return pages.page(name, status, self.language, **(usual | values))

    def go(self, path: str, **query: str) -> RedirectResponse:
        """Go on to another page of ours, with GET."""
        return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303, {"Cache-Control": "no-store"})


async def closed_afterwards(request: Request) -> AsyncIterator[None]:
    """Whatever a form brought along is let go of with the call."""
    yield
    await request.close()


async def visitor(request: Request, parts: PartsOf) -> Visit:
    """Whoever calls, signed in or not. Raises Forbidden."""
    if request.method not in SAFE:
        _refuse_foreign(request)
    token = request.cookies.get(SESSION)
    if token is None:
        return Visit(request, parts, language_for(request))
    async with parts.sessions() as session:
        login = await sign_ins.login_of(session, token, parts.now())
        caller = await accounts.caller_of(session, login, demo=parts.demo) if login else None
        if caller is None:
            return Visit(request, parts, language_for(request))
        country = await session.get(Country, caller.country) if caller.country else None
    language = language_for(request, country.language if country else None)
    return Visit(request, parts, language, caller, country, csrf_of(parts, token))


VisitorOf = Annotated[Visit, Depends(visitor)]


async def member(visit: VisitorOf) -> Visit:
    """Somebody who signed in; what they send carries their session's token. Raises SignInNeeded, FormOutdated."""
    if visit.caller is None:
        raise SignInNeeded
    if visit.request.method not in SAFE:
        given = visit.request.headers.get("x-csrf-token") or (await visit.request.form()).get("csrf")
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), visit.csrf.encode()):
            raise FormOutdated
    return visit


MemberOf = Annotated[Visit, Depends(member)]


async def keyuser(visit: MemberOf) -> Visit:
    """A keyuser. Raises Forbidden for everybody else."""
    if visit.who.role is not Role.KEYUSER:
        raise Forbidden("This page is for keyusers.")
    return visit


KeyuserOf = Annotated[Visit, Depends(keyuser)]


def ours(path: str) -> str:
    """A path of this desk; never another site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


def proven_ours(request: Request) -> bool:
    """Whether the browser says that one of our own pages sent this."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    return site == "same-origin" if site else origin is not None and urlsplit(origin).netloc == request.headers["host"]


def wants_json(request: Request) -> bool:
    """Whether a script asks, not a person."""
    return request.headers.get("accept") == "application/json"


def csrf_of(parts: Parts, token: str) -> str:
    """The token that forms of this session carry."""
    return hmac.new(parts.pepper, f"csrf {token}".encode(), hashlib.sha256).hexdigest()


def _refuse_foreign(request: Request) -> None:
    """Browsers say from where a form was sent; what says nothing is no browser, and carries no cookies unawares."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        foreign = site not in SITES
    else:
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign:
        raise Forbidden("This form was sent from another site.")
