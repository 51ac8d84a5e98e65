"""Who may do what: every route, every role, on the server (`domain.md` §1)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import pytest_asyncio
from sqlalchemy import update

from api.identity import LocalTokens
from store.tables.countries import Account
from tests.api.refusals import refusal
from tests.stack.countries import NewCountry, new_country
from tests.stack.footprint import footprint
from tests.stack.running import SECRET, Stack
from tests.stack.walks import REQUESTS, decided, filed, processed, seen, settled

UNAUTHENTICATED = (401, "not_authenticated")
FORBIDDEN = (403, "forbidden")
MISSING = (404, "not_found")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> NewCountry:
    return await new_country(stack)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def theirs(stack: Stack, country: NewCountry) -> dict[str, Any]:
    """A processed request of another country than the demo's."""
    return await processed(stack, country.installer, country.keyuser, country=country.code)


def routes(request_id: str, code: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Every route that touches one request or one country."""
    return [
        ("GET", f"{REQUESTS}/{request_id}", None),
        ("GET", f"{REQUESTS}/{request_id}/history", None),
        ("GET", f"{REQUESTS}/{request_id}/card", None),
        ("PATCH", f"{REQUESTS}/{request_id}", {"version": 3, "data": {"remarks": "mine"}}),
        *(
            ("POST", f"{REQUESTS}/{request_id}/actions/{trigger}", {"version": 3, "comment": "mine"})
            for trigger in ("accept", "deny", "flag_wrong_data", "resubmit", "withdraw", "cancel", "amend")
        ),
        (
            "POST",
            f"/api/v1/countries/{code}/duplicate-permits",
            {"kind": "commissioning", "serial": "44810001", "comment": "mine"},
        ),
    ]


async def answers_of(stack: Stack, login: str | None, request_id: str, code: str) -> dict[str, tuple[int, str]]:
    """The refusal of every route, by method and last part; nothing may be left behind."""
    before = await footprint(stack)
    found = {}
    for method, path, body in routes(request_id, code):
        answer = await stack.client_of(login).request(method, path, json=body)
        found[f"{method} {path.rsplit('/', 1)[-1]}"] = refusal(answer)
    assert await footprint(stack) == before
    return found


@pytest.mark.parametrize("login", ["installer.abc", "partner.pro", "participant.ana", "keyuser.es", "admin"])
async def test_another_countrys_request_does_not_exist(
    stack: Stack, country: NewCountry, theirs: dict[str, Any], login: str
) -> None:
    answers = await answers_of(stack, login, theirs["id"], country.code)
    permit = answers.pop("POST duplicate-permits")
    assert permit == (MISSING if login == "keyuser.es" else FORBIDDEN)
    assert set(answers.values()) == {MISSING}


async def test_another_companys_request_does_not_exist(
    stack: Stack, country: NewCountry, theirs: dict[str, Any]
) -> None:
    answers = await answers_of(stack, country.rival, theirs["id"], country.code)
    assert answers.pop("POST duplicate-permits") == FORBIDDEN
    assert set(answers.values()) == {MISSING}


async def test_an_unknown_request_looks_the_same_as_anothers(
    stack: Stack, country: NewCountry, theirs: dict[str, Any]
) -> None:
    client = stack.client_of(country.rival)
    for path in ("", "/history", "/card"):
        real = (await client.get(f"{REQUESTS}/{theirs['id']}{path}")).json()
        made_up = (await client.get(f"{REQUESTS}/XX-COM-999999{path}")).json()
        assert {**real, "detail": ""} == {**made_up, "detail": ""}
        assert real["detail"].replace(theirs["id"], "") == made_up["detail"].replace("XX-COM-999999", "")


async def test_nobody_gets_in_without_a_token(stack: Stack, country: NewCountry, theirs: dict[str, Any]) -> None:
    assert set((await answers_of(stack, None, theirs["id"], country.code)).values()) == {UNAUTHENTICATED}
    assert refusal(await stack.client_of(None).get(REQUESTS)) == UNAUTHENTICATED
    answer = await stack.client_of(None).get(f"{REQUESTS}/{theirs['id']}")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_installer_cannot_do_the_keyusers_moves(
    stack: Stack, country: NewCountry, theirs: dict[str, Any]
) -> None:
    answers = await answers_of_writes(stack, country.installer, theirs["id"], country.code)
    assert answers == {
        **dict.fromkeys(("accept", "deny", "flag_wrong_data", "cancel", "amend"), FORBIDDEN),
        theirs["id"]: FORBIDDEN,
        "duplicate-permits": FORBIDDEN,
        "resubmit": (409, "move_refused"),
        "withdraw": (409, "move_refused"),
    }


async def test_the_keyuser_cannot_do_the_installers_moves(
    stack: Stack, country: NewCountry, theirs: dict[str, Any]
) -> None:
    for trigger in ("resubmit", "withdraw"):
        answer = await stack.client_of(country.keyuser).post(
            f"{REQUESTS}/{theirs['id']}/actions/{trigger}", json={"version": 3}
        )
        assert refusal(answer) == FORBIDDEN


async def test_ops_read_everything_and_change_nothing(
    stack: Stack, country: NewCountry, theirs: dict[str, Any]
) -> None:
    assert (await seen(stack, theirs["id"], "ops"))["allowed_actions"] == []
    assert (await stack.client_of("ops").get(f"{REQUESTS}/{theirs['id']}/card")).status_code == 200
    assert set((await answers_of_writes(stack, "ops", theirs["id"], country.code)).values()) == {FORBIDDEN}


async def answers_of_writes(stack: Stack, login: str, request_id: str, code: str) -> dict[str, tuple[int, str]]:
    before = await footprint(stack)
    found = {}
    for method, path, body in routes(request_id, code):
        if method != "GET":
            answer = await stack.client_of(login).request(method, path, json=body)
            found[path.rsplit("/", 1)[-1]] = refusal(answer)
    assert await footprint(stack) == before
    return found


async def test_colleagues_act_for_each_other(stack: Stack, country: NewCountry) -> None:
    request = await filed(stack, country.installer, country=country.code)
    assert (await seen(stack, request["id"], country.colleague))["allowed_actions"] == ["withdraw"]
    after = await decided(stack, country.colleague, request["id"], "withdraw")
    assert (after["state"], after["cancelled_by"]) == ("cancelled", "requester")
    await settled(stack, request["id"])


def forged(**changes: Any) -> str:
    now = datetime.now(UTC)
    claims = {"sub": "keyuser.es", "aud": "keydesk", "iat": now, "exp": now + timedelta(hours=1), **changes}
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, SECRET, algorithm="HS256")


BAD_TOKENS = {
    "nonsense": "nonsense",
    "empty": "",
    "too old": forged(exp=datetime(2020, 1, 1, tzinfo=UTC)),
    "without end": forged(exp=None),
    "for somebody else": forged(aud="another-desk"),
    "of an unknown account": forged(sub="nobody"),
    "of a number": jwt.encode({"sub": 7, "aud": "keydesk", "exp": 4_000_000_000}, SECRET, algorithm="HS256"),
    "of another signer": LocalTokens("another secret, long enough to sign").issue("keyuser.es", now=datetime.now(UTC)),
    "unsigned": jwt.encode({"sub": "keyuser.es", "aud": "keydesk", "exp": 4_000_000_000}, "", algorithm="none"),
}


@pytest.mark.parametrize("what", BAD_TOKENS)
async def test_a_bad_token_is_refused(stack: Stack, what: str) -> None:
    answer = await stack.client_of(None).get(REQUESTS, headers={"Authorization": f"Bearer {BAD_TOKENS[what]}"})
    assert refusal(answer) == UNAUTHENTICATED


async def test_a_closed_account_is_out_at_once(stack: Stack) -> None:
    country = await new_country(stack)
    client = stack.client_of(country.rival)
    assert (await client.get(REQUESTS)).status_code == 200
    async with stack.sessions.begin() as session:
        await session.execute(update(Account).where(Account.login == country.rival).values(active=False))
    assert refusal(await client.get(REQUESTS)) == UNAUTHENTICATED


async def test_admin_reads_no_requests(stack: Stack) -> None:
    assert refusal(await stack.client_of("admin").get(REQUESTS)) == FORBIDDEN
