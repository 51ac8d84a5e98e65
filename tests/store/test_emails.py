"""The outbox: one email per cause, event and recipient, whatever is tried again."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from store import emails
from store.engine import Sessions
from store.tables.configuration import Notification
from store.tables.effects import Email
from tests.store.rows import NOW, file_requests, race


async def queue(session: AsyncSession, **changed: Any) -> int | None:
    facts: dict[str, Any] = {
        "request_id": "R1",
        "cause": "v1",
        "event": "submitted",
        "recipient": "requester",
        "to": "installer.abc@keydesk.example",
        "language": "es",
        "tags": {"request_id": "R1"},
        "card_version": None,
        "card_of": None,
        "at": NOW,
    }
    return await emails.queue(session, **(facts | changed))


async def test_a_cause_queues_an_email_once(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2")
    async with sessions.begin() as session:
        first = await queue(session)
        assert isinstance(first, int)
        assert await queue(session) is None
        others = [
            await queue(session, cause="v2"),
            await queue(session, event="denied"),
            await queue(session, recipient="keyuser"),
            await queue(session, request_id="R2"),
        ]
        assert len({first, *others}) == 5
    async with sessions() as session:
        assert await emails.queued_of(session, "R1") == tuple(sorted([first, *(n for n in others[:3] if n)]))
        [email, *_] = await emails.emails_of(session, "R1")
        assert (email.id, email.status, email.tags, email.at) == (first, "queued", {"request_id": "R1"}, None)
        assert email.message_id == "<R1.v1.submitted.requester@keydesk>"


async def test_eight_at_once_queue_one_email(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")

    async def one(session: AsyncSession, _: str) -> int | None:
        return await queue(session)

    queued = await race(sessions, [str(n) for n in range(8)], one)
    assert sum(isinstance(one, int) for one in queued) == 1
    assert queued.count(None) == 7


async def test_what_is_sent_is_not_queued_any_more(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions.begin() as session:
        sent, waits = await queue(session), await queue(session, cause="v2")
        await session.execute(update(Email).where(Email.id == sent).values(status="sent"))
        assert await emails.queued_of(session, "R1") == (waits,)
        assert await emails.queued_of(session, "R1", "v1") == ()
        assert await emails.queued_of(session, "R1", "v2") == (waits,)
        assert await queue(session) is None, "nor does its cause send it again"


async def test_a_withdrawn_card_is_not_mailed_any_more(sessions: Sessions) -> None:
    await file_requests(sessions, "R1", "R2")
    async with sessions.begin() as session:
        with_card = await queue(session, event="processed", card_version=1)
        plain = await queue(session, event="cancelled")
        sent = await queue(session, event="amended", card_version=2)
        other = await queue(session, request_id="R2", event="processed", card_version=1)
        await session.execute(update(Email).where(Email.id == sent).values(status="sent"))
        await emails.drop_unsent_with_card(session, "R1")
    async with sessions() as session:
        found = {email.id: email.status for one in ("R1", "R2") for email in await emails.emails_of(session, one)}
    assert found == {with_card: "dropped", plain: "queued", sent: "sent", other: "queued"}


async def test_an_email_that_is_being_sent_is_not_waited_for(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions.begin() as session:
        number = await queue(session, event="processed", card_version=1)
    async with sessions.begin() as sending, sessions.begin() as cancelling:
        await sending.get_one(Email, number, with_for_update=True)
        await emails.drop_unsent_with_card(cancelling, "R1")
    async with sessions() as session:
        assert await emails.queued_of(session, "R1") == (number,)


async def test_the_country_s_own_text_is_taken_in_the_language_or_in_english(sessions: Sessions) -> None:
    def text(language: str, country: str = "ES") -> Notification:
        return Notification(
            country=country,
            event="denied",
            recipient="requester",
            language=language,
            subject=f"{country} {language}",
            body="…",
        )

    async def subject(session: AsyncSession, language: str, recipient: str = "requester") -> str | None:
        own = await emails.own_text(session, "ES", "denied", recipient, language)
        return own.subject if own else None

    async with sessions.begin() as session:
        session.add(text("pt", country="PT"))
        assert await subject(session, "es") is None
        session.add(text("en"))
        assert [await subject(session, one) for one in ("es", "en", "pt")] == ["ES en"] * 3
        session.add(text("es"))
        assert [await subject(session, one) for one in ("es", "en", "pt")] == ["ES es", "ES en", "ES en"]
        assert await subject(session, "es", recipient="keyuser") is None
