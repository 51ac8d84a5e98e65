"""Sends queued emails, each once; what the mail server refuses for good shows on the request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.mail_server import MailServer, RefusedForGood
from activities.rendering.emails import AddressRefused, Attachment, build_message, render_email
from activities.rendering.templates import EmailTemplate, TemplateRefused, default_template
from domain.messages import SendEmail
from store import cards, emails
from store.engine import Sessions
from store.files import Files
from store.tables.effects import Email
from store.tables.requests import Request


@dataclass(frozen=True)
class Emails:
    """The activity that sends emails. `sender` stands in From."""

    sessions: Sessions
    files: Files
    server: MailServer
    sender: str
    now: Callable[[], datetime]

    @activity.defn
    async def send_email(self, order: SendEmail) -> None:
        """Hand one queued email to the mail server and note what became of it.

        The row is locked meanwhile, so that a second attempt beside a slow first one sends nothing. The server's
        outage raises, and Temporal tries again. A crash between the server's yes and our note sends the same
        message once more, under the same Message-ID.
        """
        async with self.sessions.begin() as session:
            email = await session.get(Email, order.email_id, with_for_update=True)
            if email is not None and email.status == "queued":
                email.status, email.error = await self._sent(session, email)
                email.at = self.now()

    async def _sent(self, session: AsyncSession, email: Email) -> tuple[str, str | None]:
        """What became of the email, and why it failed for good."""
        try:
            message = await self._message(session, email)
            if message is None:
                return "dropped", None
            await self.server.take(message)
        except (AddressRefused, TemplateRefused, RefusedForGood) as refused:
            return "failed", str(refused)
        return "sent", None

    async def _message(self, session: AsyncSession, email: Email) -> EmailMessage | None:
        """The message, None if the card it was to carry will not come any more."""
        attachments: tuple[Attachment, ...] = ()
        if email.card_version is not None:
            card = await cards.card_version(session, email.card_of or email.request_id, email.card_version)
            if card is None or card.sha256 is None:
                return None
            pdf = await self.files.get(card.sha256)
            attachments = (Attachment(f"{card.number}.pdf", "application/pdf", pdf),)
        template = await template_of(session, email)
        rendered = render_email(template, email.tags, language=template.language)
        return build_message(
            rendered,
            sender=self.sender,
            to=email.to,
            message_id=email.message_id,
            sent_at=email.queued_at,
            attachments=attachments,
        )


async def template_of(session: AsyncSession, email: Email) -> EmailTemplate:
    """The country's own text in the email's language, else ours, else one in English. Raises LookupError for an email
    that the desk never sends."""
    request = await session.get_one(Request, email.request_id)
    own = await emails.own_text(session, request.country, email.event, email.recipient, email.language)
    packaged = default_template(email.event, email.recipient, email.language)
    # The country's own English is for languages that nobody has written the email in.
    missing = packaged is None or packaged.language != email.language.partition("-")[0]
    if own is not None and (own.language == email.language or missing):
        return EmailTemplate(own.subject, own.body, own.language)
    if packaged is None:
        raise LookupError(f"no template for {email.event} to {email.recipient}")
    return packaged
