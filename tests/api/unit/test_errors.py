"""Every refusal as RFC 9457 problem: status, stable code, fields, facts, and never more than that."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
import pytest_asyncio
from fastapi import Body, FastAPI, Query
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.errors import STATUS, TITLES, documented, install, status_of
from configuration.fields import pointed
from domain import errors
from domain.errors import BY_CODE, FieldError, KeydeskError, MoveRefused, from_facts

# Promised in `api.md`.
STATUSES = {
    "not_authenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "move_refused": 409,
    "duplicate_serial": 409,
    "no_free_code": 409,
    "stale_version": 412,
    "too_large": 413,
    "unsupported_type": 415,
    "invalid": 422,
    "document_missing": 422,
    "document_still_denied": 422,
    "not_editable": 422,
    "comment_required": 422,
    "wholesaler_not_distributing": 422,
    "wholesaler_not_configured": 422,
    "registration_late": 422,
    "idempotency_conflict": 422,
    "rate_limited": 429,
    "unavailable": 503,
}


class Inner(BaseModel):
    count: int


class Outer(BaseModel):
    inner: Inner
    rows: list[Inner] = []


class Desk:
    """A small application that refuses as it is told to."""

    def __init__(self) -> None:
        self.failure: Exception = KeydeskError("nothing")
        self.app = FastAPI()
        install(self.app)

        @self.app.get("/refuse")
        async def refuse() -> None:
            raise self.failure

        @self.app.post("/body")
        async def body(body: Annotated[Outer, Body()], limit: Annotated[int, Query()] = 1) -> int:
            return body.inner.count + limit

        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://desk.test")

    async def refused(self, failure: Exception) -> httpx.Response:
        self.failure = failure
        return await self.client.get("/refuse")


@pytest_asyncio.fixture(loop_scope="session")
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.client:
        yield desk


def problem(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["title"] == TITLES[response.status_code]
    assert body["detail"]
    return body


def test_released_statuses_stand() -> None:
    assert {code: status_of(BY_CODE[code]) for code in STATUSES} == STATUSES


@pytest.mark.parametrize("code", sorted(BY_CODE))
async def test_every_refusal_is_answered_with_its_status_and_code(desk: Desk, code: str) -> None:
    response = await desk.refused(BY_CODE[code]("Because.", fields=[FieldError("/a", "no")], facts={"n": 1}))
    body = problem(response)
    assert (body["code"], body["detail"], body["n"]) == (code, "Because.", 1)
    assert body["errors"] == [{"pointer": "/a", "detail": "no"}]
    assert 400 <= response.status_code < 500 or code == "unavailable"


async def test_a_refusal_of_a_newer_release_is_still_a_refusal(desk: Desk) -> None:
    newer = from_facts({"code": "from_the_future", "detail": "Not yet.", "fields": [], "facts": {}})
    response = await desk.refused(newer)
    assert response.status_code < 500
    assert problem(response)["detail"] == "Not yet."


async def test_facts_never_overwrite_what_the_standard_names(desk: Desk) -> None:
    facts = {"status": 200, "title": "Fine", "detail": "Fine", "code": "fine", "state": "denied"}
    body = problem(await desk.refused(MoveRefused("No.", facts=facts)))
    assert (body["status"], body["code"], body["detail"], body["state"]) == (409, "move_refused", "No.", "denied")


async def test_whoever_is_not_signed_in_is_told_how(desk: Desk) -> None:
    assert (await desk.refused(errors.NotAuthenticated("Who?"))).headers["WWW-Authenticate"] == "Bearer"
    assert "WWW-Authenticate" not in (await desk.refused(errors.Forbidden("No."))).headers


@pytest.mark.parametrize("refusal", [errors.RateLimited, errors.Unavailable])
async def test_whoever_should_come_back_is_told_when(desk: Desk, refusal: type[KeydeskError]) -> None:
    assert int((await desk.refused(refusal("Later."))).headers["Retry-After"]) > 0


async def test_what_breaks_tells_nothing_of_itself(desk: Desk) -> None:
    response = await desk.refused(RuntimeError("password=geheim"))
    body = problem(response)
    assert (response.status_code, body["code"]) == (500, "internal")
    assert "geheim" not in response.text


async def test_bad_fields_are_pointed_at_and_their_values_not_repeated(desk: Desk) -> None:
    response = await desk.client.post(
        "/body?limit=many", json={"inner": {"count": "geheim"}, "rows": [{}, {"count": []}]}
    )
    body = problem(response)
    assert (response.status_code, body["code"]) == (422, "invalid")
    assert {one["pointer"] for one in body["errors"]} == {
        *("/limit", "/inner/count", "/rows/0/count", "/rows/1/count"),
    }
    assert "geheim" not in response.text


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"inner": {"count": 1}', b"null", b"[]", b'"x"', b"1"])
async def test_a_body_that_is_none_is_bad_as_a_whole(desk: Desk, content: bytes) -> None:
    response = await desk.client.post("/body", content=content, headers={"content-type": "application/json"})
    body = problem(response)
    assert (response.status_code, body["code"]) == (422, "invalid")
    assert [one["pointer"] for one in body.get("errors", [])] in ([], [""])


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nowhere", 404, "not_found"), ("DELETE", "/refuse", 405, "method_not_allowed")],
)
async def test_wrong_addresses_and_methods_are_problems_too(
    desk: Desk, method: str, path: str, status: int, code: str
) -> None:
    response = await desk.client.request(method, path)
    assert (response.status_code, problem(response)["code"]) == (status, code)


async def test_a_wrong_method_is_told_the_right_one(desk: Desk) -> None:
    assert (await desk.client.delete("/refuse")).headers["Allow"] == "GET"


async def test_a_call_that_sends_too_much_is_told_so(desk: Desk) -> None:
    response = await desk.refused(HTTPException(413, "A call may send at most 5 bytes."))
    assert problem(response)["code"] == "too_large"


def test_pointers_are_escaped() -> None:
    failures = [{"loc": ("data", "a/b", "~c", 0), "msg": "Value error, bad"}]
    assert pointed(failures, "/body") == (FieldError("/body/data/a~1b/~0c/0", "bad"),)


def test_documentation_has_an_example_of_each_code() -> None:
    found = documented(errors.NotFound, errors.MoveRefused, errors.DuplicateSerial)
    assert found.keys() == {404, 409}
    examples = found[409]["content"]["application/problem+json"]["examples"]
    assert examples.keys() == {"move_refused", "duplicate_serial"}
    assert examples["move_refused"]["value"]["status"] == 409


def test_every_status_has_a_title() -> None:
    assert set(STATUS.values()) <= TITLES.keys()
