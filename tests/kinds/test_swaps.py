"""Every row of the table of unit replacements, over HTTP, from the form to card, movements and charge (§2.5)."""

from dataclasses import dataclass

import pytest
import pytest_asyncio

from domain.calendar import Duration, DurationUnit
from domain.policies import Tier, TierGrant
from tests.api.refusals import refusal
from tests.kinds.swaps import (
    REASONS,
    ask_swap,
    booked,
    commissioned,
    country_of_long_memory,
    life,
    policy_like,
    swap_filed,
    swapped,
)
from tests.kinds.walks import card_of
from tests.stack.countries import NewCountry
from tests.stack.days import day, end
from tests.stack.papers import squeezed, text_of
from tests.stack.running import Stack
from tests.stack.walks import Json, decided, new_serial, processed, seen, settled

FIRST, SECOND = "2023-09-01", "2024-03-15"
AFTER = "2025-03-01"


@dataclass
class Place:
    """A country with one installation: units under a warranty of two years from 2023-03-01, replaced one by one."""

    country: NewCountry
    base: Json
    serials: list[str]

    def next_unit(self) -> str:
        """A unit that no test has touched."""
        return self.serials.pop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(stack: Stack) -> Place:
    two_years = TierGrant(Tier.FULL, Duration(2, DurationUnit.YEARS))
    sold = await policy_like(stack, "STD-1-5", tiers=(two_years,), coverage_reasons=REASONS)
    country = await country_of_long_memory(stack, sold)
    serials = [new_serial() for _ in range(12)]
    units = [{"role": "outdoor", "product": "CU-2Z50TBE", "serial": one} for one in serials]
    base = await commissioned(stack, country, commissioned_on="2023-03-01", units=units)
    assert base["assignment"]["tiers"] == [
        {"tier": "full", "start": "2023-03-01", "end": "2025-03-01", "days": 731},
    ]
    return Place(country, base, serials)


async def replaced(stack: Stack, place: Place, serial: str, day: str, reason: str | None, **changes: object) -> Json:
    """The replacement once it is processed; what it says is what its preview said."""
    country = place.country
    facts = {"country": country.code, "replaced_on": day, "coverage_reason": reason, **changes}
    pending = await swap_filed(stack, serial, country.partner, **facts)
    assert pending["replacement"] is None  # previews are for keyusers
    preview = await seen(stack, pending["id"], country.keyuser)
    assert preview["warnings"] == []
    await decided(stack, country.keyuser, pending["id"], "accept")
    done = await settled(stack, pending["id"], country.keyuser)
    assert done["state"] == "processed"
    assert (done["replacement"], done["assignment"]) == (preview["replacement"], preview["assignment"])
    return done


TIERS = {
    "carry_over": [
        {
            "tier": "full",
            "start": FIRST,
            "end": "2025-03-01",
            "days": 547,
            "used_days": 184,
            "remaining_days": 547,
        }
    ],
    "apply_new": [
        {
            "tier": "full",
            "start": FIRST,
            "end": "2025-09-01",
            "days": 731,
            "used_days": None,
            "remaining_days": None,
        }
    ],
    "no_warranty": [],
}


@pytest.mark.parametrize(
    ("reason", "method"),
    [
        *((one.code, "direct_sale") for one in REASONS),
        ("yes-carry_over", "rented"),
        ("no-no_warranty", "rented"),
    ],
)
async def test_under_warranty(stack: Stack, place: Place, reason: str, method: str) -> None:
    covered, then = reason.split("-")
    old = place.next_unit()
    done = await replaced(stack, place, old, FIRST, reason, sales_method=method)
    found, new = done["replacement"], done["data"]["new_unit"]["serial"]
    rented = method == "rented"
    assert found["charge"] == ("per_contract" if rented else {"yes": "free", "no": "charged"}[covered])
    assert found["reason"] == reason
    assert found["tiers"] == ([] if rented else TIERS[then])
    assert found["policy"] == (None if rented or then == "no_warranty" else "STD-1-5")
    assert found["old_request"] == place.base["id"]
    stock = {"yes": ("WARRANTY-NEW", "WARRANTY-RETURNS"), "no": ("SALES-NEW", "RETURNS")}[covered]
    if rented:
        stock = ("RENTAL-NEW", "RENTAL-RETURNS")
    moves = [
        {"serial": new, "from": stock[0], "to": "installed"},
        {"serial": old, "from": "installed", "to": stock[1]},
    ]
    assert found["moves"] == moves
    await holds_its_books(stack, place, done, moves)


async def holds_its_books(stack: Stack, place: Place, done: Json, moves: list[Json]) -> None:
    """Movements and charge are recorded as shown, the old card is reissued, and every serial is in one place."""
    code, keyuser, request_id = place.country.code, place.country.keyuser, done["id"]
    movements = await booked(stack, "stock-movements", code, request_id)
    assert [{name: one[name] for name in ("serial", "from", "to")} for one in movements] == moves
    [charge] = await booked(stack, "charges", code, request_id)
    assert (charge["charge"], charge["new_serial"]) == (
        done["replacement"]["charge"],
        done["data"]["new_unit"]["serial"],
    )
    for move in moves:
        assert (await life(stack, move["serial"], keyuser))["place"]["place"] == move["to"]
    base = await seen(stack, place.base["id"], keyuser)
    assert [card["sha256"] for card in done["cards"]] == [base["cards"][-1]["sha256"]]
    assert {card["number"] for card in base["cards"]} == {place.base["cards"][0]["number"]}
    assert [card["status"] for card in base["cards"]][-1] == "valid"
    assert {card["status"] for card in base["cards"][:-1]} == {"superseded"}
    assert base["assignment"] == place.base["assignment"]
    text = squeezed(text_of(await card_of(stack, base, len(base["cards"]))))
    assert done["data"]["new_unit"]["serial"] in text
    assert squeezed(f"in place of {done['data']['old_serial']} since {done['data']['replaced_on']}") in text


@pytest.mark.parametrize("returned", [True, False])
async def test_expired(stack: Stack, place: Place, returned: bool) -> None:
    old = place.next_unit()
    refused = await ask_swap(
        stack,
        place.country.partner,
        old,
        country=place.country.code,
        replaced_on=AFTER,
        coverage_reason=REASONS[0].code,
    )
    assert refusal(refused) == (422, "reason_not_allowed")
    done = await replaced(stack, place, old, AFTER, None, old_unit_returned=returned)
    found, new = done["replacement"], done["data"]["new_unit"]["serial"]
    assert (found["charge"], found["reason"]) == ("charged", None)
    assert [(one["start"], one["end"], one["remaining_days"]) for one in found["tiers"]] == [
        (AFTER, "2027-03-01", None)
    ]
    moves = [{"serial": new, "from": "SALES-NEW", "to": "installed"}]
    if returned:
        moves.append({"serial": old, "from": "installed", "to": "RETURNS"})
    await holds_its_books(stack, place, done, moves)
    place_now = (await life(stack, old, place.country.keyuser))["place"]["place"]
    assert place_now == ("RETURNS" if returned else "not_returned")


@pytest.mark.parametrize(("reason", "code"), [(None, "reason_required"), ("rust", "reason_not_allowed")])
async def test_a_wrong_reason_is_refused_and_kept_under_its_key(
    stack: Stack, place: Place, reason: str | None, code: str
) -> None:
    serial, key = place.serials[0], f"reason {reason}"
    facts = {"country": place.country.code, "replaced_on": FIRST, "coverage_reason": reason}
    facts["new_unit"] = {"product": "CU-2Z50TBE", "serial": "NEVERSEEN1"}  # type: ignore[assignment]
    for _ in range(2):
        answer = await ask_swap(stack, place.country.partner, serial, key, **facts)
        assert refusal(answer) == (422, code)
        assert answer.json()["errors"][0]["pointer"] == "/coverage_reason"


async def test_the_example_of_two_swaps_to_the_day(stack: Stack, place: Place) -> None:
    old = place.next_unit()
    first = await replaced(stack, place, old, FIRST, "yes-carry_over")
    middle = first["data"]["new_unit"]["serial"]
    second = await replaced(stack, place, middle, SECOND, "yes-carry_over")
    last = second["data"]["new_unit"]["serial"]
    assert second["replacement"]["tiers"] == [
        {
            "tier": "full",
            "start": SECOND,
            "end": "2025-03-01",
            "days": 351,
            "used_days": 196,
            "remaining_days": 351,
        }
    ]
    assert second["replacement"]["old_request"] == first["id"]
    told = await life(stack, middle, place.country.keyuser)
    assert told["replaces"] == {"serial": old, "request": first["id"], "replaced_on": FIRST}
    assert told["replaced_by"] == {"serial": last, "request": second["id"], "replaced_on": SECOND}
    [tier] = told["warranties"]
    assert (tier["closed_on"], tier["state"], tier["remaining_days"]) == (SECOND, "replaced", 547)
    assert [(one["on"], one["what"]) for one in told["timeline"]] == [
        (FIRST, "installed"),
        (FIRST, "warranty_starts"),
        (SECOND, "replaced"),
    ]
    text = squeezed(text_of(await card_of(stack, place.base, (await newest(stack, place))["version"])))
    assert last in text
    assert squeezed(f"in place of {middle} since {SECOND}") in text


async def newest(stack: Stack, place: Place) -> Json:
    """The card of the installation as it is now."""
    found: Json = (await seen(stack, place.base["id"]))["cards"][-1]
    return found


async def test_the_demo_and_the_life_that_is_still_to_come(stack: Stack) -> None:
    """Factory defect in ES: what STD-1-5 has left, tier by tier; without a card of its own."""
    base = await processed(stack)
    old, indoor = (unit["serial"] for unit in base["data"]["units"])
    done = await swapped(stack, old, replaced_on=day(19))
    assert [(one["tier"], one["end"], one["used_days"]) for one in done["replacement"]["tiers"]] == [
        ("full", end(years=1), 19),
        ("compressor", end(years=5), 19),
    ]
    new = done["data"]["new_unit"]["serial"]
    told = await life(stack, new)
    assert told["commissioned_on"] == day(19)
    assert [one["state"] for one in told["warranties"]] == ["live", "live"]
    assert [(one["on"], one["what"], one["past"]) for one in told["timeline"]] == [
        (day(19), "installed", True),
        (day(19), "warranty_starts", True),
        (day(19), "warranty_starts", True),
        (end(years=1), "warranty_ends", False),
        (end(years=5), "warranty_ends", False),
    ]
    assert [(one["request"], one["version"], one["status"]) for one in told["cards"]] == [(base["id"], 2, "valid")]
    swapped_indoor = await swapped(
        stack,
        indoor,
        login="installer.linked",
        new_unit={"product": "CS-Z35TKEW", "serial": new_serial()},
        coverage_reason="factory-defect",
    )
    assert [one["tier"] for one in swapped_indoor["replacement"]["tiers"]] == ["full"]
    assert swapped_indoor["replacement"]["tiers"][0]["end"] == end(years=1)
