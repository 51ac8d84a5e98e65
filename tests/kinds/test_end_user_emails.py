"""Who hears what of an end user's requests, and in which language (`domain.md` §7)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.kinds.walks import (
    ask_extra_years,
    cancelled_on_the_page,
    card_of,
    chosen,
    end_user_filed,
    extra_filed,
    extra_granted,
    granted,
)
from tests.stack.countries import NewCountry, new_country
from tests.stack.days import day, end
from tests.stack.outbox import Received, emails_about
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, decided, seen, settled

END_USER = "lucia@example.org"
LONG = timedelta(days=3650)
LANGUAGES = {
    "es": ("garantía", "años"),
    "pt": ("garantia", "anos"),
    "de": ("warranty", "years"),
}


async def speaking(stack: Stack, language: str) -> NewCountry:
    """A country whose emails are in this language."""
    return await new_country(stack, language=language)


def of(country: NewCountry, who: str) -> str:
    """The address of the partner or the keyuser."""
    return (
        f"{country.partner}@keydesk.example" if who == "partner" else f"keyuser-{country.code.lower()}@keydesk.example"
    )


async def told(stack: Stack, request_id: str, since: int = 0) -> list[Received]:
    """The emails about a request from the one numbered `since` on, once all are sent."""
    await settled(stack, request_id)
    return emails_about(stack, request_id)[since:]


def to_whom(emails: list[Received]) -> list[str]:
    return sorted(one.envelope_to for one in emails)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_submitted_tells_the_partner_and_processed_tells_both_with_the_card(stack: Stack, language: str) -> None:
    country = await speaking(stack, language)
    done = await granted(stack, country)
    submitted, *processed = await told(stack, done["id"])
    partner = of(country, "partner")
    assert submitted.envelope_to == partner
    assert submitted.attachments == {}
    assert to_whom(processed) == [END_USER, partner]
    word, years = LANGUAGES[language]
    card, number = await card_of(stack, done), done["cards"][0]["number"]
    for email in processed:
        assert email.attachments == {f"{number}.pdf": card}
        assert number in email.text
        assert number in email.html
        assert years in email.text
        assert f'lang="{"en" if language == "de" else language}"' in email.html
    for email in (submitted, *processed):
        assert word in email.text.lower()
        assert done["id"] in email.subject + email.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_denial_is_told_to_the_partner_only(stack: Stack, language: str) -> None:
    country = await speaking(stack, language)
    request = await end_user_filed(stack, country)
    await decided(stack, country.keyuser, request["id"], "deny", comment="Illegible.", documents=["invoice"])
    [denied] = await told(stack, request["id"], since=1)
    assert denied.envelope_to == of(country, "partner")
    assert "Illegible." in denied.text
    assert denied.attachments == {}


async def test_an_amendment_is_told_to_both_with_the_next_card(stack: Stack) -> None:
    country = await speaking(stack, "es")
    done = await granted(stack, country)
    changed = {"commissioned_on": day(4), "end_user": {"email": "new@example.org"}}
    await decided(stack, country.keyuser, done["id"], "amend", comment="Moved.", data=changed)
    amended = await told(stack, done["id"], since=3)
    assert to_whom(amended) == sorted(["new@example.org", of(country, "partner")])
    card = await card_of(stack, done, 2)
    assert [list(one.attachments.values()) for one in amended] == [[card], [card]]
    after = await seen(stack, done["id"])
    assert [(one["version"], one["status"]) for one in after["cards"]] == [(1, "superseded"), (2, "valid")]
    assert len({one["number"] for one in after["cards"]}) == 1
    assert after["assignment"]["tiers"][0]["end"] == end(after=4, years=5)


@pytest.mark.parametrize("from_state", ["submitted", "processed"])
async def test_a_cancellation_by_the_keyuser_is_told_to_the_partner(stack: Stack, from_state: str) -> None:
    country = await speaking(stack, "es")
    request = await (end_user_filed if from_state == "submitted" else granted)(stack, country)
    before = len(await told(stack, request["id"]))
    await decided(stack, country.keyuser, request["id"], "cancel", comment="Returned.")
    [cancelled] = await told(stack, request["id"], since=before)
    assert cancelled.envelope_to == of(country, "partner")
    assert "Returned." in cancelled.text
    after = await seen(stack, request["id"])
    assert (after["state"], after["cancelled_by"]) == ("cancelled", "keyuser")
    assert {card["status"] for card in after["cards"]} <= {"withdrawn"}


@pytest.mark.parametrize("from_state", ["submitted", "processed"])
async def test_a_cancellation_by_the_end_user_is_told_to_partner_and_keyuser(stack: Stack, from_state: str) -> None:
    country = await new_country(stack, withdrawal_period=LONG)
    request = await (end_user_filed if from_state == "submitted" else granted)(stack, country)
    before = len(await told(stack, request["id"]))
    assert (await cancelled_on_the_page(stack, request)).json()["label"] == "Canceled"
    cancelled = await told(stack, request["id"], since=before)
    assert to_whom(cancelled) == sorted([of(country, "partner"), of(country, "keyuser")])
    assert (await seen(stack, request["id"]))["cancelled_by"] == "end_user"


async def test_extra_years_tell_the_same_people_and_the_keyuser_of_the_submission(stack: Stack) -> None:
    country = await speaking(stack, "es")
    base = await granted(stack, country)
    done = await extra_granted(stack, base, country.keyuser)
    first, second, *processed = await told(stack, done["id"])
    assert to_whom([first, second]) == sorted([of(country, "partner"), of(country, "keyuser")])
    assert to_whom(processed) == [END_USER, of(country, "partner")]
    card = await card_of(stack, done)
    assert [list(one.attachments.values()) for one in processed] == [[card], [card]]
    assert "5 años + 2 años completa" in processed[0].text


async def test_a_denial_of_extra_years_is_told_to_the_partner_only(stack: Stack) -> None:
    country = await speaking(stack, "pt")
    denied = await extra_filed(stack, await granted(stack, country))
    await decided(stack, country.keyuser, denied["id"], "deny", comment="Not paid.")
    [email] = await told(stack, denied["id"], since=2)
    assert (email.envelope_to, "Not paid." in email.text) == (of(country, "partner"), True)


async def test_a_cancellation_of_extra_years_is_told_as_that_of_their_base(stack: Stack) -> None:
    country = await new_country(stack, withdrawal_period=LONG)
    base = await granted(stack, country)
    by_keyuser = await extra_filed(stack, base)
    await decided(stack, country.keyuser, by_keyuser["id"], "cancel", comment="Not paid.")
    assert to_whom(await told(stack, by_keyuser["id"], since=2)) == [of(country, "partner")]
    by_end_user = await extra_filed(stack, base)
    assert (await cancelled_on_the_page(stack, by_end_user)).status_code == 200
    partner_and_keyuser = sorted([of(country, "partner"), of(country, "keyuser")])
    assert to_whom(await told(stack, by_end_user["id"], since=2)) == partner_and_keyuser


async def test_messages_go_between_partner_and_keyuser_never_to_the_end_user(stack: Stack) -> None:
    country = await speaking(stack, "es")
    request = await end_user_filed(stack, country)
    for login, expected in ((country.partner, of(country, "keyuser")), (country.keyuser, of(country, "partner"))):
        before = len(await told(stack, request["id"]))
        sent = await stack.client_of(login).post(
            f"{REQUESTS}/{request['id']}/messages", json={"text": "What is missing?"}
        )
        assert sent.status_code == 201, sent.text
        [email] = await told(stack, request["id"], since=before)
        assert (email.envelope_to, "What is missing?" in email.text) == (expected, True)
    assert (await seen(stack, request["id"], country.partner))["unread_messages"] == 1
    assert (await seen(stack, request["id"]))["state"] == "submitted"


async def test_the_partner_sees_no_emails_but_its_own(stack: Stack) -> None:
    country = await new_country(stack, withdrawal_period=LONG)
    done = await granted(stack, country)
    assert (await cancelled_on_the_page(stack, done)).status_code == 200
    await settled(stack, done["id"])
    theirs = await seen(stack, done["id"], country.partner)
    assert {one["to"] for one in theirs["emails"]} == {of(country, "partner")}
    assert {one["to"] for one in (await seen(stack, done["id"], country.keyuser))["emails"]} == {
        END_USER,
        of(country, "partner"),
        of(country, "keyuser"),
    }


async def test_no_email_tells_of_another_request(stack: Stack) -> None:
    """The message ids of base and extra years part them, and none repeats."""
    country = await speaking(stack, "es")
    base = await granted(stack, country)
    extra = await extra_granted(stack, base, country.keyuser)
    messages: list[Any] = [*(await told(stack, base["id"])), *(await told(stack, extra["id"]))]
    assert len(messages) == len({one.message_id for one in messages}) == 7


async def test_a_refused_request_for_extra_years_tells_nobody(stack: Stack) -> None:
    country = await speaking(stack, "es")
    base: Json = await granted(stack, country)
    await settled(stack, (await extra_filed(stack, base))["id"])
    before = len(emails_about(stack, country.code))
    assert (await ask_extra_years(stack, base)).status_code == 409
    assert len(emails_about(stack, country.code)) == before


async def test_a_comment_on_accept_reaches_both(stack: Stack) -> None:
    country = await speaking(stack, "en")
    request = await end_user_filed(stack, country)
    await chosen(stack, country.keyuser, request["id"], "EU-5")
    await decided(stack, country.keyuser, request["id"], "accept", comment="Enjoy it.")
    processed = await told(stack, request["id"], since=1)
    assert to_whom(processed) == [END_USER, of(country, "partner")]
    assert all("Enjoy it." in email.text for email in processed)
