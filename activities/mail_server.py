"""The mail server that emails are handed to."""

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

PERMANENT = 500


class RefusedForGood(Exception):
    """The mail server will never take this message; says which reply code it gave, not what was in it."""


@dataclass(frozen=True)
class MailServer:
    """`smtp://user:password@host:port` (STARTTLS if offered) or `smtps://…`; `timeout` in seconds."""

    url: str
    timeout: float = 30.0

    async def take(self, message: EmailMessage) -> None:
        """Hand the message over. Raises RefusedForGood for a permanent refusal of sender, recipient or content;
        anything else (down, busy, sign-in refused) is worth another try and raises as aiosmtplib does."""
        parts = urlsplit(self.url)
        try:
            await aiosmtplib.send(
                message,
                hostname=parts.hostname,
                port=parts.port,
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=parts.scheme == "smtps",
                timeout=self.timeout,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            codes = [one.code for one in refused.recipients]
            if all(code >= PERMANENT for code in codes):
                raise RefusedForGood(f"recipient refused with {codes[0]}") from None
            raise
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as refused:
            if refused.code >= PERMANENT:
                raise RefusedForGood(f"message refused with {refused.code}") from None
            raise
