"""Signing in and out on the pages: cookies, rate limits, forms of other sites, languages."""

import httpx
import pytest

from api.pages.visits import ours
from tests.pages.walks import BROWSER, browser, hidden, read, sent, signed_in
from tests.stack.running import Stack
from workers import demo


async def test_the_session_is_in_a_cookie_that_scripts_and_other_sites_do_not_get(stack: Stack) -> None:
    async with browser(stack) as client:
        answer = await client.post("/sign-in", data={"login": "keyuser.es", "password": demo.PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/requests")
        cookie = answer.headers["set-cookie"].lower()
        for part in ("httponly", "secure", "samesite=lax", "path=/"):
            assert part in cookie


async def test_signing_out_ends_the_session_itself(stack: Stack) -> None:
    async with browser(stack) as client:
        await client.post("/sign-in", data={"login": "keyuser.pt", "password": demo.PASSWORD})
        stolen = dict(client.cookies)
        answer = await sent(client, "/requests", "/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    async with browser(stack) as thief:
        thief.cookies.update(stolen)
        answer = await thief.get("/requests")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Frequests")


@pytest.mark.parametrize(("login", "password"), [("keyuser.es", "wrong"), ("nobody", demo.PASSWORD), ("a\0b", "x")])
async def test_a_wrong_password_and_an_unknown_login_get_one_answer(stack: Stack, login: str, password: str) -> None:
    async with browser(stack) as client:
        answer = await client.post("/sign-in", data={"login": login, "password": password})
        assert answer.status_code == 401
        assert "Login and password do not fit together." in answer.text
        assert "set-cookie" not in answer.headers


async def test_ten_wrong_passwords_are_enough(stack: Stack) -> None:
    async with browser(stack) as client:
        for _ in range(10):
            assert (await client.post("/sign-in", data={"login": "ops", "password": "x"})).status_code == 401
        answer = await client.post("/sign-in", data={"login": "admin", "password": demo.PASSWORD})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert "Too many tries" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
async def test_a_form_of_another_site_is_refused(stack: Stack, headers: dict[str, str]) -> None:
    client = await signed_in(stack, "keyuser.es")
    token = hidden((await client.get("/requests")).text)["csrf"]
    bare = httpx.AsyncClient(
        transport=client._transport, base_url=client.base_url, cookies=client.cookies, headers={"Accept": "text/html"}
    )
    answer = await bare.post("/sign-out", data={"csrf": token}, headers=headers)
    assert answer.status_code == 403
    assert (await client.get("/requests")).status_code == 200


@pytest.mark.parametrize("token", [None, "", "guessed", "é"])
async def test_a_form_without_the_sessions_token_is_refused(stack: Stack, token: str | None) -> None:
    client = await signed_in(stack, "keyuser.es")
    answer = await client.post("/sign-out", data={} if token is None else {"csrf": token})
    assert answer.status_code == 403
    assert (await client.get("/requests")).status_code == 200


@pytest.mark.parametrize(
    ("then", "there"),
    [("/requests?kind=x", "/requests?kind=x"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\e", "/")],
)
def test_after_signing_in_one_stays_here(then: str, there: str) -> None:
    assert ours(then) == there


async def test_pages_speak_three_languages(stack: Stack) -> None:
    async with browser(stack) as client:
        assert '<html lang="en">' in await read(client, "/sign-in")
        client.headers["Accept-Language"] = "pt-BR,pt;q=0.9,en;q=0.5"
        assert "Palavra-passe" in await read(client, "/sign-in")
        answer = await client.get("/language/es?then=/sign-in")
        assert answer.headers["location"] == "/sign-in"
        assert "Contraseña" in await read(client, "/sign-in")


async def test_every_page_allows_only_what_is_ours(stack: Stack) -> None:
    async with browser(stack) as client:
        answer = await client.get("/sign-in")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert "http://" not in answer.text.replace("http://www.w3.org", "")
        assert "https://" not in answer.text


async def test_what_is_not_there_is_a_page_for_browsers(stack: Stack) -> None:
    async with browser(stack) as client:
        answer = await client.get("/nothing/here")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        problem = await client.get("/nothing/here", headers={"Accept": "application/json"})
        assert problem.json()["code"] == "not_found"
        api = await client.get("/api/v1/nothing", headers=BROWSER)
        assert api.headers["content-type"] == "application/problem+json"


async def test_the_pages_are_not_in_the_contract(stack: Stack) -> None:
    paths = stack.app.openapi()["paths"]
    assert all(path.startswith(("/api/v1", "/healthz", "/readyz", "/metrics", "/verify")) for path in paths)
