"""Policies: versions, what makes one impossible, what keeps one, and that granted warranties never change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api.refusals import body, refusal
from tests.configuration.desk import Desk, codes
from tests.stack.days import day, end
from tests.stack.walks import decided, filed, seen, settled

SALE: dict[str, Any] = {
    "tag": "standard",
    "tiers": [{"tier": "full", "duration": {"count": 3, "unit": "years"}}],
    "goods": [{"line_up": "residential"}],
    "kinds": ["commissioning"],
}


async def test_a_new_policy_starts_not_effective_and_says_what_it_lacks(desk: Desk) -> None:
    made = await desk.create("policies", name="EMPTY", alternative_code="E-1", tag="standard")
    assert (made["state"], made["number"]) == ("not_effective", 6)
    assert {one["pointer"] for one in made["warnings"]} == {"/tiers", "/kinds", "/goods"}
    assert set(codes(made)) == {"never_applies"}
    assert await desk.refused_change("policies", "EMPTY", state="effective") == ["/tiers", "/kinds", "/goods"]
    changed = await desk.change("policies", "EMPTY", **{**SALE, "state": "effective"})
    assert (changed["state"], changed["warnings"]) == ("effective", [])
    assert await desk.refused("policies", name="NEW", alternative_code="N", state="effective", **SALE) == ["/state"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"goods": [{"product": "CS-Z25TKEW"}]}, ["/goods"]),
        ({"goods": [{"line_up": "commercial"}]}, ["/goods"]),
        ({"kinds": ["warranty-extension"], "tiers": [{"tier": "compressor", "duration": {"count": 1, "unit": "days"}}]},
         ["/tiers"]),
        ({"kinds": ["end-user-warranty"]}, ["/tag"]),
    ],
)  # fmt: skip
async def test_a_policy_that_can_never_apply_is_not_made_effective(
    desk: Desk, fields: dict[str, Any], where: list[str]
) -> None:
    name = f"NEVER-{abs(hash(str(fields)))}"
    await desk.create("policies", name=name, alternative_code=name, **{**SALE, **fields})
    assert await desk.refused_change("policies", name, state="effective") == where
    assert (await desk.delete("policies", name)).status_code == 204


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"goods": [{}]}, ["/goods/0"]),
        ({"goods": [{"product": "boat"}]}, ["/goods/0/product"]),
        ({"goods": [{"line_up": "boats"}]}, ["/goods/0/line_up"]),
        ({"organisational_units": ["Nowhere"]}, ["/organisational_units/0"]),
        ({"effective_from": "2026-05-01", "effective_to": "2026-05-01"}, [""]),
        ({"tiers": [{"tier": "full", "duration": {"count": 31, "unit": "years"}}]}, ["/tiers/0/duration"]),
        ({"tiers": [{"tier": "full", "duration": {"count": 0, "unit": "years"}}]}, ["/tiers/0/duration/count"]),
        ({"registered_within_days": 99999}, ["/registered_within_days"]),
        ({"tag": "golden"}, ["/tag"]),
        ({"alternative_code": "{country}-1", "name": "TWIN"}, ["/alternative_code"]),
        ({"number": 99}, ["/number"]),
        ({"name": "with space"}, ["/name"]),
    ],
)
async def test_what_a_policy_cannot_be_is_pointed_at(desk: Desk, fields: dict[str, Any], where: list[str]) -> None:
    taken = (await desk.read("policies", "STD-1-5"))["alternative_code"]
    if "alternative_code" in fields:
        fields = {**fields, "alternative_code": taken}
    assert await desk.refused("policies", **{"name": "WRONG", "alternative_code": "W", **SALE, **fields}) == where


async def test_pending_requests_follow_and_granted_warranties_never_change(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    """The rule book: the assignment is recomputed while a request is pending, and frozen at accept."""
    country = desk.country
    granted = await filed(desk.stack, country.installer, country=country.code)
    pending = await filed(desk.stack, country.installer, country=country.code)
    await decided(desk.stack, country.keyuser, granted["id"], "accept")
    before = await settled(desk.stack, granted["id"], country.keyuser)
    assert before["assignment"]["policy"] in {"STD-1-5", "EMPTY"}
    name = before["assignment"]["policy"]
    card = await client.get(f"/api/v1/requests/{granted['id']}/card")

    await desk.change("policies", name, tiers=[{"tier": "full", "duration": {"count": 7, "unit": "months"}}])
    await desk.client().put(
        desk.at("card-texts", "residential", "standard"),
        json={"distributor_without_warranty": "Another text.", "distributor_with_warranty": "Another."},
    )
    preview = await seen(desk.stack, pending["id"], country.keyuser)
    assert [(one["tier"], one["end"]) for one in preview["assignment"]["tiers"]] == [("full", end(months=7))]
    assert preview["assignment"]["policy_version"] == before["assignment"]["policy_version"] + 1

    after = await seen(desk.stack, granted["id"], country.keyuser)
    assert after["assignment"] == before["assignment"]
    assert after["cards"] == before["cards"]
    assert (await client.get(f"/api/v1/requests/{granted['id']}/card")).content == card.content
    amended = await decided(
        desk.stack, country.keyuser, granted["id"], "amend", comment="a date", data={"commissioned_on": day(1)}
    )
    assert amended["assignment"]["policy_version"] == before["assignment"]["policy_version"]
    assert [one["end"] for one in amended["assignment"]["tiers"]] != [end(after=1, months=7)], "the frozen durations"

    versions = (await client.get(desk.at("policies", name, "versions"))).json()["items"]
    assert [one["current"] for one in versions] == [True] + [False] * (len(versions) - 1)
    assert versions[0]["policy"]["tiers"] != versions[1]["policy"]["tiers"]

    await desk.change("policies", name, state="not_effective")
    assert (await seen(desk.stack, pending["id"], country.keyuser))["assignment"]["policy"] != name
    answer = await desk.delete("policies", name)
    assert (refusal(answer), body(answer)["used_by"]) == ((409, "in_use"), [f"request {granted['id']}"])


async def test_a_policy_that_nothing_rests_on_is_deleted_and_its_number_stays_spent(desk: Desk) -> None:
    first = await desk.create("policies", name="GONE", alternative_code="GONE", **SALE)
    assert (await desk.delete("policies", "GONE")).status_code == 204
    again = await desk.create("policies", name="GONE", alternative_code="GONE", **SALE)
    assert again["number"] == first["number"] + 1
    assert again["version"] == 3
    draft = await desk.change("policies", "GONE", description="still a draft")
    assert draft["description"] == "still a draft"
    versions = (await desk.client().get(desk.at("policies", "GONE", "versions"))).json()["items"]
    assert len(versions) == 1, "a draft is changed in place"
    assert await desk.refused_change("policies", "GONE", number=1) == ["/number", "/number"]


async def test_pending_requests_follow_the_matrix_and_the_settings(desk: Desk, client: httpx.AsyncClient) -> None:
    """A wholesaler that gives a warranty after all, and clocks that run slower: from the next move on."""
    country = desk.country
    line = {"line_up": "residential", "distributes": True}
    await desk.create("wholesalers", code="LATE", line_ups=[{**line, "gives_warranty": False}])
    pending = await filed(desk.stack, country.installer, country=country.code, wholesaler="LATE")
    before = await seen(desk.stack, pending["id"], country.keyuser)
    await desk.change("wholesalers", "LATE", line_ups=[{**line, "gives_warranty": True}])
    preview = await seen(desk.stack, pending["id"], country.keyuser)
    assert preview["assignment"] != before["assignment"]
    excluded = {one["policy"]: one["rule"] for one in preview["assignment"]["trace"] if one["outcome"] == "excluded"}
    assert excluded["STD-1-5"] in {"wholesaler_gives_warranty", "state"}
    await desk.change("wholesalers", "LATE", line_ups=[])
    assert "wholesaler_not_configured" in [
        one["code"] for one in (await seen(desk.stack, pending["id"], country.keyuser))["warnings"]
    ]
    version = (await client.get(desk.at("settings"))).json()["version"]
    slow = await client.patch(desk.at("settings"), json={"version": version, "requester_expiry": "P200D"})
    assert slow.status_code == 200
    flagged = await decided(desk.stack, country.keyuser, pending["id"], "flag_wrong_data", comment="the serial")
    due = datetime.fromisoformat(flagged["due_at"])
    assert timedelta(days=199) < due - datetime.now(UTC) < timedelta(days=201)
