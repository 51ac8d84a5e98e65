"""From template and values to a message that any mail program reads back as it was written."""

import email
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, default
from html.parser import HTMLParser
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from activities.rendering.emails import (
    AddressRefused,
    Attachment,
    RenderedEmail,
    build_message,
    link_addresses,
    render_email,
)
from activities.rendering.plaintext import clean, one_line
from activities.rendering.templates import EmailTemplate, TemplateRefused

SENT = datetime(2026, 11, 4, 9, 30, tzinfo=UTC)
HARMLESS = RenderedEmail("Subject", "Text\n", "<p>Text</p>")


def send(rendered: RenderedEmail = HARMLESS, **changes: object) -> EmailMessage:
    """Build a message, put it through the wire's bytes, and read it back."""
    options: dict[str, object] = {
        "sender": "Keydesk <desk@keydesk.example>",
        "to": "installer.abc@keydesk.example",
        "message_id": "<ES-COM-000001.1.processed@keydesk.example>",
        "sent_at": SENT,
    }
    message = build_message(rendered, **(options | changes))  # type: ignore[arg-type]
    parsed = email.message_from_bytes(message.as_bytes(policy=SMTP), policy=default)
    assert not parsed.defects
    return parsed


def text_of(message: EmailMessage, subtype: Literal["plain", "html"] = "plain") -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    return text_of(message, "html")


class Links(HTMLParser):
    """Collects tags, link targets and text of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.targets: list[str] = []
        self.words = ""
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.targets += [value or "" for name, value in attrs if name in {"href", "src", "background"}]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_values_take_the_places_of_their_tags() -> None:
    template = EmailTemplate("Request {{ request_id }}", "Hello {{ company_name }},\n\n{{comment}}{{comment}}\n")
    done = render_email(template, {"request_id": "ES-COM-000001", "company_name": "ABC", "comment": "x"})
    assert (done.subject, done.text) == ("Request ES-COM-000001", "Hello ABC,\n\nxx\n")


def test_a_paragraph_none_of_whose_tags_has_a_value_is_left_out() -> None:
    body = "One.\n\nComment: {{ comment }}\n\nTwo.\n\n{{ points }} {{ request_id }}\n\n{{ landing_url }}"
    done = render_email(EmailTemplate("S", body), {"request_id": "ES-1", "comment": " \n"})
    assert done.text == "One.\n\nTwo.\n\n ES-1\n"


def test_the_text_is_sent_as_written() -> None:
    body = "  indented\r\n\r\n\r\n* list\r* more\n"
    assert render_email(EmailTemplate("S", body), {}).text == "  indented\n\n\n* list\n* more\n"


@pytest.mark.parametrize("value", ["{{ 7*7 }}", "{{ request_id }}", "{% raw %}", "{# x #}", "{{", "${7*7}"])
def test_a_value_is_never_a_template(value: str) -> None:
    done = render_email(EmailTemplate("S {{ comment }}", "{{ comment }}"), {"comment": value, "request_id": "ES-1"})
    assert done.subject == f"S {value}"
    assert done.text == f"{value}\n"
    assert value in Links(done.html).words


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        '<img src="https://evil.example/pixel.png">',
        "</td></tr></table><b>x</b>",
        '" onload="alert(1)',
        "<a href='javascript:alert(1)'>x</a>",
        "<style>@import url(//evil.example)</style>",
    ],
)
def test_values_and_templates_are_escaped_in_html(value: str) -> None:
    plain = render_email(EmailTemplate("Subject", "Text"), {})
    done = render_email(EmailTemplate("S {{ comment }}", "{{ comment }}\n\n" + value), {"comment": value})
    found = Links(done.html)
    assert found.tags <= Links(plain.html).tags | {"a"}
    assert found.words.count(value) == 4
    assert all(target.startswith("https://evil.example") for target in found.targets)


def test_the_layout_loads_nothing_from_elsewhere_and_says_its_language() -> None:
    done = render_email(EmailTemplate("Olá", "Texto"), {}, language="pt")
    assert Links(done.html).targets == []
    assert "url(" not in done.html
    assert '<html lang="pt">' in done.html


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("see https://keydesk.example/requests/ES-1.", "https://keydesk.example/requests/ES-1"),
        ("http://127.0.0.1:8080/r?a=1&b=2", "http://127.0.0.1:8080/r?a=1&b=2"),
        ("(http://localhost:8080/x)", "http://localhost:8080/x"),
        ("https://keydesk.example/'onclick='x", "https://keydesk.example/'onclick='x"),
        ('https://keydesk.example/"onclick="x', "https://keydesk.example/"),
        ("https://keydesk.example/<b>x</b>", "https://keydesk.example/"),
    ],
)
def test_web_addresses_become_links(line: str, target: str) -> None:
    found = Links(link_addresses(line))
    assert found.targets == [target]
    assert found.words == line
    assert found.tags == {"a"}


@pytest.mark.parametrize(
    "line",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://keydesk.example",
        "//keydesk.example",
        "www.keydesk.example",
        "keydesk.com",
        "someone@keydesk.example",
        "https://",
        "http:// x",
    ],
)
def test_nothing_else_becomes_a_link(line: str) -> None:
    found = Links(link_addresses(line))
    assert found.targets == []
    assert found.words == line


def test_a_bad_template_is_not_rendered() -> None:
    with pytest.raises(TemplateRefused):
        render_email(EmailTemplate("S", "{{ 7*7 }}"), {})


def test_a_value_for_an_unknown_tag_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="No such tag: phone"):
        render_email(EmailTemplate("S", "B"), {"phone": "1"})


@given(st.text(st.characters()))
@example("a\r\nb\rc\x0bd\x0ce\x1cf\x85g\u2028h\x00i\ud800j \t\n .\n..\nFrom x\n=3D=\n" + "w" * 2000)
def test_any_value_survives_to_the_reader(value: str) -> None:
    done = render_email(
        EmailTemplate("S {{ comment }}", "a {{ request_id }}\n{{ comment }} z"),
        {"comment": value, "request_id": "r"},
    )
    assert done.text == f"a r\n{clean(value)} z\n"
    message = send(done)
    assert text_of(message) == done.text
    assert html_of(message) == done.html
    assert message["Subject"] == one_line(f"S {value}")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\x85", "\x0b"])
def test_no_value_can_add_a_header(end: str) -> None:
    done = render_email(
        EmailTemplate("Request {{ comment }}", "Hello"), {"comment": f"x{end}Bcc: evil@keydesk.example"}
    )
    message = send(done)
    assert message["Subject"] == "Request x Bcc: evil@keydesk.example"
    assert message["Bcc"] is None
    assert send(RenderedEmail(f"x{end}Bcc: y", "t\n", "h"))["Bcc"] is None
    assert send(sender=f"Keydesk{end}Bcc: x <desk@keydesk.example>")["Bcc"] is None


def test_the_envelope() -> None:
    message = send()
    assert message["From"] == "Keydesk <desk@keydesk.example>"
    assert message["To"] == "installer.abc@keydesk.example"
    assert message["Date"].datetime == SENT
    assert message["Message-ID"] == "<ES-COM-000001.1.processed@keydesk.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_attachments_arrive_whole() -> None:
    pdf = bytes(range(256)) * 40
    files = [
        Attachment("ES-2026-000123.pdf", "application/pdf", pdf),
        Attachment("Garantía Ελλάδα\r\nX: y.pdf", "application/pdf", b"%PDF-"),
    ]
    message = send(attachments=files)
    assert message.get_content_type() == "multipart/mixed"
    first, second = message.iter_attachments()
    assert (first.get_filename(), first.get_content_type()) == ("ES-2026-000123.pdf", "application/pdf")
    assert first.get_content() == pdf
    assert second.get_filename() == "Garantía Ελλάδα X: y.pdf"
    assert text_of(message) == "Text\n"
    assert html_of(message).strip() == "<p>Text</p>"


def test_everything_on_the_wire_is_ascii() -> None:
    done = render_email(EmailTemplate("Zażółć Ελλάδα", "Мороз " * 200), {})
    wire = build_message(
        done,
        sender="Śnieżka <desk@keydesk.example>",
        to="ana@bücher.example",
        message_id="<1@keydesk.example>",
        sent_at=SENT,
    ).as_bytes()
    assert wire.isascii()
    assert max(len(line) for line in wire.split(b"\r\n")) < 998
    assert b"xn--bcher-kva.example" in wire


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b",
        "a b@keydesk.example",
        "a@keydesk.example, b@keydesk.example",
        "A <a@keydesk.example>",
        "a@keydesk.example\r\nBcc: x@keydesk.example",
        "a@keydesk.example\n",
        "josé@keydesk.example",
        "a@-keydesk.example",
        "a" * 400 + "@keydesk.example",
    ],
)
def test_only_one_deliverable_address_is_taken_and_never_repeated(address: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        send(to=address)
    assert address == "" or address not in str(caught.value)
    assert caught.value.__context__ is None


def test_the_sender_is_deliverable_too() -> None:
    with pytest.raises(AddressRefused):
        send(sender="Keydesk <desk>")


@pytest.mark.parametrize("message_id", ["", "1@keydesk.example", "<1>", "<a b@c>", "<a@b>\r\nBcc: x", "<a@<b>>"])
def test_a_bad_message_id_is_refused(message_id: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        send(message_id=message_id)


def test_the_time_of_sending_has_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        send(sent_at=SENT.replace(tzinfo=None))
