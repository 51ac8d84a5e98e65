"""Signing in and out, and choosing a language.

A password proves a login here; `provider` has it proven elsewhere, and ends in the same `opened`.
"""

import asyncio
import hashlib
import hmac
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Response

from api.dependencies import Parts
from api.identity import proves
from api.pages.holding import Held, unpacked
from api.pages.languages import COOKIE, LANGUAGES
from api.pages.visits import SESSION, MemberOf, Visit, VisitorOf, csrf_of, ours
from api.pages.words import n_
from domain.access import Role
from domain.errors import NotFound, RateLimited
from store import accounts, misses, sign_ins
from store.tables.countries import Country

router = APIRouter()
WRONG = n_("Login and password do not fit together.")
YEAR = 365 * 24 * 3600


@router.get("/sign-in")
async def ask(visit: VisitorOf, then: str = "/") -> Response:
    """The form."""
    if visit.caller is not None:
        return visit.go(home(visit))
    return asked(visit, then=then)


@router.post("/sign-in")
async def sign_in(
    visit: VisitorOf,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    then: Annotated[str, Form(max_length=2000)] = "/",
    held: Annotated[str, Form(max_length=Held.LONGEST)] = "",
) -> Response:
    """Sign in with the password of the local identity store; `held` is a form that could not be taken before.

    Raises RateLimited after ten wrong ones a minute.
    """
    parts, login, form = visit.parts, login.strip(), unpacked(held)
    if visit.caller is not None and form is not None:  # signed in elsewhere, in another tab
        return again(visit, form)
    if await _fits(visit, login, password):
        return await opened(visit, login, then, form)
    async with parts.sessions.begin() as session:
        for one in _addresses(visit, login):
            await misses.note(session, one, parts.now())
    return asked(visit, 401, then=then, login=login, error=visit.say(WRONG), held=form)


def asked(
    visit: Visit, status: int = 200, *, then: str, login: str = "", error: str = "", held: Held | None = None
) -> Response:
    """The form that asks for login and password."""
    return visit.page("sign_in.html", status, then=ours(then), login=login, error=error, held=held)


async def opened(visit: Visit, login: str, then: str, held: Held | None = None) -> Response:
    """Somebody has proven a login: open their session and go on."""
    async with visit.parts.sessions.begin() as session:
        token = await sign_ins.sign_in(session, login, visit.parts.now())
        caller = await accounts.caller_of(session, login, demo=visit.parts.demo)
        country = await session.get(Country, caller.country) if caller and caller.country else None
    there = ours(then)
    answer: Response = visit.go(there if there != "/" or caller is None else start(caller.role))
    if held is not None and caller is not None:
        answer = again(replace(visit, caller=caller, country=country, csrf=csrf_of(visit.parts, token)), held)
    _keep(answer, visit.parts, SESSION, token, int(sign_ins.LIFETIME.total_seconds()))
    return answer


def again(visit: Visit, held: Held, status: int = 200) -> Response:
    """Asks whether a form that could not be taken is to be sent once more."""
    return visit.page("held.html", status, held=held)


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
