"""What a country lacks before it can go live; the walk from nothing to ready is the guide, in tests/docs."""

from typing import Any

import pytest

from tests.configuration.desk import Desk
from tests.stack.running import Stack


async def steps(stack: Stack, country: str, login: str = "ops") -> dict[str, dict[str, Any]]:
    answer = await stack.client_of(login).get(f"/api/v1/countries/{country}/readiness")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["ready"] is all(one["done"] for one in found["steps"])
    return {one["step"]: one for one in found["steps"]}


@pytest.mark.parametrize("country", ["ES", "PT"])
async def test_the_demo_countries_are_ready(stack: Stack, country: str) -> None:
    assert [one["missing"] for one in (await steps(stack, country)).values()] == [[]] * 8


async def test_what_is_taken_away_is_missed(desk: Desk) -> None:
    code = desk.country.code
    before = await steps(desk.stack, code)
    assert {"JKL is not classified for residential", "no wholesaler distributes heating"} <= set(
        before["classification"]["open"]
    )
    assert (await desk.delete("card-texts", "residential/standard")).status_code == 204
    for requirement in ("commissioning-sheet", "invoice"):
        assert (await desk.delete("documentation", f"commissioning/residential/{requirement}")).status_code == 204
    await desk.change("policies", "STD-1-5", state="not_effective")
    await desk.change("policies", "STD-C5", goods=[{"product": "CU-Z25TKE"}])
    after = await steps(desk.stack, code)
    assert after["documentation"]["missing"] == ["no document is required for commissioning residential"]
    assert after["policies"]["missing"] == ["no policy for commissioning fits heating"]
    assert after["card-texts"]["missing"] == ["no text for residential, standard"]
    for login in (desk.country.installer, "admin"):
        answer = await desk.client(login).get(desk.at("readiness"))
        assert answer.status_code == 403
