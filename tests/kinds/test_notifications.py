"""Emails as editable templates, per event, recipient and language; downloads and settings beside them (§7, §8)."""

from typing import Any

import httpx
import pytest

from tests.api.refusals import pointers, refusal
from tests.kinds.walks import end_user_filed, public_upload
from tests.stack.countries import NewCountry, new_country
from tests.stack.footprint import footprint
from tests.stack.outbox import emails_about, emails_naming
from tests.stack.running import Stack
from tests.stack.walks import PDF, filed, settled, uploaded

PLAIN = {"subject": "{{ request_id }}", "body": "Hello {{ partner_name }}.\n"}
SUBMITTED = "submitted/partner/es"


def path(country: str, where: str = "") -> str:
    return f"/api/v1/countries/{country}/notifications" + (f"/{where}" if where else "")


async def put(stack: Stack, country: NewCountry, where: str, **body: Any) -> httpx.Response:
    """The answer to a new text."""
    return await stack.client_of(country.keyuser).put(path(country.code, where), json={**PLAIN, **body})


async def listed(stack: Stack, country: NewCountry) -> dict[str, dict[str, Any]]:
    """Every email, by event, recipient and language."""
    answer = await stack.client_of(country.keyuser).get(path(country.code))
    assert answer.status_code == 200, answer.text
    return {f"{one['event']}/{one['recipient']}/{one['language']}": one for one in answer.json()["items"]}


async def first_email(stack: Stack, country: NewCountry) -> str:
    """Subject of the email that tells the partner of a new end-user warranty."""
    request = await end_user_filed(stack, country)
    await settled(stack, request["id"])
    [email] = emails_about(stack, request["id"])
    return email.subject.replace(request["id"], "ID")


async def test_every_email_is_listed_in_three_languages(stack: Stack) -> None:
    items = await listed(stack, await new_country(stack))
    places = {name.rsplit("/", maxsplit=1)[0] for name in items}
    assert {f"{place}/{language}" for place in places for language in ("en", "es", "pt")} == set(items)
    assert {"processed/end_user", "submitted/keyuser", "denied/partner", "wrong_data/requester"} <= places
    assert not any(one["own"] for one in items.values())


async def test_a_countrys_own_text_is_sent_until_it_is_taken_away(stack: Stack) -> None:
    country, other = await new_country(stack), await new_country(stack)
    packaged = await first_email(stack, country)
    written = await put(stack, country, SUBMITTED, subject="Ours: {{ request_id }}")
    assert written.json()["own"] is True
    assert (await listed(stack, country))[SUBMITTED]["subject"] == "Ours: {{ request_id }}"
    assert await first_email(stack, country) == "Ours: ID"
    assert await first_email(stack, other) == packaged, "another country keeps its own"
    client = stack.client_of(country.keyuser)
    assert (await client.delete(path(country.code, SUBMITTED))).status_code == 204
    assert await first_email(stack, country) == packaged
    assert refusal(await client.delete(path(country.code, SUBMITTED))) == (404, "not_found")


async def test_a_countrys_own_english_stands_in_for_missing_languages_only(stack: Stack) -> None:
    spanish, german = await new_country(stack), await new_country(stack, language="de")
    packaged = await first_email(stack, spanish)
    for country in (spanish, german):
        assert (await put(stack, country, "submitted/partner/en", subject="Ours: {{ request_id }}")).status_code == 200
    assert await first_email(stack, spanish) == packaged
    assert await first_email(stack, german) == "Ours: ID"


async def test_a_language_without_any_text_falls_back_to_english(stack: Stack) -> None:
    english, german = await new_country(stack, language="en"), await new_country(stack, language="de")
    assert await first_email(stack, german) == await first_email(stack, english)


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"body": "{{ password }}"}, "/body"),
        ({"subject": "{{ end_user_phone }}"}, "/subject"),
        ({"body": "{% for x in y %}{% endfor %}"}, "/body"),
        ({"body": "{{ request_id | upper }}"}, "/body"),
        ({"body": "{{ request_id"}, "/body"),
        ({"body": "{# hidden #}"}, "/body"),
        ({"body": " "}, "/body"),
        ({"subject": ""}, "/subject"),
        ({"body": "x" * 20_001}, "/body"),
    ],
)
@pytest.mark.parametrize("action", ["", "/preview", "/test"])
async def test_an_unknown_tag_or_markup_is_pointed_at(
    stack: Stack, changed: dict[str, str], pointer: str, action: str
) -> None:
    client, where = stack.client_of("keyuser.es"), path("ES", SUBMITTED) + action
    before = await footprint(stack)
    answer = await (client.post if action else client.put)(where, json={**PLAIN, **changed})
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), [pointer])
    assert await footprint(stack) == before


async def test_a_preview_fills_in_sample_values_and_keeps_nothing(stack: Stack) -> None:
    before = await footprint(stack)
    answer = await stack.client_of("keyuser.es").post(
        path("ES", "processed/end_user/es") + "/preview",
        json={"subject": "Card {{ card_number }}", "body": "For <b>{{ end_user_name }}</b>."},
    )
    shown = answer.json()
    assert (shown["subject"], shown["text"]) == ("Card ES-12345678", "For <b>Lucía Pérez</b>.\n")
    assert "&lt;b&gt;Lucía Pérez&lt;/b&gt;" in shown["html"]
    assert await footprint(stack) == before


async def test_a_test_goes_to_the_callers_own_address(stack: Stack) -> None:
    country = await new_country(stack)
    answer = await stack.client_of(country.keyuser).post(
        path(country.code, "denied/partner/pt") + "/test", json={**PLAIN, "subject": f"Test of {country.code}"}
    )
    assert answer.status_code == 204
    [email] = emails_naming(stack, f"Test of {country.code}")
    assert email.envelope_to == f"{country.keyuser}@keydesk.example"
    assert "Hello Clima Sol." in email.text


@pytest.mark.parametrize("where", ["submitted/nobody/es", "unheard/partner/es", "denied/end_user/es"])
async def test_an_email_that_is_never_sent_has_no_text(stack: Stack, where: str) -> None:
    client = stack.client_of("keyuser.es")
    assert refusal(await client.put(path("ES", where), json=PLAIN)) == (404, "not_found")
    assert refusal(await client.post(f"{path('ES', where)}/preview", json=PLAIN)) == (404, "not_found")


@pytest.mark.parametrize(
    ("login", "expected"),
    [("keyuser.pt", (404, "not_found")), ("partner.pro", (403, "forbidden")), ("admin", (403, "forbidden"))],
)
async def test_only_the_countrys_keyuser_reads_and_writes_texts(
    stack: Stack, login: str, expected: tuple[int, str]
) -> None:
    client, where = stack.client_of(login), path("ES", SUBMITTED)
    answers = [
        await client.get(path("ES")),
        await client.put(where, json=PLAIN),
        await client.delete(where),
        await client.post(f"{where}/preview", json=PLAIN),
        await client.post(f"{where}/test", json=PLAIN),
    ]
    assert [refusal(answer) for answer in answers] == [expected] * 5


async def offered(stack: Stack, country: NewCountry, **changes: Any) -> httpx.Response:
    """The answer to the offer of a document that the keyuser has just uploaded."""
    document = await uploaded(stack.client_of(country.keyuser), "sheet.pdf")
    body = {"product_range": "residential", "title": "Sheet", "document_id": document, **changes}
    return await stack.client_of(country.keyuser).post(f"/api/v1/countries/{country.code}/downloads", json=body)


async def test_downloads_are_listed_by_range_and_fetched_by_accounts_of_the_country(stack: Stack) -> None:
    country, client = await new_country(stack), stack.client_of
    where = f"/api/v1/countries/{country.code}/downloads"
    assert (await client(country.installer).get(where)).json() == {"items": []}
    second = (await offered(stack, country, title="Second", position=2)).json()
    first = (await offered(stack, country, title="First")).json()
    assert (await client(country.installer).get(where)).json() == {
        "items": [{"product_range": "residential", "items": [first, second]}]
    }
    for login in (country.installer, country.rival, country.partner, country.keyuser, "ops"):
        answer = await client(login).get(first["href"])
        assert (answer.status_code, answer.content) == (200, PDF)
    for login in ("installer.abc", "keyuser.es", "partner.pt"):
        assert refusal(await client(login).get(first["href"])) == (404, "not_found")
        assert refusal(await client(login).get(where)) == (404, "not_found")
    assert (await client(country.keyuser).delete(f"{where}/{second['id']}")).status_code == 204
    assert refusal(await client(country.rival).get(second["href"])) == (404, "not_found")
    assert refusal(await client("keyuser.es").delete(f"/api/v1/countries/ES/downloads/{first['id']}")) == (
        404,
        "not_found",
    )


async def test_only_what_a_keyuser_of_the_country_uploaded_is_offered(stack: Stack) -> None:
    """Not what an end user sent with a request, nor a participant's invoice."""
    country = await new_country(stack)
    document = await public_upload(stack)
    await end_user_filed(stack, country, documents=[{"requirement": "invoice", "document_id": document}])
    for stranger in (
        document,
        await public_upload(stack),
        await uploaded(stack.client_of(country.installer), "mine.pdf"),
        await uploaded(stack.client_of("keyuser.es"), "es.pdf"),
        await uploaded(stack.client_of("participant.ana"), "ana.pdf"),
    ):
        answer = await offered(stack, country, document_id=stranger)
        assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/document_id"])
    answer = await offered(stack, country, product_range="unheard")
    assert (refusal(answer), pointers(answer)) == ((422, "invalid"), ["/product_range"])
    theirs = await uploaded(stack.client_of("participant.ana"), "ana.pdf")
    spanish = await stack.client_of("keyuser.es").post(
        "/api/v1/countries/ES/downloads",
        json={"product_range": "residential", "title": "T", "document_id": theirs},
    )
    assert (refusal(spanish), pointers(spanish)) == ((422, "invalid"), ["/document_id"])


async def test_settings_of_the_landing_page_and_the_mode(stack: Stack) -> None:
    country = await new_country(stack)
    client, where = stack.client_of(country.keyuser), f"/api/v1/countries/{country.code}/settings"
    changes = {
        "extension_mode": "b",
        "end_user_warranties": False,
        "extra_years_message": "Pay first.",
        "cancellation_message": "Sure?",
        "language": "pt",
        "card_language": "es",
    }
    changed = await client.patch(where, json={"version": 1, **changes})
    assert changed.status_code == 200, changed.text
    assert {name: changed.json()[name] for name in changes} == changes
    form = (await stack.client_of(None).get(f"/api/v1/public/countries/{country.code}/form")).json()
    assert form["messages"] == {"extra_years": "Pay first.", "cancellation": "Sure?"}
    for body in (
        {"extension_mode": "c"},
        {"language": "fr"},
        {"end_user_warranties": None},
        {"extra_years_message": 7},
    ):
        answer = await client.patch(where, json={"version": 2, **body})
        assert (refusal(answer)[0], pointers(answer)) == (422, [f"/{next(iter(body))}"])
    assert refusal(await client.patch(where, json={"version": 1, "language": "en"})) == (412, "stale_version")
    request = await filed(stack, country.installer, country=country.code)
    await settled(stack, request["id"])
    assert "garantia" in emails_about(stack, request["id"])[0].text.lower()
