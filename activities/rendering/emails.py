"""Emails: a checked template and the values of its tags in, the text, the HTML and the whole message out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from itertools import zip_longest

from email_validator import EmailNotValidError, validate_email
from jinja2.utils import urlize
from markupsafe import Markup, escape

from activities.rendering.layouts import layout
from activities.rendering.plaintext import clean, one_line, paragraphs
from activities.rendering.templates import TAGS, EmailTemplate, Tag, check_template, pieces


@dataclass(frozen=True)
class RenderedEmail:
    """One email, ready to read: the subject on one line, the text, and the same text as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with an email. `media_type` as in `application/pdf`."""

    filename: str
    media_type: str
    content: bytes


class AddressRefused(ValueError):
    """An address that no email can go to or come from. The error does not repeat it: it is personal data."""


_ADDRESS = re.compile(r"(https?://[^\s<>\"]+)")
_BLANK_LINES = re.compile(r"(\n(?:[^\S\n]*\n)+)")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")


def render_email(template: EmailTemplate, tags: Mapping[str, str], *, language: str = "en") -> RenderedEmail:
    """Put the values of the tags into a template. A tag without a value is empty.

    A paragraph of the body that has tags, but a value for none of them, is left out: `Comment: {{ comment }}`
    is gone when nobody commented. Raises `TemplateRefused`, and `ValueError` for a value of an unknown tag.
    """
    check_template(template)
    unknown = tags.keys() - set(TAGS)
    if unknown:
        raise ValueError(f"No such tag: {', '.join(sorted(unknown))}.")
    subject = one_line(_fill(template.subject, tags))
    text = _body(clean(template.body), tags)
    blocks = [[link_addresses(line) for line in block] for block in paragraphs(text)]
    html = layout("email/email.html").render(subject=subject, paragraphs=blocks, language=language)
    return RenderedEmail(subject, text, html)


def _fill(source: str, tags: Mapping[str, str]) -> str:
    return "".join(clean(tags.get(piece.name, "")) if isinstance(piece, Tag) else piece for piece in pieces(source))


def _body(source: str, tags: Mapping[str, str]) -> str:
    blocks_and_gaps = _BLANK_LINES.split(source)
    text = ""
    for block, gap in zip_longest(blocks_and_gaps[::2], blocks_and_gaps[1::2], fillvalue=""):
        values = [tags.get(piece.name, "") for piece in pieces(block) if isinstance(piece, Tag)]
        if not values or any(value.strip() for value in values):
            text += _fill(block, tags) + gap
    return text.rstrip() + "\n"


def link_addresses(line: str) -> Markup:
    """The line as HTML: everything escaped, `http://` and `https://` addresses as links, nothing else."""
    parts = _ADDRESS.split(line)
    return Markup("").join(
        Markup(urlize(part, rel="noopener noreferrer")) if odd else escape(part)  # noqa: S704  urlize escapes
        for odd, part in zip((index % 2 for index in range(len(parts))), parts, strict=True)
    )


def build_message(
    rendered: RenderedEmail,
    *,
    sender: str,
    to: str,
    message_id: str,
    sent_at: datetime,
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """The message as it goes to the mail server: text and HTML as alternatives, then the attachments. It says that it
    was sent by a machine (RFC 3834), so that nobody's absence is answered to the desk.

    `sender` is an address, or a name and an address as in `Keydesk <desk@keydesk.example>`; `to` is one
    address; `message_id` is in angle brackets; `sent_at` is aware. Raises `AddressRefused`, and `ValueError`
    for a bad message id or time.
    """
    if sent_at.tzinfo is None:
        raise ValueError("The time of sending needs its time zone.")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("A message id looks like <name@domain>.")
    message = EmailMessage(policy=SMTP)
    message["From"] = _sender(sender)
    message["To"] = Address(addr_spec=_deliverable(to))
    message["Subject"] = one_line(rendered.subject)
    message["Date"] = sent_at
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    for attachment in attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=one_line(attachment.filename))
    return message


def _sender(sender: str) -> Address:
    name, address = parseaddr(one_line(sender))
    return Address(display_name=name, addr_spec=_deliverable(address))


def _deliverable(address: str) -> str:
    """The address as any mail server takes it; an international domain in its ASCII form."""
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        checked = None
    if checked is None or checked.ascii_email is None:
        # Raised out here: the library's error, which repeats the address, is not its context.
        raise AddressRefused("This is not an address that email can be sent to.")
    return checked.ascii_email
