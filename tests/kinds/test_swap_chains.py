"""Replacements that are undone, corrected, followed by others, and what happens to the cards meanwhile."""

from datetime import timedelta
from typing import Any

from domain.pools import Pool
from tests.api.refusals import pointers, refusal
from tests.kinds.swaps import booked, commissioned, country_of_long_memory, life, swap_filed, swapped
from tests.kinds.walks import (
    PUBLIC,
    ask_extra_years,
    cancelled_on_the_page,
    card_of,
    counted,
    extended,
    extra_granted,
    found,
    granted,
    visitor,
)
from tests.stack.countries import new_country
from tests.stack.days import day, end, last
from tests.stack.papers import squeezed, text_of
from tests.stack.running import Stack
from tests.stack.walks import (
    REQUESTS,
    Json,
    decided,
    history,
    new_serial,
    outdoor,
    processed,
    pulled,
    seen,
    settled,
)

KEYUSER, PARTNER = "keyuser.es", "partner.pro"


async def installation(stack: Stack, units: int = 1) -> tuple[Json, list[str]]:
    """A processed commissioning request in ES, and its serials."""
    serials = [new_serial() for _ in range(units)]
    named = [one for serial in serials for one in outdoor(serial)]
    return await processed(stack, units=named), serials


def new_of(request: Json) -> str:
    serial: str = request["data"]["new_unit"]["serial"]
    return serial


def statuses(request: Json) -> list[tuple[int, str]]:
    return [(card["version"], card["status"]) for card in request["cards"]]


async def cancelled(stack: Stack, request: Json) -> Json:
    await decided(stack, KEYUSER, request["id"], "cancel", comment="Put back.")
    return await settled(stack, request["id"])


async def test_a_list_names_the_request_of_every_unit_that_went(stack: Stack) -> None:
    base, serials = await installation(stack, units=2)
    done = {(await swapped(stack, serial))["id"] for serial in serials}
    listed = (await stack.client_of(KEYUSER).get(REQUESTS, params={"kind": "unit-replacement", "limit": 200})).json()
    named = {one["id"]: one["replacement"]["old_request"] for one in listed["items"] if one["id"] in done}
    assert named == dict.fromkeys(done, base["id"])


async def test_a_cancelled_replacement_leaves_everything_as_it_was(stack: Stack) -> None:
    base, [old] = await installation(stack)
    before = (await life(stack, old))["warranties"]
    done = await swapped(stack, old)
    assert [one["state"] for one in (await life(stack, old))["warranties"]] == ["replaced", "replaced"]
    undone = await cancelled(stack, done)
    assert (undone["state"], undone["cancelled_by"]) == ("cancelled", "keyuser")
    told = await life(stack, old)
    assert (told["warranties"], told["replaced_by"], told["place"]["place"]) == (before, None, "installed")
    new = await life(stack, new_of(done))
    assert (new["warranties"], new["replaces"], new["place"]["place"]) == ([], None, "WARRANTY-NEW")
    moves = await booked(stack, "stock-movements", "ES", done["id"])
    assert [(one["serial"], one["from"], one["to"], one["cause"]) for one in moves] == [
        (new_of(done), "WARRANTY-NEW", "installed", "replacement"),
        (old, "installed", "WARRANTY-RETURNS", "replacement"),
        (old, "WARRANTY-RETURNS", "installed", "cancellation"),
        (new_of(done), "installed", "WARRANTY-NEW", "cancellation"),
    ]
    first, second = await booked(stack, "charges", "ES", done["id"])
    assert (first["charge"], second["charge"], second["reverses"]) == ("free", "free", first["id"])
    shown = await seen(stack, base["id"])
    assert statuses(shown) == [(1, "superseded"), (2, "superseded"), (3, "valid")]
    text = squeezed(text_of(await card_of(stack, shown, 3)))
    assert old in text
    assert new_of(done) not in text
    assert [(one["action"], one["comment"]) for one in await history(stack, base["id"])][-2:] == [
        ("reissue", done["id"]),
        ("reissue", done["id"]),
    ]
    again = await swapped(stack, old)  # a unit like any other again
    assert again["replacement"]["charge"] == "free"


async def test_a_chain_is_taken_apart_from_its_end(stack: Stack) -> None:
    base, [old] = await installation(stack)
    first = await swapped(stack, old)
    pending = await swap_filed(stack, new_of(first))
    refused = await pulled(stack, KEYUSER, first["id"], "cancel", comment="Put back.")
    assert (refusal(refused), refused.json()["named_by"]) == ((409, "move_refused"), [pending["id"]])
    await decided(stack, KEYUSER, pending["id"], "accept")
    await settled(stack, pending["id"])
    for request in (base, first):
        refused = await pulled(stack, KEYUSER, request["id"], "cancel", comment="Put back.")
        assert refusal(refused) == (409, "move_refused")
    refused = await pulled(
        stack, KEYUSER, first["id"], "amend", comment="Wrong.", data={"new_unit": {"serial": new_serial()}}
    )
    assert refusal(refused) == (409, "move_refused")
    for request in (pending, first):
        assert (await cancelled(stack, request))["state"] == "cancelled"
    assert (await life(stack, old))["place"]["place"] == "installed"
    shown = await seen(stack, base["id"])
    assert statuses(shown)[-1] == (5, "valid")
    assert old in squeezed(text_of(await card_of(stack, shown, 5)))
    await decided(stack, KEYUSER, base["id"], "cancel", comment="Removed.")
    assert statuses(await settled(stack, base["id"]))[-1] == (5, "withdrawn")


async def test_a_corrected_serial_is_no_replacement(stack: Stack) -> None:
    base, [old] = await installation(stack)
    done = await swapped(stack, old)
    wrong, right = new_of(done), new_serial()
    books = [await booked(stack, what, "ES", done["id"]) for what in ("stock-movements", "charges")]
    data = {"new_unit": {"serial": right}, "replaced_on": day(18)}
    await decided(stack, KEYUSER, done["id"], "amend", comment="A typing error.", data=data)
    amended = await settled(stack, done["id"], KEYUSER)
    assert [(one["start"], one["end"], one["used_days"]) for one in amended["replacement"]["tiers"]] == [
        (day(18), end(years=1), 18),
        (day(18), end(years=5), 18),
    ]
    assert (amended["replacement"]["charge"], amended["replacement"]["moves"][0]["serial"]) == ("free", right)
    assert [await booked(stack, what, "ES", done["id"]) for what in ("stock-movements", "charges")] == books
    assert (await life(stack, old))["replaced_by"]["serial"] == right
    assert (await life(stack, right))["place"]["place"] == "installed"
    assert refusal(await stack.client_of(KEYUSER).get(f"/api/v1/units/{wrong}")) == (404, "not_found")
    shown = await seen(stack, base["id"])
    assert statuses(shown)[-1] == (3, "valid")
    text = squeezed(text_of(await card_of(stack, shown, 3)))
    assert right in text
    assert wrong not in text
    event = [email for email in amended["emails"] if email["event"] == "amended"]
    assert [email["status"] for email in event] == ["sent"]


async def test_an_amendment_stays_within_what_was_decided(stack: Stack) -> None:
    _, [old] = await installation(stack)
    done = await swapped(stack, old)

    async def refused(**data: Any) -> tuple[tuple[int, str], list[str]]:
        answer = await pulled(stack, KEYUSER, done["id"], "amend", comment="Wrong.", data=data)
        return refusal(answer), pointers(answer)

    assert await refused(old_serial=new_serial()) == ((422, "not_editable"), ["/data/old_serial"])
    assert await refused(coverage_reason="misuse") == ((422, "not_editable"), ["/data/coverage_reason"])
    assert await refused(replaced_on=day(-31)) == ((422, "invalid"), ["/data/replaced_on"])
    assert await refused(new_unit={"serial": old}) == ((422, "invalid"), ["/data/new_unit/serial"])


async def test_replacing_one_unit_never_changes_anothers(stack: Stack) -> None:
    base, [first, second] = await installation(stack, units=2)
    before = (await life(stack, second))["warranties"]
    await swapped(stack, first, coverage_reason="misuse")
    assert (await life(stack, second))["warranties"] == before
    refused = await pulled(stack, KEYUSER, base["id"], "amend", comment="Later.", data={"commissioned_on": day(4)})
    assert (refusal(refused), pointers(refused)) == ((422, "not_editable"), ["/data/commissioned_on"])
    refused = await pulled(stack, KEYUSER, base["id"], "amend", comment="Less.", data={"units": outdoor(second)})
    assert (refusal(refused), pointers(refused)) == ((422, "not_editable"), ["/data/units"])
    await decided(stack, KEYUSER, base["id"], "amend", comment="Moved.", data={"end_user": {"city": "Getafe"}})
    shown = await settled(stack, base["id"])
    text = squeezed(text_of(await card_of(stack, shown, 3)))
    assert squeezed(f"in place of {first} since {day(19)}: no warranty") in text
    assert "Getafe" in text
    verified = (await stack.client_of("ops").get(f"{REQUESTS}/{base['id']}")).json()["assignment"]
    assert verified["tiers"] == base["assignment"]["tiers"]


async def test_both_cards_of_a_unit_are_reissued_each_with_its_own_tiers(stack: Stack) -> None:
    base, [old] = await installation(stack)
    extension = await extended(stack, units=outdoor(old))
    await decided(stack, KEYUSER, extension["id"], "accept")
    await settled(stack, extension["id"])
    done = await swapped(stack, old)
    assert done["replacement"]["old_request"] == extension["id"]  # lasts as long, and covers labour, too
    assert [(one["tier"], one["end"]) for one in done["replacement"]["tiers"]] == [
        ("full", end(years=1)),
        ("compressor", end(years=5)),
        ("full", end(years=5)),
    ]
    for request, there, elsewhere in ((base, last(years=1), None), (extension, last(years=5), last(years=1))):
        shown = await seen(stack, request["id"])
        assert statuses(shown) == [(1, "superseded"), (2, "valid")]
        text = squeezed(text_of(await card_of(stack, shown, 2)))
        assert new_of(done) in text
        assert there in text
        assert elsewhere is None or elsewhere not in text


async def test_extra_years_are_carried_over_and_asked_for_no_more(stack: Stack) -> None:
    base = await granted(stack)
    extra = await extra_granted(stack, base)
    old = base["data"]["units"][0]["serial"]
    done = await swapped(stack, old)
    assert [one["end"] for one in done["replacement"]["tiers"]] == [end(years=5), "2033-11-01"]
    assert done["replacement"]["policy"] == "XEU-2"
    assert [statuses(await seen(stack, one["id"])) for one in (base, extra)] == [[(1, "superseded"), (2, "valid")]] * 2
    assert refusal(await ask_extra_years(stack, base))[1] in {"duplicate_serial", "already_replaced"}
    refused = await pulled(stack, KEYUSER, base["id"], "cancel", comment="Removed.")
    assert (refusal(refused), refused.json()["replacement"]) == ((409, "move_refused"), done["id"])


async def test_the_landing_page_offers_no_cancellation_that_a_replacement_forbids(stack: Stack) -> None:
    country = await new_country(stack, withdrawal_period=timedelta(days=3650))
    base = await granted(stack, country)
    assert [one["may_cancel"] for one in await found(stack, base)] == [True]
    old = base["data"]["units"][0]["serial"]
    done = await swapped(stack, old, country.partner, country.keyuser, country=country.code)
    offered = {one["id"]: one["may_cancel"] for one in await found(stack, base)}
    assert offered == {base["id"]: False, done["id"]: True}
    answer = await cancelled_on_the_page(stack, base)
    assert refusal(answer) == (409, "move_refused")
    assert done["id"] not in answer.text, "what keyusers go by is not for the landing page"


async def test_a_number_is_drawn_only_for_a_unit_that_had_no_card(stack: Stack) -> None:
    """Sold by rent: no warranty, no card. Its successor is sold, and gets one of its own."""
    country = await country_of_long_memory(stack, numbers=5)
    base = await commissioned(stack, country, sales_method="rented")
    assert base["cards"] == []
    serials = [unit["serial"] for unit in base["data"]["units"]]
    facts = {"country": country.code, "coverage_reason": None}
    first = await swapped(stack, serials[0], country.partner, country.keyuser, **facts)
    [card] = first["cards"]
    assert (card["version"], card["status"]) == (1, "valid")
    assert first["replacement"]["charge"] == "charged"
    assert await counted(stack, country.code, Pool.CARD) == (5, 4)
    text = text_of(await card_of(stack, first))
    assert "Unit replacement" in text
    assert "28013" in text
    [found] = (
        await visitor(stack).post(
            f"{PUBLIC}/warranties/search",
            json={"country": country.code, "serial": new_of(first), "postcode": "28013"},
        )
    ).json()["items"][:1]
    assert (found["id"], found["card"]["number"]) == (first["id"], card["number"])
    second = await swapped(stack, new_of(first), country.partner, country.keyuser, country=country.code)
    assert statuses(second) == [(2, "valid")]
    assert statuses(await seen(stack, first["id"])) == [(1, "superseded"), (2, "valid")]
    rented = await swapped(
        stack,
        serials[1],
        country.partner,
        country.keyuser,
        **facts,
        sales_method="rented",
        new_unit={"product": "CS-Z25TKEW", "serial": new_serial()},
    )
    assert (rented["replacement"]["charge"], rented["cards"]) == ("per_contract", [])
    assert [email["event"] for email in rented["emails"]] == ["submitted", "processed"]
    assert await counted(stack, country.code, Pool.CARD) == (5, 4)
    undone = await pulled(stack, country.keyuser, first["id"], "cancel", comment="No.")
    assert refusal(undone) == (409, "move_refused")


async def test_an_empty_pool_refuses_and_books_nothing(stack: Stack) -> None:
    country = await new_country(stack, numbers=0)
    base = await commissioned(stack, country, sales_method="rented")
    old = base["data"]["units"][0]["serial"]
    request = await swap_filed(stack, old, country.partner, country=country.code, coverage_reason=None)
    assert refusal(await pulled(stack, country.keyuser, request["id"], "accept")) == (409, "no_free_code")
    assert (await seen(stack, request["id"]))["state"] == "submitted"
    assert (await life(stack, old, country.keyuser))["replaced_by"] is None
    assert await booked(stack, "charges", country.code, request["id"]) == []


async def test_the_landing_page_finds_a_warranty_by_the_unit_that_is_there_now(stack: Stack) -> None:
    base, [old] = await installation(stack)
    done = await swapped(stack, old)
    wanted = {"country": "ES", "serial": new_of(done), "postcode": "28013"}
    items = (await visitor(stack).post(f"{PUBLIC}/warranties/search", json=wanted)).json()["items"]
    assert [one["id"] for one in items] == [done["id"], base["id"]]
    assert items[1]["card"] == {"number": base["cards"][0]["number"]}
    fetched = await visitor(stack).post(
        f"{PUBLIC}/warranties/{base['id']}/card", json={"serial": new_of(done), "postcode": "28013"}
    )
    assert fetched.status_code == 200, fetched.text
    assert new_of(done) in squeezed(text_of(fetched.content))
