"""Warranty codes of a country that runs mode b: bound, consumed, released (`domain.md` §4)."""

import asyncio

import httpx
import pytest
from sqlalchemy import select

from store.tables.effects import PoolNumber
from tests.api.refusals import pointers, refusal
from tests.kinds.walks import (
    ask_extension,
    bound,
    card_of,
    code_shown,
    codes_of,
    extended,
    extension,
    refused,
    released,
    strict,
)
from tests.stack.outbox import emails_about
from tests.stack.papers import text_of
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, decided, history, new_serial, outdoor, seen, settled, uploaded


async def test_the_pt_demo_asks_for_a_code_and_takes_clima_tejos_own(stack: Stack) -> None:
    async with stack.sessions() as session:
        owned = await session.scalar(
            select(PoolNumber.number)
            .where(PoolNumber.country == "PT", PoolNumber.owner_company_id.is_not(None), PoolNumber.held_by.is_(None))
            .limit(1)
        )
    answer = await ask_extension(stack, "partner.pt", country="PT")
    assert (refusal(answer), pointers(answer)) == ((422, "code_invalid"), ["/warranty_code"])
    request = await extended(stack, "partner.pt", country="PT", warranty_code=owned)
    assert request["data"]["warranty_code"] == owned
    await decided(stack, "keyuser.pt", request["id"], "accept")
    done = await settled(stack, request["id"])
    assert [card["number"] for card in done["cards"]] == [owned]
    assert owned is not None
    assert owned in text_of(await card_of(stack, done))
    submitted, processed = emails_about(stack, done["id"])
    assert "5 anos completa" in processed.text
    assert processed.attachments.keys() == {f"{owned}.pdf"}
    assert submitted.envelope_to == "partner.pt@keydesk.example"


async def test_without_a_free_code_of_ones_own_the_form_stays_shut(stack: Stack) -> None:
    country, other = await strict(stack), await strict(stack)
    [mine] = await codes_of(stack, country, 1)
    [theirs] = await codes_of(stack, country, 1, owner=f"Luna {country.code}")
    [foreign] = await codes_of(stack, other, 1)
    assert await refused(stack, country) == (422, "code_invalid")
    assert await refused(stack, country, warranty_code="") == (422, "code_invalid")
    assert await refused(stack, country, warranty_code="CODE-UNHEARD") == (422, "code_invalid")
    assert await refused(stack, country, warranty_code=foreign) == (422, "code_invalid")
    assert await refused(stack, country, warranty_code=theirs) == (422, "code_invalid")
    await bound(stack, country, mine)
    assert await refused(stack, country, warranty_code=mine) == (409, "code_taken")
    assert await refused(stack, country, country.other_partner, warranty_code=mine) == (409, "code_taken")


async def test_a_card_number_is_no_warranty_code(stack: Stack) -> None:
    country = await strict(stack)
    async with stack.sessions() as session:
        number = await session.scalar(select(PoolNumber.number).where(PoolNumber.country == country.code).limit(1))
    assert await refused(stack, country, warranty_code=number) == (422, "code_invalid")


async def test_the_owner_uses_its_code_and_its_case_does_not_matter(stack: Stack) -> None:
    country = await strict(stack)
    [own] = await codes_of(stack, country, 1, owner=f"Sol {country.code}")
    assert (await bound(stack, country, f" {own.lower()} "))["data"]["warranty_code"] == own


async def test_of_twenty_with_one_code_one_holds_it(stack: Stack) -> None:
    country = await strict(stack)
    [code] = await codes_of(stack, country, 1)
    logins = (country.partner, country.other_partner)
    bodies = [
        (login, await extension(stack, login, country=country.code, warranty_code=code, units=outdoor(new_serial())))
        for login in logins * 10
    ]

    async def submit(login: str, body: Json) -> httpx.Response:
        return await stack.client_of(login).post(f"{REQUESTS}/warranty-extension", json=body)

    answers = await asyncio.gather(*(submit(login, body) for login, body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {refusal(one)[1] for one in answers if one.status_code == 409} == {"code_taken"}
    [winner] = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert (await code_shown(stack, country, code))["holder"] == winner


async def test_a_code_stays_bound_through_denial_wrong_data_and_resubmission(stack: Stack) -> None:
    country = await strict(stack)
    [code] = await codes_of(stack, country, 1)
    request_id = (await bound(stack, country, code))["id"]

    async def is_bound() -> None:
        assert await code_shown(stack, country, code) == {
            "number": code,
            "owner": None,
            "holder": request_id,
            "consumed": False,
        }
        assert await refused(stack, country, country.other_partner, warranty_code=code) == (409, "code_taken")
        assert refusal(await released(stack, country, code)) == (409, "move_refused")

    await is_bound()
    await decided(stack, country.keyuser, request_id, "deny", comment="Unreadable.", documents=["invoice"])
    await is_bound()
    again = await uploaded(stack.client_of(country.partner), "again.pdf")
    brought = [{"requirement": "invoice", "document_id": again}]
    await decided(stack, country.partner, request_id, "resubmit", documents=brought)
    await decided(stack, country.keyuser, request_id, "flag_wrong_data", comment="Which city?")
    await is_bound()
    await decided(stack, country.partner, request_id, "resubmit", data={"remarks": "Getafe."})
    await is_bound()
    await decided(stack, country.keyuser, request_id, "accept")
    assert [card["number"] for card in (await settled(stack, request_id))["cards"]] == [code]
    assert (await code_shown(stack, country, code))["consumed"]
    assert await refused(stack, country, warranty_code=code) == (409, "code_taken")


@pytest.mark.parametrize("state", ["submitted", "wrong_data"])
async def test_a_code_is_never_edited(stack: Stack, state: str) -> None:
    country = await strict(stack)
    code, other = await codes_of(stack, country, 2)
    request_id = (await bound(stack, country, code))["id"]
    if state == "wrong_data":
        await decided(stack, country.keyuser, request_id, "flag_wrong_data", comment="Which city?")
        again = await stack.client_of(country.partner).post(
            f"{REQUESTS}/{request_id}/actions/resubmit", json={"version": 2, "data": {"warranty_code": other}}
        )
        assert (refusal(again), pointers(again)) == ((422, "not_editable"), ["/data/warranty_code"])
    version = (await seen(stack, request_id))["version"]
    for value in (other, "", None):
        answer = await stack.client_of(country.keyuser).patch(
            f"{REQUESTS}/{request_id}", json={"version": version, "data": {"warranty_code": value}}
        )
        assert (refusal(answer), pointers(answer)) == ((422, "not_editable"), ["/data/warranty_code"])
    assert (await code_shown(stack, country, code))["holder"] == request_id
    assert (await code_shown(stack, country, other))["holder"] is None


@pytest.mark.parametrize(("who", "trigger"), [("keyuser", "cancel"), ("partner", "withdraw")])
async def test_a_cancelled_requests_code_returns_by_the_keyusers_hand_only(
    stack: Stack, who: str, trigger: str
) -> None:
    country = await strict(stack)
    [code] = await codes_of(stack, country, 1)
    request_id = (await bound(stack, country, code))["id"]
    comment = {"comment": "Enough."} if trigger == "cancel" else {}
    await decided(stack, getattr(country, who), request_id, trigger, **comment)
    assert (await code_shown(stack, country, code))["holder"] == request_id
    assert await refused(stack, country, warranty_code=code) == (409, "code_taken")
    assert (await released(stack, country, code)).json() == {
        "number": code,
        "owner": None,
        "holder": None,
        "consumed": False,
    }
    last = (await history(stack, request_id))[-1]
    assert (last["actor"], last["action"], last["comment"]) == (
        country.keyuser,
        "release_code",
        "Sold to somebody else.",
    )
    assert (last["from_state"], last["to_state"]) == ("cancelled", "cancelled")
    assert last["changes"] == {"warranty_code": {"from": code, "to": None}}
    assert refusal(await released(stack, country, code)) == (409, "move_refused"), "there is nothing to release twice"
    again = await bound(stack, country, code)
    await decided(stack, country.keyuser, again["id"], "accept")
    assert [card["number"] for card in (await settled(stack, again["id"]))["cards"]] == [code]


async def test_a_consumed_code_is_never_released(stack: Stack) -> None:
    country = await strict(stack)
    [code] = await codes_of(stack, country, 1)
    request_id = (await bound(stack, country, code))["id"]
    await decided(stack, country.keyuser, request_id, "accept")
    await settled(stack, request_id)
    assert refusal(await released(stack, country, code)) == (409, "move_refused")
    await decided(stack, country.keyuser, request_id, "cancel", comment="Returned.")
    again = await released(stack, country, code)
    assert (refusal(again), again.json()["allowed_actions"]) == ((409, "move_refused"), [])
    assert await refused(stack, country, warranty_code=code) == (409, "code_taken")
    assert await code_shown(stack, country, code) == {
        "number": code,
        "owner": None,
        "holder": request_id,
        "consumed": True,
    }


async def test_who_releases_and_what(stack: Stack) -> None:
    country, other = await strict(stack), await strict(stack)
    [code] = await codes_of(stack, country, 1)
    request_id = (await bound(stack, country, code))["id"]
    await decided(stack, country.keyuser, request_id, "cancel", comment="Enough.")
    assert refusal(await released(stack, country, code, country.partner)) == (403, "forbidden")
    assert refusal(await released(stack, country, code, "ops")) == (403, "forbidden")
    assert refusal(await released(stack, country, code, other.keyuser)) == (404, "not_found")
    assert refusal(await released(stack, other, code)) == (404, "not_found")
    assert refusal(await released(stack, country, "CODE-UNHEARD")) == (404, "not_found")
    assert pointers(await released(stack, country, code, comment=" ")) == ["/comment"]
    assert (await code_shown(stack, country, code))["holder"] == request_id
