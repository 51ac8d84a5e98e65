"""A warranty extension, from the form to the card (`domain.md` §2.1, §3, §4): mode a."""

from typing import Any

import pytest
import pytest_asyncio

from domain.calendar import Duration, DurationUnit
from domain.policies import Policy, PolicyState, Tag, Tier, TierGrant
from domain.pools import Pool
from tests.api.refusals import pointers, refusal
from tests.kinds.walks import ask_extension, card_of, code_shown, codes_of, counted, extended, extension, listed_codes
from tests.stack.countries import NewCountry, demo_policy, new_country
from tests.stack.days import day, end, tier
from tests.stack.footprint import INTAKE, footprint
from tests.stack.outbox import emails_about
from tests.stack.papers import squeezed, text_of
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, decided, filed, new_serial, outdoor, processed, seen, settled

KEYUSER = "keyuser.es"
PARTNER = "partner.pro"


async def accepted(stack: Stack, request: Json, keyuser: str = KEYUSER) -> Json:
    await decided(stack, keyuser, request["id"], "accept")
    return await settled(stack, request["id"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def done(stack: Stack) -> Json:
    """An extension of Clima Sol in ES, processed."""
    return await accepted(stack, await extended(stack))


async def test_from_the_form_to_the_card(stack: Stack, done: Json) -> None:
    assert done["id"].startswith("ES-EXT-")
    assert (done["kind"], done["state"], done["label"]) == ("warranty-extension", "processed", "Accepted")
    assert done["assignment"]["policy"] == "EXT-5"
    assert done["assignment"]["tiers"] == [tier("full", years=5)]
    [card] = done["cards"]
    assert card["number"].startswith("ESX-")
    assert card["status"] == "valid"
    text = text_of(await card_of(stack, done))
    assert card["number"] in text
    assert "this card extends the warranty" in text
    assert "Warranty extension" in text
    assert "Compressor" not in text


async def test_the_emails_are_spanish_and_the_card_is_attached(stack: Stack, done: Json) -> None:
    submitted, accepted = emails_about(stack, done["id"])
    assert {submitted.envelope_to, accepted.envelope_to} == {"partner.pro@keydesk.example"}
    assert accepted.attachments == {f"{done['cards'][0]['number']}.pdf": await card_of(stack, done)}
    assert "5 años completa" in accepted.text
    assert "lucia@example.org" not in submitted.message.as_string() + accepted.message.as_string()


async def test_a_commissioning_card_is_not_marked(stack: Stack) -> None:
    text = squeezed(text_of(await card_of(stack, await processed(stack))))
    assert "thiscardextends" not in text


async def test_only_full_tiers_are_granted(stack: Stack) -> None:
    both = await with_tiers(stack, TierGrant(Tier.FULL, years(2)), TierGrant(Tier.COMPRESSOR, years(7)))
    country = await new_country(stack, codes=1, policies=[both])
    request = await accepted(stack, await extended(stack, country.partner, country=country.code), country.keyuser)
    assert [tier["tier"] for tier in request["assignment"]["tiers"]] == ["full"]
    assert "7 years" not in text_of(await card_of(stack, request))


async def test_a_policy_of_the_compressor_alone_grants_nothing(stack: Stack) -> None:
    country = await new_country(
        stack, codes=1, policies=[await with_tiers(stack, TierGrant(Tier.COMPRESSOR, years(7)))]
    )
    request = await accepted(stack, await extended(stack, country.partner, country=country.code), country.keyuser)
    assert (request["state"], request["cards"]) == ("processed", [])
    assert [one["rule"] for one in request["assignment"]["trace"]] == ["tiers"]
    assert await counted(stack, country.code, Pool.EXTENSION) == (1, 1)


def years(count: int) -> Duration:
    return Duration(count, DurationUnit.YEARS)


async def with_tiers(stack: Stack, *tiers: TierGrant) -> Policy:
    """EXT-5 with other tiers."""
    found = await demo_policy(stack, "EXT-5")
    assert (found.tag, found.state) == (Tag.EXTENSION, PolicyState.EFFECTIVE)
    return Policy(**{**{name: getattr(found, name) for name in found.__dataclass_fields__}, "tiers": tiers})


@pytest.mark.parametrize("login", [PARTNER, "installer.linked"])
async def test_pro_partners_and_accredited_partners_file(stack: Stack, login: str) -> None:
    request = await extended(stack, login)
    assert request["requester"]["login"] == login
    assert request["allowed_actions"] == ["withdraw"]


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("installer.abc", (403, "forbidden")),
        ("installer.ac1", (403, "forbidden")),
        ("participant.ana", (403, "forbidden")),
        (KEYUSER, (403, "forbidden")),
        ("ops", (403, "forbidden")),
        ("admin", (403, "forbidden")),
        (None, (401, "not_authenticated")),
    ],
)
async def test_nobody_else_files(stack: Stack, login: str | None, expected: tuple[int, str]) -> None:
    body = await extension(stack, PARTNER)
    before = await footprint(stack)
    answer = await stack.client_of(login).post(f"{REQUESTS}/warranty-extension", json=body)
    assert refusal(answer) == expected
    assert await footprint(stack) == before


async def test_a_wholesaler_may_be_named_and_is_never_asked(stack: Stack) -> None:
    """JKL is not configured, and DEF does not distribute heating: neither matters, nor does GHI's own warranty."""
    heating: Json = {
        "line_up": "heating",
        "units": [{"role": "outdoor", "product": "WH-UD05HE5", "serial": new_serial()}],
        "documents": [],
    }
    for named in ({"wholesaler": "JKL"}, {"wholesaler": "DEF", **heating}, {"wholesaler": "GHI"}):
        request = await extended(stack, **named)
        assert request["data"]["wholesaler"] == named["wholesaler"]
        assert (await seen(stack, request["id"], KEYUSER))["assignment"]["policy"] == "EXT-5"
        assert (await seen(stack, request["id"], KEYUSER))["warnings"] == []


async def refused(stack: Stack, login: str = PARTNER, **changes: Any) -> tuple[tuple[int, str], list[str]]:
    """Submit, and hold that nothing is left but the memory of the refusal."""
    await extension(stack, login)
    before = await footprint(stack, but=INTAKE)
    answer = await ask_extension(stack, login, **changes)
    assert await footprint(stack, but=INTAKE) == before
    return refusal(answer), pointers(answer)


async def test_what_is_not_right_is_refused_and_leaves_nothing(stack: Stack) -> None:
    serial = new_serial()
    await extended(stack, units=outdoor(serial))
    assert await refused(stack, wholesaler="XYZ") == ((422, "invalid"), ["/wholesaler"])
    assert await refused(stack, documents=[]) == ((422, "document_missing"), ["/documents"])
    assert await refused(stack, units=outdoor(serial)) == ((409, "duplicate_serial"), [])
    assert await refused(stack, warranty_code="ESX-00000000") == ((422, "code_invalid"), ["/warranty_code"])
    assert await refused(stack, country="PT") == ((404, "not_found"), [])
    assert await refused(stack, commissioned_on="2999-01-01") == ((422, "invalid"), ["/commissioned_on"])
    assert await refused(stack, partner="Clima Sol") == ((422, "invalid"), ["/partner"])


async def test_a_commissioning_of_the_same_serial_does_not_stand_in_the_way(stack: Stack) -> None:
    serial = new_serial()
    await filed(stack, units=outdoor(serial))
    assert (await extended(stack, units=outdoor(serial)))["state"] == "submitted"


async def test_the_next_code_that_is_nobodys_or_the_requesters_is_drawn(stack: Stack) -> None:
    country = await new_country(stack)
    theirs = await codes_of(stack, country, 2, owner=f"Luna {country.code}")
    free = await codes_of(stack, country, 1)
    own = await codes_of(stack, country, 1, owner=f"Sol {country.code}")
    for code in (*free, *own):
        request = await extended(stack, country.partner, country=country.code)
        done = await accepted(stack, request, country.keyuser)
        assert done["cards"][0]["number"] == code
        assert await code_shown(stack, country, code) == {
            "number": code,
            "owner": f"Sol {country.code}" if code in own else None,
            "holder": done["id"],
            "consumed": True,
        }
    await no_code_left(stack, country)
    assert {one["number"] for one in await listed_codes(stack, country) if not one["consumed"]} == set(theirs)


async def no_code_left(stack: Stack, country: NewCountry) -> None:
    """What is left belongs to another company: refused, and nothing has changed."""
    request = await extended(stack, country.partner, country=country.code)
    before = await footprint(stack, but=frozenset({"decisions"}))
    answer = await stack.client_of(country.keyuser).post(
        f"{REQUESTS}/{request['id']}/actions/accept", json={"version": 1}
    )
    assert refusal(answer) == (409, "no_free_code")
    assert await footprint(stack, but=frozenset({"decisions"})) == before
    assert (await seen(stack, request["id"]))["state"] == "submitted"


async def test_a_linked_installer_does_not_draw_the_codes_of_its_pro_partner(stack: Stack) -> None:
    country = await new_country(stack, company={"company_class": "accredited_partner"})
    await codes_of(stack, country, 1, owner=f"Sol {country.code}")
    request = await extended(stack, country.installer, country=country.code)
    answer = await stack.client_of(country.keyuser).post(
        f"{REQUESTS}/{request['id']}/actions/accept", json={"version": 1}
    )
    assert refusal(answer) == (409, "no_free_code")


async def test_card_numbers_are_not_drawn_for_extensions(stack: Stack) -> None:
    country = await new_country(stack, numbers=3, codes=1)
    await accepted(stack, await extended(stack, country.partner, country=country.code), country.keyuser)
    assert await counted(stack, country.code, Pool.CARD) == (3, 3)
    assert await counted(stack, country.code, Pool.EXTENSION) == (1, 0)
    assert [one["consumed"] for one in await listed_codes(stack, country)] == [True]


async def test_a_denied_extension_goes_its_rounds_and_is_amended_under_its_number(stack: Stack) -> None:
    request = await extended(stack)
    await decided(stack, KEYUSER, request["id"], "deny", comment="Unreadable.", documents=["invoice"])
    invoice = (
        await stack.client_of(PARTNER).post("/api/v1/documents", files={"file": ("i.pdf", b"%PDF-1.4 2")})
    ).json()
    brought = [{"requirement": "invoice", "document_id": invoice["id"]}]
    await decided(stack, PARTNER, request["id"], "resubmit", documents=brought)
    done = await accepted(stack, request)
    await decided(stack, KEYUSER, request["id"], "amend", comment="Moved.", data={"commissioned_on": day(4)})
    amended = await settled(stack, request["id"])
    assert [(one["number"], one["status"]) for one in amended["cards"]] == [
        (done["cards"][0]["number"], "superseded"),
        (done["cards"][0]["number"], "valid"),
    ]
    assert amended["assignment"]["tiers"][0]["end"] == end(after=4, years=5)
    assert "this card extends the warranty" in text_of(await card_of(stack, amended, 2))
