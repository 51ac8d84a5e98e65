"""The emails of `domain.md` §7, read back as they arrived."""

from itertools import pairwise

from tests.stack.outbox import Received, emails_about, emails_to
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, decided, filed, processed, settled

INSTALLER = "installer.abc@keydesk.example"
KEYUSER = "keyuser-es@keydesk.example"


async def told_after(stack: Stack, login: str, request_id: str, trigger: str, **body: object) -> list[Received]:
    """Emails that a decision caused, in the order of arrival."""
    await settled(stack, request_id)
    before = len(emails_about(stack, request_id))
    await decided(stack, login, request_id, trigger, **body)
    await settled(stack, request_id)
    return emails_about(stack, request_id)[before:]


def to_whom(emails: list[Received]) -> list[str]:
    return [one.envelope_to for one in emails]


async def test_a_submission_is_confirmed_to_the_installer(stack: Stack) -> None:
    request = await filed(stack)
    await settled(stack, request["id"])
    (confirmed,) = emails_about(stack, request["id"])
    assert confirmed.envelope_to == INSTALLER
    assert confirmed.subject == f"Hemos recibido su solicitud {request['id']}"


async def test_a_denial_names_the_documents_and_the_comment(stack: Stack) -> None:
    request = await filed(stack)
    (denied,) = await told_after(
        stack, "keyuser.es", request["id"], "deny", comment="the stamp is missing", documents=["invoice"]
    )
    assert denied.envelope_to == INSTALLER
    for part in (denied.text, denied.html):
        assert "the stamp is missing" in part
        assert "invoice" in part
        assert "commissioning-sheet" not in part


async def test_wrong_data_tells_the_installer_what_is_wrong(stack: Stack) -> None:
    request = await filed(stack)
    (told,) = await told_after(stack, "keyuser.es", request["id"], "flag_wrong_data", comment="which city is this?")
    assert told.envelope_to == INSTALLER
    assert "which city is this?" in told.text


async def test_the_card_comes_with_the_good_news(stack: Stack) -> None:
    request = await processed(stack)
    card = request["cards"][0]
    good = emails_to(stack, INSTALLER, request["id"])[-1]
    stored = await stack.client_of("installer.abc").get(f"{REQUESTS}/{request['id']}/card")
    assert good.attachments == {f"{card['number']}.pdf": stored.content}
    assert card["number"] in good.subject
    for part in (good.text, good.html):
        assert card["number"] in part
        assert "1 año completa + 5 años compresor" in part


async def test_a_comment_on_accept_reaches_the_installer(stack: Stack) -> None:
    request = await filed(stack)
    (good,) = await told_after(stack, "keyuser.es", request["id"], "accept", comment="nice work")
    assert "nice work" in good.text


async def test_a_cancellation_by_the_keyuser_is_told_to_the_installer(stack: Stack) -> None:
    request = await filed(stack)
    (told,) = await told_after(stack, "keyuser.es", request["id"], "cancel", comment="filed twice")
    assert told.envelope_to == INSTALLER
    assert "filed twice" in told.text


async def test_a_withdrawal_is_told_to_the_keyuser_only(stack: Stack) -> None:
    request = await filed(stack)
    assert to_whom(await told_after(stack, "installer.abc", request["id"], "withdraw")) == [KEYUSER]


async def test_nothing_ever_goes_to_the_end_user_and_no_message_id_repeats(stack: Stack) -> None:
    request = await filed(
        stack,
        end_user={
            "name": "Ana",
            "email": "ana.privada@example.org",
            "address": "C 1",
            "postcode": "28013",
            "city": "Madrid",
        },
    )
    await decided(stack, "keyuser.es", request["id"], "flag_wrong_data", comment="look again")
    await decided(stack, "installer.abc", request["id"], "resubmit", data={"remarks": "looked"})
    await decided(stack, "keyuser.es", request["id"], "flag_wrong_data", comment="once more")
    await decided(stack, "installer.abc", request["id"], "resubmit", data={"remarks": "looked twice"})
    await decided(stack, "keyuser.es", request["id"], "accept")
    await settled(stack, request["id"])
    await decided(stack, "keyuser.es", request["id"], "amend", comment="typing error", data={"remarks": "x"})
    await settled(stack, request["id"])
    await decided(stack, "keyuser.es", request["id"], "cancel", comment="returned")
    await settled(stack, request["id"])
    emails = emails_about(stack, request["id"])
    assert set(to_whom(emails)) == {INSTALLER}
    assert len({one.message_id for one in emails}) == len(emails) == 6
    assert all("ana.privada" not in one.message.as_string() for one in emails)


async def test_every_email_is_from_the_desk_with_text_and_html(stack: Stack) -> None:
    request = await processed(stack)
    for email in emails_about(stack, request["id"]):
        assert email.message["From"] == "Keydesk <desk@keydesk.example>"
        assert email.message["To"] == INSTALLER
        assert request["id"] in email.text
        assert request["id"] in email.html


async def test_the_request_shows_its_emails_in_order(stack: Stack) -> None:
    request = await processed(stack)
    assert [(one["event"], one["to"], one["status"]) for one in request["emails"]] == [
        ("submitted", INSTALLER, "sent"),
        ("processed", INSTALLER, "sent"),
    ]
    assert all(earlier["at"] <= later["at"] for earlier, later in pairwise(request["emails"]))


async def test_the_installer_does_not_see_the_keyusers_emails(stack: Stack) -> None:
    request = await filed(stack)
    await told_after(stack, "installer.abc", request["id"], "withdraw")
    theirs = await settled(stack, request["id"], "installer.abc")
    assert [one["event"] for one in theirs["emails"]] == ["submitted"]
    full = await settled(stack, request["id"], "keyuser.es")
    assert [one["event"] for one in full["emails"]] == ["submitted", "withdrawn"]
