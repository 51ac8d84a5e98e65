"""The emails of the stack, read back from the files of its mail catcher."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.stack.running import Stack

HEAD = 8192  # more bytes than the headers of any of our messages have


@dataclass(frozen=True)
class Received:
    """One message as it arrived."""

    message: EmailMessage
    envelope_to: str

    @property
    def subject(self) -> str:
        """The subject line."""
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        """The Message-ID."""
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        """The part that is plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The part that is HTML."""
        return self._part("html")

    @property
    def attachments(self) -> dict[str, bytes]:
        """Attached files by name."""
        return {part.get_filename() or "": part.get_content() for part in self.message.iter_attachments()}

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        assert part is not None
        assert part.get_content_type() == f"text/{subtype}"
        content: str = part.get_content()
        return content


def emails_about(stack: Stack, request_id: str) -> list[Received]:
    """Every message about the request, in the order of arrival."""
    return [one for one in emails_naming(stack, request_id) if request_id in one.message_id]


def emails_to(stack: Stack, address: str, request_id: str) -> list[Received]:
    """The messages about the request that went to `address`."""
    return [one for one in emails_about(stack, request_id) if one.envelope_to == address]


def emails_naming(stack: Stack, text: str) -> list[Received]:
    """Messages whose headers have the text: reading and parsing all of them takes its time."""
    found = []
    for file in sorted(stack.mail.glob("*.eml")):
        with file.open("rb") as message_file:
            if text.encode() not in message_file.read(HEAD).split(b"\r\n\r\n", 1)[0]:
                continue
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.append(Received(message, str(message["X-Keydesk-Envelope-To"])))
    return found
