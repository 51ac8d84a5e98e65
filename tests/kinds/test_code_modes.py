"""What becomes of warranty codes when the mode changes, without a policy, and after refusals (`domain.md` §4)."""

from sqlalchemy import update

from domain.pools import Pool
from store.tables.countries import Country
from tests.api.refusals import refusal
from tests.kinds.walks import (
    bound,
    code_shown,
    codes_of,
    counted,
    extended,
    extension,
    listed_codes,
    refused,
    released,
    strict,
)
from tests.stack.countries import NewCountry
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, decided, settled


async def set_mode(stack: Stack, country: NewCountry, mode: str) -> None:
    path = f"/api/v1/countries/{country.code}/settings"
    version = (await stack.client_of(country.keyuser).get(path)).json()["version"]
    answer = await stack.client_of(country.keyuser).patch(path, json={"version": version, "extension_mode": mode})
    assert (answer.status_code, answer.json()["extension_mode"]) == (200, mode)


async def test_changing_the_mode_touches_new_submissions_only(stack: Stack) -> None:
    country = await strict(stack)
    first, second = await codes_of(stack, country, 2)
    held = (await bound(stack, country, second))["id"]
    await set_mode(stack, country, "a")
    assert await refused(stack, country, warranty_code=first) == (422, "code_invalid")
    drawn = (await extended(stack, country.partner, country=country.code))["id"]
    await set_mode(stack, country, "b")
    assert await refused(stack, country) == (422, "code_invalid")
    await decided(stack, country.keyuser, drawn, "accept")
    await set_mode(stack, country, "a")
    await decided(stack, country.keyuser, held, "accept")
    assert [card["number"] for card in (await settled(stack, drawn))["cards"]] == [first]
    assert [card["number"] for card in (await settled(stack, held))["cards"]] == [second]


async def test_a_draw_passes_over_codes_that_are_bound(stack: Stack) -> None:
    """A cancelled request's code is still bound: mode a does not take it either."""
    country = await strict(stack)
    first, second = await codes_of(stack, country, 2)
    gone = (await bound(stack, country, first))["id"]
    await decided(stack, country.keyuser, gone, "cancel", comment="Enough.")
    await set_mode(stack, country, "a")
    request_id = (await extended(stack, country.partner, country=country.code))["id"]
    await decided(stack, country.keyuser, request_id, "accept")
    assert [card["number"] for card in (await settled(stack, request_id))["cards"]] == [second]


async def test_without_a_policy_there_is_no_card_and_the_code_is_free_again(stack: Stack) -> None:
    country = await strict(stack, policies=[])
    [code] = await codes_of(stack, country, 1)
    request_id = (await bound(stack, country, code))["id"]
    await decided(stack, country.keyuser, request_id, "accept")
    done = await settled(stack, request_id)
    assert (done["state"], done["cards"], done["assignment"]["policy"]) == ("processed", [], None)
    assert [email["event"] for email in done["emails"]] == ["submitted", "processed"]
    assert (await code_shown(stack, country, code))["holder"] is None
    assert await counted(stack, country.code, Pool.EXTENSION) == (1, 1)
    assert (await bound(stack, country, code))["state"] == "submitted"


async def test_rented_goods_free_the_code_too(stack: Stack) -> None:
    country = await strict(stack)
    [code] = await codes_of(stack, country, 1)
    request_id = (await bound(stack, country, code, sales_method="rented"))["id"]
    await decided(stack, country.keyuser, request_id, "accept")
    await settled(stack, request_id)
    assert (await code_shown(stack, country, code))["holder"] is None


async def test_a_request_is_found_by_its_code(stack: Stack) -> None:
    country = await strict(stack)
    [code] = await codes_of(stack, country, 1)
    request_id = (await bound(stack, country, code))["id"]
    for login, wanted in ((country.keyuser, [request_id]), (country.partner, [request_id]), (country.rival, [])):
        answer = await stack.client_of(login).get(REQUESTS, params={"q": code.lower()})
        assert [one["id"] for one in answer.json()["items"]] == wanted


async def test_refusals_are_the_same_again_under_their_key(stack: Stack) -> None:
    country = await strict(stack)
    [code] = await codes_of(stack, country, 1)
    holder = (await bound(stack, country, code))["id"]
    body = await extension(stack, country.partner, country=country.code, warranty_code=code)
    headers = {"Idempotency-Key": f"taken-{country.code}"}
    path, client = f"{REQUESTS}/warranty-extension", stack.client_of(country.partner)
    assert refusal(await client.post(path, json=body, headers=headers)) == (409, "code_taken")
    await decided(stack, country.keyuser, holder, "cancel", comment="Enough.")
    await released(stack, country, code)
    assert refusal(await client.post(path, json=body, headers=headers)) == (409, "code_taken")
    assert (await client.post(path, json=body)).status_code == 201
    async with stack.sessions.begin() as session:
        await session.execute(update(Country).where(Country.code == country.code).values(extension_mode="a"))
    assert len(await listed_codes(stack, country)) == 1
