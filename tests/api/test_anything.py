"""Whatever arrives at whichever route: an answer below 500, and one that says what was wrong."""

import json
from typing import Any
from urllib.parse import quote

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, body_of, filed

EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TEXTS = st.text(st.characters(), max_size=20) | st.sampled_from(["\x00", "\ud800", "ES", "residential", "-1", "\u202e"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.just(10**309),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
PLACES = st.sampled_from(
    [
        "country",
        "wholesaler",
        "line_up",
        "commissioned_on",
        "sales_method",
        "end_user",
        "units",
        "documents",
        "remarks",
        "version",
        "data",
        "comment",
        "kind",
        "serial",
        "warranty_type",
    ]
)
BODIES = VALUES | st.dictionaries(PLACES, VALUES, max_size=6)
TRIGGERS = st.sampled_from(["accept", "deny", "flag_wrong_data", "resubmit", "withdraw", "cancel", "amend"]) | TEXTS


def raw(value: Any) -> bytes:
    """JSON as anybody may write it: with NaN and lone surrogates."""
    return json.dumps(value).encode()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def request_id(stack: Stack) -> str:
    found: str = (await filed(stack))["id"]
    return found


async def sent(stack: Stack, login: str, method: str, path: str, content: bytes) -> None:
    answer = await stack.client_of(login).request(
        method, path, content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.json()["code"]


@EXAMPLES
@given(body=BODIES)
async def test_any_submission(stack: Stack, body: Any) -> None:
    await sent(stack, "installer.abc", "POST", f"{REQUESTS}/commissioning", raw(body))


@EXAMPLES
@given(place=PLACES, value=VALUES)
async def test_a_good_submission_with_anything_in_one_place(stack: Stack, place: str, value: Any) -> None:
    body = await body_of(stack, "installer.abc")
    await sent(stack, "installer.abc", "POST", f"{REQUESTS}/commissioning", raw({**body, place: value}))


@EXAMPLES
@given(data=VALUES)
async def test_any_save(stack: Stack, request_id: str, data: Any) -> None:
    await sent(stack, "keyuser.es", "PATCH", f"{REQUESTS}/{request_id}", raw({"version": 1, "data": data}))


@EXAMPLES
@given(place=PLACES, value=VALUES)
async def test_any_merge_patch(stack: Stack, request_id: str, place: str, value: Any) -> None:
    await sent(stack, "keyuser.es", "PATCH", f"{REQUESTS}/{request_id}", raw({"version": 1, "data": {place: value}}))


@EXAMPLES
@given(trigger=TRIGGERS, body=BODIES, login=st.sampled_from(["keyuser.es", "installer.abc"]))
async def test_any_decision(stack: Stack, request_id: str, trigger: str, body: Any, login: str) -> None:
    path = f"{REQUESTS}/{request_id}/actions/{quote(trigger, safe='', errors='replace')}"
    await sent(stack, login, "POST", path, raw(body))


@EXAMPLES
@given(comment=VALUES, documents=VALUES, data=VALUES)
async def test_any_deny_and_resubmit(stack: Stack, request_id: str, comment: Any, documents: Any, data: Any) -> None:
    body = {"version": 10**9, "comment": comment, "documents": documents, "data": data}
    await sent(stack, "keyuser.es", "POST", f"{REQUESTS}/{request_id}/actions/deny", raw(body))


@EXAMPLES
@given(body=BODIES)
async def test_any_permit(stack: Stack, body: Any) -> None:
    await sent(stack, "keyuser.es", "POST", "/api/v1/countries/ES/duplicate-permits", raw(body))


@EXAMPLES
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["country", "kind", "state", "company", "line_up", "submitted_from", "submitted_to", "q", "limit", "cursor"]
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
        | st.sampled_from(["\x00", "0001-01-01", "9999-12-31T23:59:59.999999+14:00", ">dt:x~s:y", "-1", "1" * 30]),
        max_size=4,
    )
)
async def test_any_question(stack: Stack, query: dict[str, str]) -> None:
    answer = await stack.client_of("keyuser.es").get(REQUESTS, params=query)
    assert answer.status_code in {200, 422}, answer.text


PATHS = (
    "/api/v1/requests/{}",
    "/api/v1/requests/{}/history",
    "/api/v1/requests/{}/card",
    "/api/v1/documents/{}",
    "/verify/{}",
    "/static/{}",
)


@EXAMPLES
@given(
    path=st.sampled_from(PATHS),
    part=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
    | st.sampled_from(["\x00", "a\x00b", "..", "%", "x" * 5000]),
)
async def test_any_path(stack: Stack, path: str, part: str) -> None:
    answer = await stack.client_of("keyuser.es").get(path.format(quote(part, safe="")))
    # One slash too many is redirected; clients walk `..` up themselves, from /verify to the landing page.
    assert answer.status_code in {307, 404, 405, 422} | ({200} if part == ".." else set()), answer.text
