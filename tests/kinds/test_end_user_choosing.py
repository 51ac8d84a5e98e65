"""The keyuser chooses the warranty of an end user before accepting (`domain.md` §2.2)."""

from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from domain.policies import GoodsRow, Policy, PolicyState, Scheme
from domain.states import Kind
from tests.api.refusals import body as problem
from tests.api.refusals import pointers, refusal
from tests.kinds.walks import card_of, chosen, end_user_filed, extended
from tests.stack.countries import NewCountry, demo_policy, new_country
from tests.stack.days import tier
from tests.stack.footprint import footprint
from tests.stack.papers import text_of
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, decided, filed, history, new_serial, outdoor, pulled, seen, settled

KEYUSER = "keyuser.es"


async def choose(
    stack: Stack, request: Json, warranty_type: str, keyuser: str = KEYUSER, **data: Any
) -> httpx.Response:
    """The answer to a SAVE that chooses the warranty type."""
    version = (await seen(stack, request["id"]))["version"]
    body = {"version": version, "warranty_type": warranty_type, **({"data": data} if data else {})}
    return await stack.client_of(keyuser).patch(f"{REQUESTS}/{request['id']}", json=body)


async def test_without_a_warranty_type_it_is_not_accepted(stack: Stack) -> None:
    request = await end_user_filed(stack)
    before = await footprint(stack, but=frozenset({"decisions"}))
    answer = await pulled(stack, KEYUSER, request["id"], "accept")
    assert refusal(answer) == (409, "warranty_type_missing")
    assert await footprint(stack, but=frozenset({"decisions"})) == before
    assert (await seen(stack, request["id"]))["state"] == "submitted"


async def test_the_preview_says_what_can_be_chosen_and_the_choice_is_journalled(stack: Stack) -> None:
    request = await end_user_filed(stack)
    preview = (await seen(stack, request["id"], KEYUSER))["assignment"]
    assert preview["policy"] is None
    trace = {one["policy"]: (one["rule"], one["detail"]) for one in preview["trace"]}
    assert trace["EU-5"] == ("chosen", "can be chosen as warranty type")
    assert trace["EXT-5"] == ("tag", "tagged extension, needed end_user")
    assert (await seen(stack, request["id"], "partner.pro"))["assignment"] is None
    after = await chosen(stack, KEYUSER, request["id"], "EU-5")
    assert (after["state"], after["version"], after["warranty_type"]) == ("submitted", 2, "EU-5")
    assert after["assignment"]["policy"] == "EU-5"
    assert (await history(stack, request["id"]))[-1]["changes"] == {"warranty_type": {"from": None, "to": "EU-5"}}
    again = await chosen(stack, KEYUSER, request["id"], "EU-5")
    assert again["version"] == 2, "what is chosen already changes nothing"


async def test_the_chosen_warranty_is_granted_and_printed(stack: Stack) -> None:
    request = await end_user_filed(stack)
    await chosen(stack, KEYUSER, request["id"], "EU-5")
    await decided(stack, KEYUSER, request["id"], "accept")
    done = await settled(stack, request["id"])
    assert done["assignment"]["tiers"] == [tier("full", years=5)]
    [card] = done["cards"]
    assert card["number"].startswith("ES-")
    text = text_of(await card_of(stack, done))
    assert "End-user warranty" in text
    assert "Clima Sol" in text
    for secret in ("Lucía", "Calle Mayor", "lucia@example.org", "600 123 456"):
        assert secret not in text


async def wide(stack: Stack) -> tuple[NewCountry, dict[str, Policy]]:
    """A country whose policies each have something against an end-user warranty of one residential unit."""
    fits = await demo_policy(stack, "EU-5")

    def like(number: int, name: str, **changed: Any) -> Policy:
        return replace(fits, number=number, name=name, alternative_code=name, **changed)

    policies = [
        fits,
        like(11, "EU-OFF", state=PolicyState.NOT_EFFECTIVE),
        like(12, "EU-HEATING", goods=(GoodsRow(line_up="heating"),)),
        like(13, "EU-NOWHERE", goods=()),
        like(14, "EU-LATER", effective_from=date(2999, 1, 1)),
        like(15, "EU-OVER", effective_to=date(2020, 1, 1)),
        like(16, "EU-FOR-SALES", kinds=(Kind.COMMISSIONING,)),
        like(17, "EU-SOUTH", organisational_units=("South",)),
        like(18, "EU-AC2", schemes=(Scheme.AC2,)),
        like(19, "EU-SOON", registered_within_days=0),
        await demo_policy(stack, "STD-1-5"),
    ]
    country = await new_country(stack, policies=policies)
    return country, {policy.name: policy for policy in policies}


async def test_a_warranty_type_that_does_not_fit_is_refused_with_its_reason(stack: Stack) -> None:
    country, _ = await wide(stack)
    request = await end_user_filed(stack, country)
    why = {
        "EU-OFF": "policy is not_effective",
        "EU-HEATING": "not among the allowed goods: CU-2Z50TBE",
        "EU-NOWHERE": "not among the allowed goods: CU-2Z50TBE",
        "EU-LATER": "effective from 2999-01-01",
        "EU-OVER": "effective before 2020-01-01",
        "EU-FOR-SALES": "request is end-user-warranty, policy serves commissioning",
        "EU-SOUTH": "organisational unit none, allowed South",
        "EU-AC2": "schemes none, required AC2",
        "EU-SOON": "limit 0",
        "STD-1-5": "tagged standard, needed end_user",
        "EU-UNHEARD": "no such warranty type",
    }
    for name, reason in why.items():
        answer = await choose(stack, request, name, country.keyuser)
        assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/warranty_type"]), name
        assert reason in problem(answer)["errors"][0]["detail"], name
        assert (await seen(stack, request["id"]))["version"] == 1, "a refused SAVE leaves nothing"
    assert (await choose(stack, request, "EU-5", country.keyuser)).status_code == 200


async def test_every_outdoor_unit_must_match(stack: Stack) -> None:
    only_one = replace(await demo_policy(stack, "EU-5"), goods=(GoodsRow(product="CU-2Z50TBE"),))
    country = await new_country(stack, policies=[only_one])
    units = [
        {"role": "outdoor", "product": name, "serial": f"{country.code}{name[-4:]}"}
        for name in ("CU-2Z50TBE", "CU-Z25TKE")
    ]
    request = await end_user_filed(stack, country, units=units)
    answer = await choose(stack, request, "EU-5", country.keyuser)
    assert problem(answer)["errors"][0]["detail"] == "not among the allowed goods: CU-Z25TKE"
    assert (await choose(stack, request, "EU-5", country.keyuser, units=units[:1])).status_code == 200


async def test_a_choice_that_fits_no_longer_does_not_let_accept(stack: Stack) -> None:
    request = await end_user_filed(stack)
    assert (await choose(stack, request, "EU-5")).status_code == 200
    rented = await stack.client_of(KEYUSER).patch(
        f"{REQUESTS}/{request['id']}", json={"version": 2, "data": {"sales_method": "rented"}}
    )
    assert rented.status_code == 200
    assert refusal(await pulled(stack, KEYUSER, request["id"], "accept")) == (409, "warranty_type_missing")
    assert problem(await choose(stack, request, "EU-5"))["errors"][0]["detail"] == "sales method rented"
    await choose(stack, request, "EU-5", sales_method="direct_sale")
    await decided(stack, KEYUSER, request["id"], "accept")
    assert len((await settled(stack, request["id"]))["cards"]) == 1


@pytest.mark.parametrize("kind", ["commissioning", "warranty-extension"])
async def test_the_warranty_of_other_kinds_is_not_chosen(stack: Stack, kind: str) -> None:
    request = await (filed(stack) if kind == "commissioning" else extended(stack))
    answer = await choose(stack, request, "EU-5")
    assert (refusal(answer), pointers(answer)) == ((422, "not_editable"), ["/warranty_type"])
    assert (await seen(stack, request["id"]))["version"] == 1


async def test_partner_and_country_are_never_edited(stack: Stack) -> None:
    request = await end_user_filed(stack)
    for name, value in (("partner", "Other"), ("country", "PT")):
        answer = await stack.client_of(KEYUSER).patch(
            f"{REQUESTS}/{request['id']}", json={"version": 1, "data": {name: value}}
        )
        assert (refusal(answer), pointers(answer)) == ((422, "not_editable"), [f"/data/{name}"])


async def test_the_keyuser_edits_the_rest_and_keeps_an_email_that_can_be_written_to(stack: Stack) -> None:
    request = await end_user_filed(stack)
    client, path = stack.client_of(KEYUSER), f"{REQUESTS}/{request['id']}"
    saved = await client.patch(path, json={"version": 1, "data": {"end_user": {"city": "Getafe"}}})
    assert saved.json()["data"]["end_user"]["city"] == "Getafe"
    empty = await client.patch(path, json={"version": 2, "data": {"end_user": {"email": ""}}})
    assert (refusal(empty), pointers(empty)) == ((422, "invalid"), ["/data/end_user/email"])


async def test_a_final_denial_is_corrected_no_more_and_keeps_no_serial(stack: Stack) -> None:
    serial = new_serial()
    request = await end_user_filed(stack, units=outdoor(serial))
    denied = await decided(stack, KEYUSER, request["id"], "deny", comment="Illegible.")
    assert (denied["assignment"], denied["warnings"]) == (None, []), "nothing is pending"
    path, body = f"{REQUESTS}/{request['id']}", {"version": denied["version"], "data": {"remarks": "Called them."}}
    answer = await stack.client_of(KEYUSER).patch(path, json=body)
    assert (refusal(answer), problem(answer)["allowed_actions"]) == ((409, "move_refused"), [])
    assert (await end_user_filed(stack, units=outdoor(serial)))["state"] == "submitted"


async def test_a_superuser_chooses_beyond_the_organisational_unit(stack: Stack) -> None:
    south = replace(await demo_policy(stack, "EU-5"), organisational_units=("South",))
    country = await new_country(stack, policies=[south], superuser=True)
    request = await end_user_filed(stack, country)
    assert (await choose(stack, request, "EU-5", country.keyuser)).status_code == 200
    await decided(stack, country.keyuser, request["id"], "accept")
    trace = (await settled(stack, request["id"]))["assignment"]["trace"]
    assert "the deciding keyuser is a superuser" in trace[0]["detail"]
