"""Signing in and out, and choosing a language.

A password proves a login here; `provider` has it proven elsewhere, and ends in the same `opened`.
"""

import asyncio
import hashlib
import hmac
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from api.dependencies import Parts
from api.identity import proves
from api.pages.languages import COOKIE, LANGUAGES
from api.pages.visits import SESSION, MemberOf, Visit, VisitorOf
from api.pages.words import n_
from domain.access import Role
from domain.errors import NotFound, RateLimited
from store import accounts, misses, sign_ins

router = APIRouter()
WRONG = n_("Login and password do not fit together.")
YEAR = 365 * 24 * 3600


@router.get("/sign-in")
async def ask(visit: VisitorOf, then: str = "/") -> Response:
    """The form."""
    if visit.caller is not None:
        return visit.go(home(visit))
    return visit.page("sign_in.html", then=ours(then), login="", error="")


@router.post("/sign-in")
async def sign_in(
    visit: VisitorOf,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    then: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Sign in with the password of the local identity store. Raises RateLimited after ten wrong ones a minute."""
    parts, login = visit.parts, login.strip()
    if await _fits(visit, login, password):
        return await opened(visit, login, then)
    async with parts.sessions.begin() as session:
        for one in _addresses(visit, login):
            await misses.note(session, one, parts.now())
    return visit.page("sign_in.html", 401, then=ours(then), login=login, error=visit.say(WRONG))


async def opened(visit: Visit, login: str, then: str) -> RedirectResponse:
    """Somebody has proven a login: open their session and go on."""
    async with visit.parts.sessions.begin() as session:
        token = await sign_ins.sign_in(session, login, visit.parts.now())
        caller = await accounts.caller_of(session, login, demo=visit.parts.demo)
    there = ours(then)
    answer = visit.go(there if there != "/" or caller is None else start(caller.role))
    _keep(answer, visit.parts, SESSION, token, int(sign_ins.LIFETIME.total_seconds()))
    return answer


@router.post("/sign-out")
async def sign_out(visit: MemberOf) -> Response:
    """End the session."""
    async with visit.parts.sessions.begin() as session:
        await sign_ins.sign_out(session, visit.request.cookies[SESSION])
    answer = visit.go("/sign-in")
    answer.delete_cookie(SESSION)
    return answer


@router.get("/language/{language}")
async def choose_language(visit: VisitorOf, language: str, then: str = "/") -> Response:
    """Read the pages in another language from now on."""
    if language not in LANGUAGES:
        raise NotFound("There is no such language.")
    answer = visit.go(ours(then))
    _keep(answer, visit.parts, COOKIE, language, YEAR)
    return answer


def start(role: Role) -> str:
    """Where somebody of this role begins."""
    return "/configuration" if role is Role.ADMIN else "/requests"


def home(visit: Visit) -> str:
    """Where the visitor begins."""
    return start(visit.caller.role) if visit.caller else "/"


def ours(then: str) -> str:
    """A path of this desk; never another site."""
    return then if then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable() else "/"


async def _fits(visit: Visit, login: str, password: str) -> bool:
    parts = visit.parts
    async with parts.sessions.begin() as session:
        for one in sorted(_addresses(visit, login)):
            await misses.stand_in_line(session, one)
            if (wait := await misses.exhausted_for(session, one, parts.now())) is not None:
                seconds = int(wait.total_seconds()) + 1
                raise RateLimited("Too many wrong passwords.", facts={"retry_after": seconds})
        known = await accounts.caller_of(session, login, demo=parts.demo) if "\0" not in login else None
        account = await accounts.account_of(session, login) if known else None
    own = account is not None and account.issuer is None  # a password proves nobody for whom somebody else vouches
    return await asyncio.to_thread(proves, account.password_hash if account and own else None, password)


def _addresses(visit: Visit, login: str) -> tuple[str, str]:
    """What tries are counted by: the visitor's address, and the login; both as keyed hashes."""
    host = visit.request.client.host if visit.request.client else ""
    names = (f"sign-in from {host}", f"sign-in as {login}")
    first, second = (hmac.new(visit.parts.pepper, one.encode(), hashlib.sha256).hexdigest() for one in names)
    return first, second


def _keep(answer: Response, parts: Parts, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="lax", secure=parts.base_url.startswith("https:")
    )
