"""The mail server that emails are handed to."""

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

PERMANENT = 500


class RefusedForGood(Exception):
    """The mail server will never take this message; says which reply code it gave, not what was in it."""


class NotTaken(Exception):
    """The mail server did not take this message now."""


@dataclass(frozen=True)
class MailServer:
    """`smtp://user:password@host:port` (STARTTLS if offered) or `smtps://…`; `timeout` in seconds."""

    url: str
    timeout: float = 30.0

    async def take(self, message: EmailMessage) -> None:
        """Hand the message over. Raises RefusedForGood for a permanent refusal of sender, recipient or content,
        NotTaken for anything else (down, busy, sign-in refused): that is worth another try."""
        try:
            await self._hand_over(message)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _refusal("recipient", min(one.code for one in refused.recipients)) from None
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as refused:
            raise _refusal("message", refused.code) from None
        except (aiosmtplib.SMTPException, OSError) as failure:
            raise NotTaken(f"the mail server did not take it: {type(failure).__name__}") from failure

    async def _hand_over(self, message: EmailMessage) -> None:
        parts = urlsplit(self.url)
        await aiosmtplib.send(
            message,
            hostname=parts.hostname,
            port=parts.port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            timeout=self.timeout,
        )


def _refusal(what: str, code: int) -> Exception:
    """A refusal with a code from 500 on is for good, one below it is not."""
    return (
        RefusedForGood(f"{what} refused with {code}") if code >= PERMANENT else NotTaken(f"{what} put off with {code}")
    )
