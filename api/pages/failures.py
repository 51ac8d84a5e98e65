"""Refusals as pages, for browsers on pages; for everybody else they stay the problems of `api.errors`."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from api import errors
from api.dependencies import parts_of
from api.pages import sentences, words
from api.pages.holding import held_from
from api.pages.languages import language_for
from api.pages.signing import again, asked
from api.pages.visits import FormOutdated, SignInNeeded, Visit, proven_ours, visitor, wants_json
from api.pages.words import n_
from domain.errors import Forbidden, KeydeskError
from store.files import OutOfReach

CODES = {**errors.CODES, 413: "too_much"}  # the call, not one of its files
Handler = Callable[[Request, Exception], Awaitable[Response]]
OUTDATED = "This form is not from one of our pages, or you signed in anew since. Load it again."
SIGNED_OUT = n_("You were signed out. Sign in again in another tab, then go on here.")
NO_PAGES = ("/api/", "/static/", "/verify/", "/healthz", "/readyz", "/metrics", "/openapi.json")


def install(app: FastAPI) -> None:
    """Put pages before the problems that `api.errors.install` has set up."""
    for refusal, problem in list(app.exception_handlers.items()):
        app.add_exception_handler(refusal, _or_page(problem))  # type: ignore[arg-type]  # its handlers are all async
    app.add_exception_handler(SignInNeeded, _to_sign_in)
    app.add_exception_handler(FormOutdated, _once_more(app.exception_handlers[KeydeskError]))  # type: ignore[arg-type]  # async, too


async def _to_sign_in(request: Request, _: Exception) -> Response:
    """To the page that asks for the password; a form that was sent is held there."""
    visit = Visit(request, parts_of(request), language_for(request))
    if wants_json(request):
        return JSONResponse({"sentence": visit.say(SIGNED_OUT)}, 401)
    held = await held_from(request) if proven_ours(request) else None
    if held is not None:
        return asked(visit, 401, then=visit.here, held=held)
    return RedirectResponse(f"/sign-in?{urlencode({'then': visit.here})}", 303)


def _once_more(refused: Handler) -> Handler:
    async def answer(request: Request, _: Exception) -> Response:
        """A form from before somebody signed in anew: a script gets the token of now, a person is asked."""
        held = await held_from(request) if proven_ours(request) else None
        if held is None:
            return await refused(request, Forbidden(OUTDATED))
        visit = await visitor(request, parts_of(request))
        return JSONResponse({"csrf": visit.csrf}, 403) if wants_json(request) else again(visit, held, 403)

    return answer


def _or_page(problem: Handler) -> Handler:
    async def answer(request: Request, failure: Exception) -> Response:
        answered = await problem(request, failure)
        if request.url.path.startswith(NO_PAGES) or "text/html" not in request.headers.get("accept", ""):
            return answered
        return await _page(request, failure, answered)

    return answer


async def _page(request: Request, failure: Exception, answered: Response) -> Response:
    status = answered.status_code
    code = failure.code if isinstance(failure, KeydeskError) else CODES.get(status, "error")
    detail = failure.detail if isinstance(failure, KeydeskError) else ""
    try:
        visit = await visitor(request, parts_of(request))
    except (KeydeskError, SQLAlchemyError, OutOfReach):
        visit = Visit(request, parts_of(request), language_for(request))
    shown = visit.page(
        "failure.html",
        status,
        title=visit.say(words.TITLES.get(status, words.TITLES[500])),
        sentence=sentences.told(code, detail, visit.language),
        correlation=answered.headers.get("x-correlation-id", ""),
    )
    for name in ("Retry-After", "Allow"):
        if name in answered.headers:
            shown.headers[name] = answered.headers[name]
    return shown
