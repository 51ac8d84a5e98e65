"""Bearer tokens of a real OpenID Connect provider: whom they let in, as what, and what they do not prove."""

from typing import Any

import httpx
import jwt
import pytest

from api.oidc import ClaimNames, Issuer
from domain.access import Role
from domain.errors import NotAuthenticated, Unavailable
from tests.cluster.provider import CLIENT, person, provider, token_of
from tests.stack.running import Stack
from tests.stack.walks import body_of, filed

ROLES = {role.value: role for role in Role}
INSTALLER = {"keydesk_role": "installer", "keydesk_country": "ES", "keydesk_company": "ABC", "email": "ana@abc.example"}


def claims_of(login: str, **claims: Any) -> dict[str, Any]:
    return {"preferred_username": login, **claims}


async def called(stack: Stack, token: str, path: str = "/api/v1/requests") -> httpx.Response:
    return await stack.client_of(None).get(path, headers={"Authorization": f"Bearer {token}"})


async def test_an_installer_of_the_provider_sees_and_files_what_the_company_may(cluster: Stack, issuer: str) -> None:
    theirs = (await filed(cluster))["id"]
    person(issuer, "ana", **claims_of("ana.installer", **INSTALLER))
    token = token_of(issuer, "ana")
    seen = (await called(cluster, token)).json()["items"]
    assert theirs in {one["id"] for one in seen}
    headers = {"Authorization": f"Bearer {token}"}
    body = await body_of(cluster, "installer.abc")
    answer = await cluster.client_of(None).post("/api/v1/requests/commissioning", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["requester"] == {"login": "ana.installer", "company": "ABC"}


async def test_a_keyuser_s_role_comes_from_a_list_by_configuration(cluster: Stack, issuer: str) -> None:
    request_id = (await filed(cluster))["id"]
    listed = claims_of("kay", keydesk_role=["staff", "es-desk"], keydesk_country="ES", email="kay@desk.example")
    person(issuer, "kay", **listed)
    headers = {"Authorization": f"Bearer {token_of(issuer, 'kay')}"}
    accepted = await cluster.client_of(None).post(
        f"/api/v1/requests/{request_id}/actions/accept", json={"version": 1}, headers=headers
    )
    assert accepted.status_code == 200, accepted.text


async def test_the_account_follows_its_claims(cluster: Stack, issuer: str) -> None:
    person(issuer, "mo", **claims_of("mo", **INSTALLER))
    assert (await called(cluster, token_of(issuer, "mo"))).status_code == 200
    person(issuer, "mo", **claims_of("mo", **INSTALLER | {"keydesk_company": "Frio Norte"}))
    moved = token_of(issuer, "mo")
    other = (await filed(cluster))["id"]
    assert (await called(cluster, moved, f"/api/v1/requests/{other}")).status_code == 404
    person(issuer, "mo", **claims_of("mo", keydesk_role="ops"))
    assert (await called(cluster, token_of(issuer, "mo"), f"/api/v1/requests/{other}")).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"keydesk_role": "installer", "keydesk_country": "ES"},
        {"keydesk_role": "installer", "keydesk_country": "ES", "keydesk_company": "Clima Tejo"},
        {"keydesk_role": "pro_partner", "keydesk_country": "ES", "keydesk_company": "ABC"},
        {"keydesk_role": "installer", "keydesk_country": "XX", "keydesk_company": "ABC"},
        {"keydesk_role": "installer", "keydesk_company": "ABC"},
        {"keydesk_role": "keyuser", "keydesk_country": "ES"},  # this provider calls them es-desk
        {"keydesk_role": ["ops", "admin"]},
        {"keydesk_role": []},
        {"keydesk_role": 7},
        {"keydesk_role": {"ops": True}},
        {},
        {"keydesk_role": "ops", "preferred_username": "system"},
        {"keydesk_role": "ops", "preferred_username": "a\u0000b"},
        {"keydesk_role": "ops", "preferred_username": ""},
        {"keydesk_role": "ops", "preferred_username": "x" * 201},
        # A login of this desk, or of a machine, is nobody else's.
        {"keydesk_role": "ops", "preferred_username": "ops"},
        {"keydesk_role": "admin", "preferred_username": "keyuser.es"},
    ],
)
async def test_claims_that_give_no_place_are_refused(cluster: Stack, issuer: str, claims: dict[str, Any]) -> None:
    person(issuer, "nobody", **{"preferred_username": "nobody", **claims})
    answer = await called(cluster, token_of(issuer, "nobody"))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), answer.text


async def test_a_token_for_another_client_is_refused(cluster: Stack, issuer: str) -> None:
    person(issuer, "ana", **claims_of("ana.installer", **INSTALLER))
    answer = await called(cluster, token_of(issuer, "ana", client="another-app"))
    assert answer.status_code == 401


async def test_a_token_that_was_changed_or_signed_by_others_is_refused(cluster: Stack, issuer: str) -> None:
    person(issuer, "ana", **claims_of("ana.installer", **INSTALLER))
    header, content, signature = token_of(issuer, "ana").split(".")
    claims = jwt.decode(f"{header}.{content}.{signature}", options={"verify_signature": False})
    forged = [
        f"{header}.{content}.{signature[:-4]}AAAA",
        jwt.encode(
            claims | {"keydesk_role": "admin"},
            "x" * 40,
            algorithm="HS256",
            headers=jwt.get_unverified_header(f"{header}.{content}.{signature}") | {"alg": "HS256"},
        ),
        jwt.encode(claims, "", algorithm="none"),
    ]
    with provider() as stranger:
        person(stranger, "ana", **claims_of("ana.installer", **INSTALLER))
        forged.append(token_of(stranger, "ana"))
    for token in forged:
        assert (await called(cluster, token)).status_code == 401


async def test_new_keys_of_the_issuer_are_taken_and_old_ones_forgotten() -> None:
    with provider() as address:
        port = int(address.rpartition(":")[2])
        desk = Issuer(address, CLIENT, ClaimNames(), ROLES, cooldown=0)
        person(address, "ana", **claims_of("ana", keydesk_role="ops"))
        old = token_of(address, "ana")
        assert (await desk.proved(old)).login == "ana"
    # Its keys are known for a while: an issuer that is down keeps nobody out who has a token.
    assert (await desk.proved(old)).login == "ana"
    with provider(port) as address:
        person(address, "ana", **claims_of("ana", keydesk_role="ops"))
        assert (await desk.proved(token_of(address, "ana"))).login == "ana"
        with pytest.raises(NotAuthenticated):
            await desk.proved(old)


async def test_the_nonce_of_a_sign_in_must_come_back(issuer: str) -> None:
    desk = Issuer(issuer, CLIENT, ClaimNames(), ROLES)
    person(issuer, "ana", **claims_of("ana", keydesk_role="ops"))
    token = token_of(issuer, "ana", nonce="n-1")
    assert (await desk.proved(token, nonce="n-1")).login == "ana"
    with pytest.raises(NotAuthenticated):
        await desk.proved(token, nonce="n-2")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "{issuer}/elsewhere"])
async def test_an_issuer_that_cannot_be_asked_is_unavailable(issuer: str, url: str) -> None:
    token = token_of(issuer, "ana")
    with pytest.raises(Unavailable):
        await Issuer(url.format(issuer=issuer), CLIENT, ClaimNames(), ROLES).proved(token)


async def test_claims_are_found_inside_others(issuer: str) -> None:
    names = ClaimNames(login="sub", role="realm.roles")
    desk = Issuer(issuer, CLIENT, names, {"boss": Role.ADMIN})
    person(issuer, "deep", realm={"roles": ["staff", "boss"]})
    claimed = await desk.proved(token_of(issuer, "deep"))
    assert (claimed.login, claimed.role, claimed.country) == ("deep", Role.ADMIN, None)


async def test_local_tokens_go_on_working(cluster: Stack) -> None:
    assert (await cluster.client_of("keyuser.es").get("/api/v1/requests")).status_code == 200
