"""What a points request is refused for, and who may do what with it (`domain.md` §1, §2.4)."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from domain.campaigns import Audience
from store.snapshots import to_json
from tests.api.refusals import pointers, refusal
from tests.kinds.claims import (
    ANA,
    BARE,
    KEYUSER,
    PLAIN,
    attached,
    claim,
    claimed,
    in_country,
    invoice,
    line,
    loyal_country,
    participant,
    put,
)
from tests.stack.countries import NewCountry
from tests.stack.footprint import footprint
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, pulled, version_of

OTHERS = ("installer.abc", "partner.pro", "keyuser.es", "ops", "admin")
LOST = "0d5f3a52-5d0e-4b5c-9d43-3f2f3f6d1a10"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> AsyncIterator[NewCountry]:
    """A country with a campaign of its own."""
    yield await loyal_country(stack)


@pytest.mark.parametrize("login", OTHERS)
async def test_only_participants_claim_points(stack: Stack, login: str) -> None:
    assert refusal(await claim(stack, [line(PLAIN, LOST)], login)) == (403, "forbidden")


async def test_another_country_is_none(stack: Stack, country: NewCountry) -> None:
    answer = await claim(stack, [line(BARE, site="x")], **in_country(country))
    assert refusal(answer) == (404, "not_found")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"campaign": "AUTUMN"}, "/campaign"),
        ({"lines": []}, "/lines"),
        ({"lines": [line("CU-2Z50TBE", LOST)]}, "/lines/0/product"),
        ({"lines": [line(PLAIN, LOST)]}, "/lines/0/documents/0/document_id"),
        ({"lines": [line(PLAIN, colour="red")]}, "/lines/0/info"),
        ({"lines": [line(PLAIN, quantity=0)]}, "/lines/0/quantity"),
        ({"lines": [line(PLAIN, quantity=1001)]}, "/lines/0/quantity"),
        ({"lines": [line(PLAIN, quantity=True)]}, "/lines/0/quantity"),
        ({"lines": [{**line(PLAIN), "points": 80}]}, "/lines/0/points"),
        ({"lines": [{**line(PLAIN), "documents": [attached(LOST, "receipt")]}]}, "/lines/0/documents/0/requirement"),
        ({"coupon": None}, "/coupon"),
    ],
)
async def test_a_wrong_body_leaves_nothing(stack: Stack, changes: Json, pointer: str) -> None:
    before = await footprint(stack)
    answer = await claim(stack, changes.pop("lines", [line(PLAIN, LOST)]), **changes)
    assert refusal(answer) == (422, "invalid")
    assert pointer in pointers(answer)
    assert await footprint(stack) == before


@pytest.mark.parametrize(
    ("lines", "changes", "code"),
    [
        ([line(BARE, site="x")], {"coupon": "Luna"}, "code_invalid"),
        ([line(BARE)], {}, "invalid"),
        ([line(PLAIN)], {}, "document_missing"),
    ],
)
async def test_a_refused_claim_is_no_request_and_its_key_gets_the_same_again(
    stack: Stack, country: NewCountry, lines: list[Json], changes: Json, code: str
) -> None:
    who, what = participant(country), {**in_country(country), **changes}
    key = f"refused {code}"
    for _ in range(2):
        assert refusal(await claim(stack, lines, who, key=key, **what)) == (422, code)
    assert refusal(await claim(stack, [line(BARE, site="y")], who, key=key, **what))[1] == "idempotency_conflict"


@pytest.mark.parametrize(
    ("campaign", "code"),
    [
        ({"starts_on": date(2098, 1, 1)}, "invalid"),
        ({"ends_on": date(2026, 2, 1), "claim_deadline": date(2026, 2, 2)}, "registration_late"),
        ({"audience": to_json(Audience(logins=("single.es",)))}, "invalid"),
        ({"audience": to_json(Audience(companies=("Rival",)))}, "invalid"),
    ],
)
async def test_a_campaign_takes_claims_in_its_days_and_from_its_audience(
    stack: Stack, campaign: dict[str, Any], code: str
) -> None:
    country = await loyal_country(stack, campaign=campaign)
    answer = await claim(stack, [line(BARE, site="x")], participant(country), **in_country(country))
    assert refusal(answer) == (422, code)


async def test_the_same_key_gives_the_same_request(stack: Stack, country: NewCountry) -> None:
    who, what = participant(country), in_country(country)
    first = await claim(stack, [line(BARE, site="x")], who, key="once", **what)
    again = await claim(stack, [line(BARE, site="x")], who, key="once", **what)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


async def test_a_document_of_somebody_else_is_none(stack: Stack, country: NewCountry) -> None:
    theirs = await invoice(stack, f"single.{country.code.lower()}")
    answer = await claim(stack, [line(PLAIN, theirs)], participant(country), **in_country(country))
    assert pointers(answer) == ["/lines/0/documents/0/document_id"]
    of_a_colleague = await invoice(stack, f"mate.{country.code.lower()}")
    await claimed(stack, [line(PLAIN, of_a_colleague)], participant(country), **in_country(country))


async def test_colleagues_keyuser_and_ops_see_it_and_nobody_else(stack: Stack, country: NewCountry) -> None:
    code = country.code.lower()
    request = await claimed(stack, [line(BARE, site="x")], participant(country), **in_country(country))
    for login, status in (
        (participant(country), 200),
        (f"mate.{code}", 200),
        (country.keyuser, 200),
        ("ops", 200),
        (f"single.{code}", 404),
        (country.rival, 404),
        (ANA, 404),
        (KEYUSER, 404),
    ):
        for path in (f"{REQUESTS}/{request['id']}", f"/api/v1/participants/{participant(country)}/points"):
            answer = await stack.client_of(login).get(path)
            assert answer.status_code == status, (login, path)
    assert (await stack.client_of("admin").get(f"/api/v1/participants/{ANA}/points")).status_code == 404
    assert refusal(await stack.client_of("ops").get("/api/v1/participants/keyuser.es/points")) == (404, "not_found")
    assert refusal(await stack.client_of("ops").get("/api/v1/participants/nobody/points")) == (404, "not_found")
    assert (await stack.client_of(None).get(f"/api/v1/participants/{ANA}/points")).status_code == 401


async def test_only_the_countrys_keyuser_judges_and_processes(stack: Stack, country: NewCountry) -> None:
    request = await claimed(stack, [line(BARE, site="x")], participant(country), **in_country(country))
    for login, wanted in (
        (participant(country), (403, "forbidden")),
        ("ops", (403, "forbidden")),
        (KEYUSER, (404, "not_found")),
        (country.rival, (404, "not_found")),
    ):
        for path, body in (
            ("lines/1/verdict", {"verdict": "accepted"}),
            ("lines/1/points", {"points": 3}),
            (f"documents/{LOST}/verdict", {"verdict": "accepted"}),
            ("verdicts", {"lines": [{"line": 1, "verdict": "accepted"}]}),
        ):
            assert refusal(await put(stack, login, request["id"], path, **body)) == wanted, (login, path)
        assert refusal(await pulled(stack, login, request["id"], "process")) == wanted
    assert await version_of(stack, request["id"]) == 1
