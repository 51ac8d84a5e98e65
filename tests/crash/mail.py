"""`keydesk mail` that refuses one recipient for good. `python -m tests.crash.mail mail`"""

from typing import Any
from unittest.mock import patch

from aiosmtpd.smtp import SMTP, Envelope, Session

from workers import cli
from workers.embedded import mail as product

REFUSED = "gone@refused.example"


class StrictCatcher(product.Catcher):
    """Answers 550 to RCPT TO of one address."""

    async def handle_RCPT(  # noqa: N802 - its name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if address == REFUSED:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"


if __name__ == "__main__":
    with patch.object(product, "Catcher", StrictCatcher):
        cli.main()
