"""Signing in on the pages at a real identity provider: the code flow with PKCE, as a browser goes through it."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from argon2 import PasswordHasher

from store.tables.countries import Account
from tests.cluster.provider import person
from tests.pages.walks import filled, hidden
from tests.stack.running import BASE_URL, Stack
from tests.stack.walks import filed

KEYUSER = {"preferred_username": "paula", "keydesk_role": "es-desk", "keydesk_country": "ES", "email": "p@desk.example"}


def browser(stack: Stack) -> httpx.AsyncClient:
    """Somebody with cookies, at the desk's public address."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(stack.app), base_url=BASE_URL, timeout=30)


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


async def sent_there(client: httpx.AsyncClient, then: str = "/") -> str:
    """Where the desk sends somebody who wants to sign in at the provider."""
    answer = await client.get("/sign-in/provider", params={"then": then})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def signed_in_there(url: str, subject: str) -> str:
    """Where the provider sends them back to."""
    back = httpx.post(url, data={"sub": subject})
    location: str = back.headers["location"]
    return location


async def came_back(client: httpx.AsyncClient, location: str, **changes: Any) -> httpx.Response:
    query = {**query_of(location), **changes}
    return await client.get(urlsplit(location).path, params=query)


async def test_a_keyuser_signs_in_and_is_known(cluster: Stack, issuer: str) -> None:
    person(issuer, "paula", **KEYUSER)
    async with browser(cluster) as client:
        shown = await client.get("/sign-in")
        assert "/sign-in/provider?then=/" in shown.text
        there = await sent_there(client, "/requests")
        asked = query_of(there)
        assert there.startswith(issuer)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == f"{BASE_URL}/sign-in/provider/back"
        assert {"state", "nonce", "code_challenge"} <= asked.keys()
        answer = await came_back(client, signed_in_there(there, "paula"))
        assert (answer.status_code, answer.headers["location"]) == (303, "/requests")
        assert (await client.get("/requests")).status_code == 200


async def test_the_code_comes_with_what_the_challenge_was_made_of(
    cluster: Stack, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(issuer, "paula", **KEYUSER)
    sent: list[dict[str, str]] = []
    real = httpx.AsyncClient.send

    async def send(self: httpx.AsyncClient, request: httpx.Request, **more: Any) -> httpx.Response:
        if request.url.path == "/oauth2/token":
            sent.append({name: values[0] for name, values in parse_qs(request.content.decode()).items()})
        return await real(self, request, **more)

    monkeypatch.setattr(httpx.AsyncClient, "send", send)
    async with browser(cluster) as client:
        there = await sent_there(client)
        await came_back(client, signed_in_there(there, "paula"))
    digest = hashlib.sha256(sent[0]["code_verifier"].encode()).digest()
    assert query_of(there)["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


async def test_an_answer_that_this_browser_did_not_ask_for_signs_nobody_in(cluster: Stack, issuer: str) -> None:
    person(issuer, "paula", **KEYUSER)
    async with browser(cluster) as client, browser(cluster) as other:
        mine = signed_in_there(await sent_there(client), "paula")
        await sent_there(other)
        for somebody, changes in ((other, {}), (client, {"state": "another"}), (client, {"code": ""})):
            answer = await came_back(somebody, mine, **changes)
            assert answer.status_code == 401
            assert "did not work" in answer.text
            assert (await somebody.get("/requests")).status_code != 200
            await sent_there(somebody)


async def test_a_code_is_good_once_and_no_invention(cluster: Stack, issuer: str) -> None:
    person(issuer, "paula", **KEYUSER)
    async with browser(cluster) as client:
        back = signed_in_there(await sent_there(client), "paula")
        assert (await came_back(client, back)).status_code == 303
        assert (await came_back(client, back)).status_code == 401
        there = await sent_there(client)
        assert (await came_back(client, signed_in_there(there, "paula"), code="invented")).status_code == 401


async def test_somebody_without_a_place_here_is_not_signed_in(cluster: Stack, issuer: str) -> None:
    person(issuer, "guest", preferred_username="guest")
    async with browser(cluster) as client:
        answer = await came_back(client, signed_in_there(await sent_there(client), "guest"))
        assert answer.status_code == 401
        assert (await client.get("/requests")).status_code != 200


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_the_way_back_is_never_another_site(cluster: Stack, issuer: str, then: str) -> None:
    person(issuer, "paula", **KEYUSER)
    async with browser(cluster) as client:
        answer = await came_back(client, signed_in_there(await sent_there(client, then), "paula"))
        assert answer.headers["location"].startswith("/requests")


async def test_a_password_does_not_open_an_account_of_the_provider(cluster: Stack, issuer: str) -> None:
    person(issuer, "paula", **KEYUSER)
    async with browser(cluster) as client:
        await came_back(client, signed_in_there(await sent_there(client), "paula"))
    async with cluster.sessions.begin() as session:
        account = await session.get_one(Account, "paula")
        account.password_hash = PasswordHasher().hash("given by mistake")
    async with browser(cluster) as client:
        answer = await client.post("/sign-in", data={"login": "paula", "password": "given by mistake"})
        assert answer.status_code == 401


async def test_a_desk_without_a_provider_does_not_offer_one(cluster: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cluster.parts.issuer is not None
    monkeypatch.setattr(cluster.parts.issuer, "client_id", None)
    async with browser(cluster) as client:
        assert "/sign-in/provider" not in (await client.get("/sign-in")).text
        assert (await client.get("/sign-in/provider")).status_code == 404


async def test_what_was_typed_outlives_signing_in_at_the_provider_in_another_tab(cluster: Stack, issuer: str) -> None:
    person(issuer, "paula", **KEYUSER)
    path = f"/requests/{(await filed(cluster))['id']}"
    ours = {"Sec-Fetch-Site": "same-origin"}
    async with browser(cluster) as client:
        asked = await client.post(f"{path}/messages", data={"text": "Which invoice?", "key": "1"}, headers=ours)
        assert asked.status_code == 401
        await came_back(client, signed_in_there(await sent_there(client), "paula"))
        held = await client.post("/sign-in", data=hidden(asked.text), headers=ours)
        assert held.status_code == 200, held.text
        answer = await client.post(f"{path}/messages", data=filled(held.text, f"{path}/messages"), headers=ours)
        assert answer.status_code == 303, answer.text
        assert "Which invoice?" in (await client.get(path)).text
