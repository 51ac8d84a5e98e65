"""Refusals as RFC 9457 `application/problem+json`: one table from error to status, one shape for all."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from configuration.fields import pointed
from domain import errors
from domain.errors import FieldError, Invalid, KeydeskError
from store.files import OutOfReach

STATUS: dict[type[KeydeskError], int] = {
    errors.NotAuthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.StaleVersion: 412,
    errors.TooLarge: 413,
    errors.UnsupportedType: 415,
    errors.Invalid: 422,
    errors.RateLimited: 429,
    errors.Unavailable: 503,
    KeydeskError: 422,  # a refusal whose code a newer release wrote and this one does not know
}
TITLES = {
    401: "Not signed in",
    403: "Not for this account",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Type not allowed",
    422: "Refused",
    429: "Too many requests",
    500: "Something broke",
    503: "Unavailable",
}
RETRY_AFTER = {429: "60", 503: "5"}
CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_type"}


class FieldProblem(BaseModel):
    """One bad field."""

    pointer: str = Field(examples=["/end_user/postcode"], description="JSON pointer into the body")
    detail: str = Field(examples=["may not be empty"])


class Problem(BaseModel):
    """An error as RFC 9457 has it; `code` is stable. Some codes add facts, as `move_refused` adds `state`."""

    status: int
    title: str
    detail: str
    code: str
    errors: list[FieldProblem] | None = None


def documented(*refusals: type[KeydeskError]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for these refusals, with an example of each code."""
    grouped: dict[int | str, dict[str, Any]] = {}
    for refusal in refusals:
        status = status_of(refusal)
        response = grouped.setdefault(
            status,
            {
                "model": Problem,
                "description": TITLES[status],
                "content": {"application/problem+json": {"examples": {}}},
            },
        )
        response["content"]["application/problem+json"]["examples"][refusal.code] = {
            "value": {"status": status, "title": TITLES[status], "detail": "…", "code": refusal.code}
        }
    return grouped


def status_of(refusal: type[KeydeskError]) -> int:
    """The HTTP status of an error class: its own, or that of the nearest class above it."""
    return next(STATUS[one] for one in refusal.__mro__ if one in STATUS)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: tuple[FieldError, ...] = (),
    facts: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """The response for one refusal."""
    body: dict[str, Any] = {
        **(facts or {}),
        "status": status,
        "title": TITLES.get(status, "Error"),
        "detail": detail,
        "code": code,
    }
    if fields:
        body["errors"] = [{"pointer": field.pointer, "detail": field.detail} for field in fields]
    headers = (
        {"Retry-After": str((facts or {}).get("retry_after", RETRY_AFTER[status]))} if status in RETRY_AFTER else {}
    )
    if status == STATUS[errors.NotAuthenticated]:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, headers, media_type="application/problem+json")


async def _refused(_: Request, refusal: Exception) -> JSONResponse:
    if not isinstance(refusal, KeydeskError):
        raise TypeError("not a refusal")
    status = status_of(type(refusal))
    return problem(status, refusal.code, refusal.detail, fields=refusal.fields, facts=refusal.facts)


async def _invalid(_: Request, failure: Exception) -> JSONResponse:
    if not isinstance(failure, RequestValidationError):
        raise TypeError("not a validation error")
    found = [{**one, "loc": _followed(_within(one["loc"]), failure.body)} for one in failure.errors()]
    return problem(422, Invalid.code, "The request has bad fields; see errors.", fields=pointed(found))


def _within(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The place inside the body, or the name in query or header; a body that is no JSON at all is bad as a whole."""
    if loc[0] != "body":
        return loc[1:2]
    return () if len(loc) > 1 and isinstance(loc[1], int) else loc[1:]


def _followed(loc: tuple[str | int, ...], sent: Any) -> tuple[str | int, ...]:
    """`loc` without the parts that name a branch of a union: they are nowhere in what was sent."""
    if not isinstance(sent, dict | list):
        return loc
    places: list[str | int] = []
    for part in loc:
        if (isinstance(sent, dict) and part in sent) or (isinstance(sent, list) and part in range(len(sent))):
            sent = sent[part]  # type: ignore[index]  # a key of the one or an index of the other
        elif not isinstance(sent, dict) or part != loc[-1]:
            continue  # only a missing member is named without being there
        places.append(part)
    return tuple(places)


async def _http(_: Request, failure: Exception) -> JSONResponse:
    if not isinstance(failure, HTTPException):
        raise TypeError("not an HTTP error")
    if isinstance(failure.__cause__, OSError):  # the body found no room on our disk
        return await _out_of_reach(_, failure)
    if failure.status_code == 400:
        return problem(422, Invalid.code, "The body cannot be read.")
    status = failure.status_code
    response = problem(status, CODES.get(status, "error"), str(failure.detail))
    response.headers.update(failure.headers or {})  # Allow, with 405
    return response


async def _out_of_reach(_: Request, __: Exception) -> JSONResponse:
    return problem(503, errors.Unavailable.code, "The desk cannot reach its database or its store. Try again soon.")


async def _broken(_: Request, __: Exception) -> JSONResponse:
    return problem(500, "internal", "Something broke on our side; it has been logged. Nothing was decided.")


def install(app: FastAPI) -> None:
    """Answer every error of the application as a problem."""
    app.add_exception_handler(KeydeskError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for outage in (OperationalError, InterfaceError, PoolTimeout, OutOfReach):
        app.add_exception_handler(outage, _out_of_reach)
    app.add_exception_handler(Exception, _broken)
