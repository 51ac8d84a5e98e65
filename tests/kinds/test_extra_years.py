"""Extra years on an end-user warranty, from the offer to the second card (`domain.md` §2.3)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from domain.calendar import Duration, DurationUnit
from domain.policies import Policy, Tier, TierGrant
from store.tables.countries import Country
from tests.api.refusals import body as problem
from tests.api.refusals import pointers, refusal
from tests.kinds.walks import (
    ask_extra_years,
    cancelled_on_the_page,
    card_of,
    chosen,
    end_user_filed,
    extra_filed,
    extra_granted,
    found,
    granted,
    later,
)
from tests.stack.countries import NewCountry, demo_policy, new_country
from tests.stack.days import last, tier
from tests.stack.footprint import INTAKE, footprint
from tests.stack.papers import text_of
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, decided, history, new_serial, outdoor, processed, pulled, seen, settled
from workers.demo_countries import EXTRA_YEARS

KEYUSER = "keyuser.es"


async def offer(stack: Stack, request: Json) -> tuple[bool, str | None]:
    """Whether the landing page offers extra years on the request, and what it says."""
    [shown] = [one for one in await found(stack, request) if one["id"] == request["id"]]
    return shown["may_request_extra"], shown["extra_years_message"]


async def test_they_are_offered_with_the_countrys_message_once_the_warranty_is_processed(stack: Stack) -> None:
    request = await end_user_filed(stack)
    assert await offer(stack, request) == (False, None)
    await chosen(stack, KEYUSER, request["id"], "EU-5")
    await decided(stack, KEYUSER, request["id"], "accept")
    base = await settled(stack, request["id"])
    assert await offer(stack, base) == (True, EXTRA_YEARS["ES"])
    await extra_filed(stack, base)
    assert await offer(stack, base) == (False, None), "once per warranty"


async def test_they_are_not_offered_for_other_kinds_nor_where_they_are_not_enabled(stack: Stack) -> None:
    assert await offer(stack, await processed(stack)) == (False, None)
    country = await new_country(stack)
    base = await granted(stack, country)
    async with stack.sessions.begin() as session:
        await session.execute(update(Country).where(Country.code == country.code).values(end_user_warranties=False))
    assert await offer(stack, base) == (False, None)
    assert refusal(await ask_extra_years(stack, base)) == (422, "kind_not_enabled")


async def test_they_are_not_offered_for_a_warranty_that_is_denied_cancelled_or_over(stack: Stack) -> None:
    denied = await end_user_filed(stack)
    await decided(stack, KEYUSER, denied["id"], "deny", comment="No.")
    assert await offer(stack, denied) == (False, None)
    cancelled = await granted(stack)
    await decided(stack, KEYUSER, cancelled["id"], "cancel", comment="Returned.")
    assert await offer(stack, cancelled) == (False, None)
    over = await granted(stack)
    assert await offer(later(stack, timedelta(days=1900)), over) == (False, None)


async def test_from_the_click_to_the_second_card(stack: Stack) -> None:
    base = await granted(stack)
    filed = await ask_extra_years(stack, base)
    assert filed.status_code == 201
    assert filed.json()["label"] == "Check pending"
    request = await seen(stack, filed.json()["id"])
    assert request["id"].startswith("ES-XYR-")
    assert (request["state"], request["data"]["base"]) == ("submitted", base["id"])
    assert request["data"]["units"] == base["data"]["units"]
    assert request["data"]["end_user"] == base["data"]["end_user"]
    assert request["requester"] == {"login": None, "company": "Clima Sol"}
    assert (await seen(stack, request["id"], "partner.pro"))["allowed_actions"] == []
    await chosen(stack, KEYUSER, request["id"], "XEU-2")
    await decided(stack, KEYUSER, request["id"], "accept")
    done = await settled(stack, request["id"])
    assert done["assignment"]["tiers"] == [tier("full", years=7)]
    [card] = done["cards"]
    assert card["number"] != base["cards"][0]["number"]
    text = text_of(await card_of(stack, done))
    assert "5 years + 2 years Full warranty" in text
    assert "this card prolongs the end-user warranty" in text
    assert last(years=7) in text
    after = await seen(stack, base["id"])
    assert (after["cards"], after["assignment"]) == (base["cards"], base["assignment"]), "the base is as it was"


def for_years(tier: Tier, count: int) -> TierGrant:
    return TierGrant(tier, Duration(count, DurationUnit.YEARS))


async def lasting(stack: Stack, base: tuple[TierGrant, ...], extra: tuple[TierGrant, ...]) -> NewCountry:
    """A country with one end-user warranty and one policy of extra years."""
    policies: list[Policy] = [
        replace(await demo_policy(stack, "EU-5"), tiers=base),
        replace(await demo_policy(stack, "XEU-2"), tiers=extra),
    ]
    return await new_country(stack, policies=policies)


@pytest.mark.parametrize(
    ("base", "extra", "ends"),
    [
        ({"full": 1, "compressor": 5}, {"full": 3}, {"full": "2028-02-28", "compressor": "2029-02-28"}),
        ({"full": 1, "compressor": 4}, {"compressor": 4}, {"full": "2025-02-28", "compressor": "2032-02-29"}),
        ({"full": 5}, {"full": 1, "compressor": 9}, {"full": "2030-02-28"}),
    ],
)
async def test_each_tier_begins_where_it_ended_and_a_tier_that_is_not_named_keeps_its_end(
    stack: Stack, base: dict[str, int], extra: dict[str, int], ends: dict[str, str]
) -> None:
    country = await lasting(
        stack,
        tuple(for_years(Tier(name), count) for name, count in base.items()),
        tuple(for_years(Tier(name), count) for name, count in extra.items()),
    )
    warranty = await granted(stack, country, commissioned_on="2024-02-29")
    done = await extra_granted(stack, warranty, country.keyuser)
    assert {one["tier"]: one["end"] for one in done["assignment"]["tiers"]} == ends
    assert {one["start"] for one in done["assignment"]["tiers"]} == {"2024-02-29"}


async def refused(stack: Stack, base: Json, **changes: Any) -> tuple[int, str]:
    """Ask, and hold that nothing is left but the memory of the refusal, and a miss."""
    kept = INTAKE | {"lookup_misses"}
    before = await footprint(stack, but=kept)
    answer = await ask_extra_years(stack, base, **changes)
    assert await footprint(stack, but=kept) == before
    return refusal(answer)


async def test_there_is_at_most_one_live_request_per_warranty(stack: Stack) -> None:
    base = await granted(stack)
    first = await extra_filed(stack, base)
    assert await refused(stack, base) == (409, "duplicate_serial")
    await decided(stack, KEYUSER, first["id"], "deny", comment="Not paid.")
    second = await extra_granted(stack, base)
    assert await refused(stack, base) == (409, "duplicate_serial")
    await decided(stack, KEYUSER, second["id"], "cancel", comment="Paid back.")
    assert (await extra_filed(stack, base))["state"] == "submitted"


async def permitted(stack: Stack, serial: str) -> None:
    body = {"kind": "extra-years", "serial": serial, "comment": "Two flats."}
    answer = await stack.client_of(KEYUSER).post("/api/v1/countries/ES/duplicate-permits", json=body)
    assert answer.status_code == 201, answer.text


async def test_a_permit_is_for_a_serial_and_lets_no_second_request_rest_on_a_warranty(stack: Stack) -> None:
    base = await granted(stack)
    await extra_filed(stack, base)
    await permitted(stack, base["data"]["units"][0]["serial"])
    assert await refused(stack, base) == (409, "duplicate_serial")


async def test_corrected_serials_let_no_second_request_rest_on_a_warranty(stack: Stack) -> None:
    base, other = await granted(stack), await granted(stack)
    await extra_filed(stack, base)
    units = {"units": outdoor(new_serial())}
    await decided(stack, KEYUSER, base["id"], "amend", comment="Typing error.", data=units)
    assert await refused(stack, await settled(stack, base["id"])) == (409, "duplicate_serial")
    extra = await extra_filed(stack, other)
    saved = await stack.client_of(KEYUSER).patch(
        f"{REQUESTS}/{extra['id']}", json={"version": 1, "data": {"units": outdoor(new_serial())}}
    )
    assert saved.status_code == 200, saved.text
    assert await refused(stack, other) == (409, "duplicate_serial")


async def test_of_rivals_for_one_warranty_with_permits_one_wins(stack: Stack) -> None:
    base = await granted(stack)
    for _ in range(4):
        await permitted(stack, base["data"]["units"][0]["serial"])
    answers = await asyncio.gather(*(ask_extra_years(stack, base) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_only_whoever_proves_the_warranty_asks_for_more(stack: Stack) -> None:
    base, other = await granted(stack), await granted(stack)
    assert await refused(stack, base, postcode="28014") == (404, "not_found")
    assert await refused(stack, base, serial="NOBODYS01") == (404, "not_found")
    assert await refused(stack, base, warranty_card="ES-UNHEARD0") == (404, "not_found")
    assert await refused(stack, base, warranty_card=other["cards"][0]["number"]) == (404, "not_found")


async def test_a_commissioning_has_no_extra_years(stack: Stack) -> None:
    assert await refused(stack, await processed(stack)) == (422, "kind_not_enabled")


async def test_a_key_asks_once(stack: Stack) -> None:
    base = await granted(stack)
    body = {"warranty_card": base["cards"][0]["number"].lower(), "serial": base["data"]["units"][0]["serial"]}
    body["postcode"] = "28-013"
    client = stack.client_of(None)
    path, headers = "/api/v1/public/requests/extra-years", {"Idempotency-Key": f"extra of {base['id']}"}
    first, again = [await client.post(path, json=body, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    await decided(stack, KEYUSER, base["id"], "amend", comment="Typing error.", data={"end_user": {"city": "Getafe"}})
    assert (await client.post(path, json=body, headers=headers)).json() == first.json(), "the same was sent"
    other = await client.post(path, json={**body, "postcode": "2801 3"}, headers=headers)
    assert refusal(other) == (422, "idempotency_conflict")


async def test_they_are_refused_for_a_warranty_that_is_cancelled_or_over(stack: Stack) -> None:
    cancelled = await granted(stack)
    await decided(stack, KEYUSER, cancelled["id"], "cancel", comment="Returned.")
    assert await refused(stack, cancelled) == (409, "move_refused")
    over = await granted(stack, commissioned_on="2019-01-01")
    assert await refused(stack, over) == (409, "move_refused")


async def test_they_are_not_accepted_once_the_warranty_is_over(stack: Stack) -> None:
    """Asked for on the last covered day, decided later: the refusal says why, and the request waits for a denial."""
    base = await granted(stack)
    request = await extra_filed(stack, base)
    await chosen(stack, KEYUSER, request["id"], "XEU-2")
    await expire(stack, base["id"])
    answer = await pulled(stack, KEYUSER, request["id"], "accept")
    assert refusal(answer) == (409, "move_refused")
    assert "expired" in problem(answer)["detail"]
    assert (await seen(stack, request["id"]))["state"] == "submitted"
    await decided(stack, KEYUSER, request["id"], "deny", comment="Too late.")


async def expire(stack: Stack, request_id: str) -> None:
    """The keyuser corrects the start of the warranty: it ended long ago."""
    await decided(stack, KEYUSER, request_id, "amend", comment="Older.", data={"commissioned_on": "2019-01-01"})
    await settled(stack, request_id)


async def test_without_a_choice_they_are_not_accepted_and_only_extra_policies_can_be_chosen(stack: Stack) -> None:
    request = await extra_filed(stack, await granted(stack))
    assert refusal(await pulled(stack, KEYUSER, request["id"], "accept")) == (409, "warranty_type_missing")
    answer = await stack.client_of(KEYUSER).patch(
        f"{REQUESTS}/{request['id']}", json={"version": 1, "warranty_type": "EU-5"}
    )
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/warranty_type"])
    assert problem(answer)["errors"][0]["detail"] == "tagged end_user, needed extra_end_user"


async def test_a_denial_is_final(stack: Stack) -> None:
    request = await extra_filed(stack, await granted(stack))
    await decided(stack, KEYUSER, request["id"], "deny", comment="Not paid.")
    after = await seen(stack, request["id"], KEYUSER)
    assert (after["allowed_actions"], after["turn"], after["due_at"]) == ([], None, None)
    for trigger in ("accept", "cancel", "deny", "amend"):
        assert refusal(await pulled(stack, KEYUSER, request["id"], trigger, comment="No.")) == (409, "move_refused")
    assert refusal(await cancelled_on_the_page(stack, request)) == (409, "move_refused")


async def test_the_warranty_that_they_rest_on_is_never_edited(stack: Stack) -> None:
    base, other = await granted(stack), await granted(stack)
    request = await extra_filed(stack, base)
    for name, value in (("base", other["id"]), ("partner", "Other")):
        answer = await stack.client_of(KEYUSER).patch(
            f"{REQUESTS}/{request['id']}", json={"version": 1, "data": {name: value}}
        )
        assert (refusal(answer), pointers(answer)) == ((422, "not_editable"), [f"/data/{name}"])
    assert (await history(stack, request["id"]))[0]["actor"] == "end_user"


async def test_cancelling_them_leaves_the_base_as_it_was(stack: Stack) -> None:
    country = await new_country(stack)
    base = await granted(stack, country, units=outdoor("BASE" + "0001"))
    extra = await extra_granted(stack, base, country.keyuser)
    await decided(stack, country.keyuser, extra["id"], "cancel", comment="Paid back.")
    after = await settled(stack, extra["id"])
    assert [card["status"] for card in after["cards"]] == ["withdrawn"]
    assert await seen(stack, base["id"]) == base
    assert await offer(stack, base) == (True, EXTRA_YEARS["ES"])
