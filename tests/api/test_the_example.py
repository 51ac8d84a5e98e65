"""The example of `domain.md` §3, from the form to the card in the installer's mailbox."""

from typing import Any

import pytest
import pytest_asyncio

from tests.stack.countries import new_country
from tests.stack.days import day, end, last, tier
from tests.stack.outbox import emails_about, emails_to
from tests.stack.papers import ink_of, squeezed, text_of
from tests.stack.running import BASE_URL, Stack
from tests.stack.walks import REQUESTS, decided, filed, history, processed, seen, settled
from workers.demo_countries import CARD_TEXTS

INSTALLER = "installer.abc@keydesk.example"
WITHOUT, WITH = CARD_TEXTS["standard"]  # type: ignore[index]


async def card_of(stack: Stack, request: dict[str, Any], version: int = 1) -> bytes:
    answer = await stack.client_of("installer.abc").get(f"{REQUESTS}/{request['id']}/card?version={version}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def accepted(stack: Stack) -> dict[str, Any]:
    """ABC commissioned goods of DEF, and the keyuser accepted."""
    return await processed(stack)


async def test_abc_with_material_of_def_gets_one_year_full_and_five_years_compressor(accepted: dict[str, Any]) -> None:
    assert (accepted["state"], accepted["label"], accepted["version"]) == ("processed", "Accepted", 3)
    assert accepted["assignment"]["policy"] == "STD-1-5"
    assert accepted["assignment"]["policy_version"] == 1
    assert accepted["assignment"]["tiers"] == [
        tier("full", years=1),
        tier("compressor", years=5),
    ]


async def test_the_trace_names_every_policy_and_why_not(accepted: dict[str, Any]) -> None:
    trace = {one["policy"]: (one["outcome"], one["rule"]) for one in accepted["assignment"]["trace"]}
    assert trace == {
        "STD-1-5": ("selected", None),
        "STD-C5": ("excluded", "wholesaler_gives_warranty"),
        "EXT-5": ("excluded", "kind"),
        "EU-5": ("excluded", "kind"),
        "XEU-2": ("excluded", "kind"),
    }


async def test_the_keyuser_sees_the_warranty_before_deciding_and_the_installer_does_not(stack: Stack) -> None:
    request = await filed(stack)
    assert (await seen(stack, request["id"], "keyuser.es"))["assignment"]["policy"] == "STD-1-5"
    assert request["assignment"] is None
    assert (await seen(stack, request["id"], "installer.abc"))["assignment"] is None


async def test_the_card_says_number_serials_dates_and_tiers(stack: Stack, accepted: dict[str, Any]) -> None:
    text = text_of(await card_of(stack, accepted))
    serials = [unit["serial"] for unit in accepted["data"]["units"]]
    for expected in (accepted["cards"][0]["number"], *serials, "CU-2Z50TBE", "CS-Z25TKEW", "ABC", "28013", "Madrid"):
        assert expected in text
    assert f"{day()} to {last(years=1)}" in text
    assert f"{day()} to {last(years=5)}" in text
    assert "1 year Full warranty" in text
    assert "5 years Compressor warranty" in text


async def test_the_card_does_not_say_who_the_end_user_is(stack: Stack, accepted: dict[str, Any]) -> None:
    text = squeezed(text_of(await card_of(stack, accepted)))
    end_user = accepted["data"]["end_user"]
    for secret in ("name", "phone", "email", "address"):
        assert end_user[secret]
        assert squeezed(end_user[secret]) not in text
    assert "Lucía" not in text


async def test_the_card_can_be_looked_at(stack: Stack, accepted: dict[str, Any]) -> None:
    assert 0.02 < ink_of(await card_of(stack, accepted)) < 0.5


async def test_the_card_is_what_was_stored(stack: Stack, accepted: dict[str, Any]) -> None:
    card = accepted["cards"][0]
    answer = await stack.client_of("keyuser.es").get(card["href"])
    assert answer.headers["etag"] == f'"{card["sha256"]}"'
    assert answer.content == await stack.parts.files.get(card["sha256"])


async def token_of(stack: Stack, request: dict[str, Any], version: int = 1) -> str:
    """The token in the address that is printed beside the QR code."""
    text = squeezed(text_of(await card_of(stack, request, version)))
    start = text.index(f"{BASE_URL}/verify/") + len(f"{BASE_URL}/verify/")
    return text[start : start + 22]


async def test_the_address_on_the_card_tells_that_it_is_valid(stack: Stack, accepted: dict[str, Any]) -> None:
    answer = await stack.client_of(None).get(f"/verify/{await token_of(stack, accepted)}")
    assert answer.status_code == 200
    assert answer.json() == {
        "number": accepted["cards"][0]["number"],
        "version": 1,
        "status": "valid",
        "kind": "commissioning",
        "tiers": [
            {"tier": "full", "duration": "1 year", "first_day": day(), "last_day": last(years=1)},
            {"tier": "compressor", "duration": "5 years", "first_day": day(), "last_day": last(years=5)},
        ],
    }


async def test_a_browser_gets_a_page_instead(stack: Stack, accepted: dict[str, Any]) -> None:
    page = await stack.client_of(None).get(
        f"/verify/{await token_of(stack, accepted)}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    )
    assert page.headers["content-type"].startswith("text/html")
    assert "This card is valid" in page.text
    assert accepted["cards"][0]["number"] in page.text
    assert "Lucía" not in page.text


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
async def test_an_unknown_token_is_not_found(stack: Stack, accept: str) -> None:
    answer = await stack.client_of(None).get("/verify/nobody-printed-this-one", headers={"Accept": accept})
    assert answer.status_code == 404


async def test_a_cancelled_requests_card_is_withdrawn(stack: Stack) -> None:
    request = await processed(stack)
    token = await token_of(stack, request)
    await decided(stack, "keyuser.es", request["id"], "cancel", comment="the goods were returned")
    cancelled = await settled(stack, request["id"])
    assert [card["status"] for card in cancelled["cards"]] == ["withdrawn"]
    assert (await stack.client_of(None).get(f"/verify/{token}")).json()["status"] == "withdrawn"
    page = await stack.client_of(None).get(f"/verify/{token}", headers={"Accept": "text/html"})
    assert "This card was withdrawn: it grants nothing" in page.text


async def test_an_amended_request_has_the_next_card_under_the_same_number(stack: Stack) -> None:
    request = await processed(stack)
    first = await token_of(stack, request)
    amended = await decided(
        stack, "keyuser.es", request["id"], "amend", comment="two weeks later", data={"commissioned_on": day(14)}
    )
    assert amended["state"] == "processed"
    after = await settled(stack, request["id"])
    assert [(card["version"], card["status"]) for card in after["cards"]] == [(1, "superseded"), (2, "valid")]
    assert {card["number"] for card in after["cards"]} == {request["cards"][0]["number"]}
    assert after["assignment"]["tiers"][0]["end"] == end(after=14, years=1)
    assert (await stack.client_of(None).get(f"/verify/{first}")).json()["status"] == "superseded"
    second = await token_of(stack, request, 2)
    assert second != first
    assert (await stack.client_of(None).get(f"/verify/{second}")).json()["version"] == 2
    last = emails_to(stack, INSTALLER, request["id"])[-1]
    assert list(last.attachments.values()) == [await card_of(stack, request, 2)]


async def test_material_of_ghi_who_gives_warranty_gets_only_the_compressor(stack: Stack) -> None:
    request = await processed(stack, wholesaler="GHI")
    assert request["assignment"]["policy"] == "STD-C5"
    assert [tier["tier"] for tier in request["assignment"]["tiers"]] == ["compressor"]
    text = squeezed(text_of(await card_of(stack, request)))
    assert squeezed(WITH.splitlines()[0]) in text
    assert squeezed(WITHOUT.splitlines()[0]) not in text
    assert "Fullwarranty" not in text


async def test_the_card_text_is_the_one_without_warranty_for_def(stack: Stack, accepted: dict[str, Any]) -> None:
    text = squeezed(text_of(await card_of(stack, accepted)))
    assert squeezed(WITHOUT.splitlines()[0]) in text
    assert squeezed(WITH.splitlines()[0]) not in text


async def test_rented_goods_are_accepted_without_card_and_number(stack: Stack) -> None:
    country = await new_country(stack, numbers=0)
    request = await processed(stack, country.installer, country.keyuser, country=country.code, sales_method="rented")
    assert request["state"] == "processed"
    assert request["cards"] == []
    assert request["assignment"]["policy"] is None
    assert {one["rule"] for one in request["assignment"]["trace"]} >= {"sales_method"}
    told = emails_about(stack, request["id"])
    assert [one.attachments for one in told] == [{}, {}]
    assert "no le corresponde ninguna garantía" in " ".join(told[1].text.lower().split())
    answer = await stack.client_of(country.installer).get(f"{REQUESTS}/{request['id']}/card")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_without_any_policy_an_empty_pool_does_not_refuse(stack: Stack) -> None:
    country = await new_country(stack, numbers=0, policies=[])
    request = await processed(stack, country.installer, country.keyuser, country=country.code)
    assert (request["state"], request["cards"], request["assignment"]["trace"]) == ("processed", [], [])
    assert [entry["action"] for entry in await history(stack, request["id"])] == ["submit", "accept", "finish"]
    assert [email["event"] for email in request["emails"]] == ["submitted", "processed"]
