"""Whatever is asked of a page, with whatever in it: it answers, and never breaks."""

import re

import pytest
from fastapi.routing import APIRoute

from tests.pages.walks import browser, hidden, signed_in
from tests.stack.running import Stack
from tests.stack.walks import filed

JUNK = ("\0", "x" * 3000, "-1")
FIELDS = (
    *("q", "version", "do", "then", "login", "password", "name", "query", "country", "serial", "postcode", "comment"),
    *("text", "code", "pool", "count", "prefix", "owner", "kind", "line", "points", "reason", "campaign", "coupon"),
    *("end_user/name", "units/0/serial", "lines/0/product", "documents", "line_ups/0/line_up", "subject", "body"),
)
PAGES = re.compile(r"^/(?!api/|healthz|readyz|metrics|openapi|verify|static|codec)")


def addresses(stack: Stack, known: dict[str, str]) -> list[tuple[str, str]]:
    """Every page with its method; path parameters are filled from `known`."""
    found = []
    for route in stack.app.routes:
        routes = getattr(getattr(route, "original_router", None), "routes", [route])
        for one in routes:
            if isinstance(one, APIRoute) and PAGES.match(one.path):
                path = re.sub(r"\{(\w+)(?::path)?\}", lambda found: known.get(found[1], found[1]), one.path)
                found += [(method, path) for method in one.methods or ()]
    return sorted(set(found))


@pytest.mark.parametrize("login", ["keyuser.es", "installer.abc", "participant.ana", "ops", "admin", None])
async def test_junk_is_refused_and_breaks_nothing(stack: Stack, login: str | None) -> None:
    request = await filed(stack)
    known = {"request_id": request["id"], "country": "ES", "name": "wholesalers", "key": "DEF", "trigger": "accept"}
    known |= {"event": "processed", "recipient": "requester", "language": "en"}
    client = browser(stack) if login is None else await signed_in(stack, login)
    token = hidden((await client.get("/nothing")).text).get("csrf", "")
    broken, tried = [], addresses(stack, known)
    assert len(tried) > 50
    for method, path in tried:
        if path.startswith("/sign-"):
            continue
        for junk in JUNK[:2] if method == "GET" else JUNK:
            if method == "GET":
                asked = dict.fromkeys((*FIELDS, "cursor", "after", "sort"), junk[:500])
                answer = await client.get(path, params=asked)
            else:
                answer = await client.post(
                    path, data={**dict.fromkeys(FIELDS, junk), f"a{junk}/0/b": junk, "csrf": token}
                )
            if answer.status_code >= 500:
                broken.append((method, path, junk[:5], answer.status_code))
    assert broken == []


@pytest.mark.parametrize("login", ["keyuser.es", "ops", "installer.abc"])
async def test_paths_that_nothing_has(stack: Stack, login: str) -> None:
    client = await signed_in(stack, login)
    for name in ("request_id", "country", "name", "key", "trigger", "draft_id", "document_id", "serial", "kind"):
        for junk in ("%00", "x" * 300, "%2e%2e", "é"):
            for method, path in addresses(stack, {name: junk}):
                if method == "GET" and junk in path:
                    assert (await client.get(path)).status_code < 500, path
