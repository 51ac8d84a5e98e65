"""What an uploaded file is, its content decides."""

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from api.documents import MAX_BYTES, TYPES, judged, shown_name
from domain.errors import Invalid, TooLarge, UnsupportedType


def picture(kind: str, mode: str = "RGB", **options: object) -> bytes:
    file = BytesIO()
    Image.new(mode, (40, 30)).save(file, kind, **options)
    return file.getvalue()


def photo() -> bytes:
    """A JPEG as phones make it: Exif comes first."""
    exif = Image.Exif()
    exif[0x010F] = "Phone"
    plain = picture("JPEG", exif=exif)
    return plain[:2] + plain[plain.index(b"\xff\xe1") :]


def pdf(version: str = "1.4") -> bytes:
    file = BytesIO()
    canvas = Canvas(file)
    canvas.drawString(72, 720, "Factura")
    canvas.save()
    return f"%PDF-{version}".encode() + file.getvalue()[8:]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        *((pdf(version), "application/pdf") for version in ("1.3", "1.4", "1.7", "2.0")),
        (picture("PNG"), "image/png"),
        (picture("PNG", "P"), "image/png"),
        (picture("PNG", "1"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("JPEG", "L", progressive=True), "image/jpeg"),
        (picture("JPEG", "CMYK"), "image/jpeg"),
        (photo(), "image/jpeg"),
    ],
)
def test_documents_and_pictures_are_known_by_their_content(content: bytes, media_type: str) -> None:
    assert judged(content) == media_type
    assert media_type in TYPES


@pytest.mark.parametrize(
    "content",
    [
        *(picture(kind) for kind in ("GIF", "TIFF", "WEBP", "BMP", "JPEG2000")),
        *(b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", b"hello"),
        *(b"MZ" + bytes(200), b"\x7fELF" + bytes(200), b"PK\x03\x04" + bytes(200), b"%!PS-Adobe-3.0", b"#!/bin/sh\n"),
        *(b"\x00", b"%", b"\xff\xd8", b"\x89PNG", b"GIF89a" + pdf()),
    ],
)
def test_nothing_else_is_taken(content: bytes) -> None:
    with pytest.raises(UnsupportedType) as refused:
        judged(content)
    assert refused.value.facts == {"allowed": ["application/pdf", "image/jpeg", "image/png"]}


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        judged(b"")
    assert [field.pointer for field in refused.value.fields] == ["/file"]


def test_the_greatest_size_is_ten_mebibytes() -> None:
    largest = pdf().ljust(MAX_BYTES, b"\n")
    assert judged(largest) == "application/pdf"
    with pytest.raises(TooLarge) as refused:
        judged(largest + b"\n")
    assert refused.value.facts == {"max_bytes": 10 * 1024 * 1024}


@settings(deadline=None, max_examples=100)
@given(st.binary(min_size=1, max_size=200), st.sampled_from([bytes, photo, pdf]))
def test_any_bytes_get_an_answer(content: bytes, before: Callable[[], bytes]) -> None:
    try:
        assert judged(before()[:20] + content) in TYPES
    except UnsupportedType:
        assert before is bytes


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Factura Nº 7 – Lucía.pdf", "Factura Nº 7 – Lucía.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\foto.jpg", "foto.jpg"),
        ("a/b\\c.png", "c.png"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("in\x00voice\u202e.pdf", "invoice.pdf"),
        ("\ud800.pdf", ".pdf"),
        ("", "document"),
        ("folder/", "document"),
        ("folder/..", "document"),
        (".", "document"),
        (".pdf", ".pdf"),
        ("\n\t\x1b", "document"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_shown_without_folders_and_control_characters(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown


@settings(deadline=None)
@given(st.text(max_size=250))
def test_every_name_is_one_printable_line(sent: str) -> None:
    shown = shown_name(sent)
    assert shown
    assert shown.isprintable()
    assert len(shown) <= 200
    assert not set(shown) & {"/", "\\"}
    assert shown_name(shown) == shown
