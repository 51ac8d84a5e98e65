"""What a card says, how it looks when it must hold much, and that its bytes never change."""

import hashlib
import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date
from io import BytesIO

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from activities.rendering.cards import card_html, card_pdf
from activities.rendering.face import CardFace, CardTier, CardUnit, RenderFailed, library_versions
from activities.rendering.words import ENGLISH, WORDS, Words
from domain.states import Kind
from store.snapshots import from_json, to_json
from tests.activities.rendering.faces import FACE, SIXTY, pages, squeezed

MILLIMETRE = 72 / 25.4


def test_the_card_of_the_seed_example_fits_one_page() -> None:
    (text,) = pages(card_pdf(FACE))
    assert "WARRANTY CARD ES-2026-000123 Commissioning warranty · Spain Version 1 issued 2026-11-04" in text
    assert "1 year Full warranty parts and labour, all units 2026-11-01 to 2027-10-31 last covered day" in text
    assert "5 years Compressor warranty parts only, outdoor units 2026-11-01 to 2031-10-31" in text
    assert "Installer ABC Installation 28013 Madrid, Spain Commissioned on 2026-11-01" in text
    assert "1 outdoor CU-2Z50TBE 44810001A 2 indoor CS-Z25TKEW 55100001" in text
    assert "Conditions Bought from a distributor without warranty. Keep this card with the manual." in text
    assert "Responsibilities The installer answers for the installation." in text
    assert "Warranty card ES-2026-000123 · version 1 · issued 2026-11-04 Page 1 of 1" in text
    assert squeezed(FACE.verify_url) in squeezed(text)
    assert "xtension" not in text
    assert "replaces" not in text


def test_the_page_is_a4_and_the_file_says_what_it_is() -> None:
    reader = PdfReader(BytesIO(card_pdf(FACE)))
    width, height = reader.pages[0].mediabox[2:]
    assert (round(width / MILLIMETRE), round(height / MILLIMETRE)) == (210, 297)
    assert reader.metadata is not None
    assert reader.metadata.title == "Warranty card ES-2026-000123, version 1"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == FACE.issued_on


def test_extension_and_later_version_are_marked() -> None:
    face = replace(FACE, kind=Kind.WARRANTY_EXTENSION, extension=True, version=3, supersedes=2)
    (text,) = pages(card_pdf(face))
    assert "Extension: this card extends the warranty" in text
    assert "Version 3 issued 2026-11-04 replaces version 2" in text


MARK = '<table class="mark">'


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("kind", ENGLISH.kinds)
def test_every_kind_with_a_card_is_named_on_it_and_marked_if_it_adds_to_a_warranty(kind: Kind, words: Words) -> None:
    extension = kind is Kind.WARRANTY_EXTENSION
    html = card_html(replace(FACE, kind=kind.value, extension=extension, language=words.language))
    assert f'<p class="kind">{words.kinds[kind]} &middot; Spain</p>' in html
    assert (words.extension in html) == extension
    assert (words.extra_years in html) == (kind is Kind.EXTRA_YEARS)
    assert html.count(MARK) == (kind in {Kind.WARRANTY_EXTENSION, Kind.EXTRA_YEARS})


WORDLESS = replace(
    FACE,
    country_name="ES",
    text="",
    responsibilities="",
    tiers=tuple(replace(tier, duration=tier.duration.split()[0]) for tier in FACE.tiers),
)
"""A card on which every word is ours."""


def english_words() -> set[str]:
    (text,) = pages(card_pdf(replace(WORDLESS, version=2, supersedes=1)))
    return {word for word in text.split() if word.isalpha()} - {"ABC", "Madrid", "ES"}


def test_a_spanish_card_has_no_english_word_of_ours() -> None:
    (text,) = pages(card_pdf(replace(WORDLESS, language="es", version=2, supersedes=1)))
    assert "TARJETA DE GARANTÍA ES-2026-000123 Garantía de puesta en marcha · ES Versión 2" in text
    assert "Versión 2 emitida el 2026-11-04 sustituye a la versión 1" in text
    assert "5 Garantía del compresor solo piezas, unidades exteriores del 2026-11-01 al 2031-10-31 último día" in text
    assert "Instalador ABC Lugar de instalación 28013 Madrid, ES Puesta en marcha 2026-11-01" in text
    assert "N.º Unidad Producto Número de serie 1 exterior CU-2Z50TBE 44810001A 2 interior" in text
    assert "Tarjeta de garantía ES-2026-000123 · versión 2 · emitida el 2026-11-04 Página 1 de 1" in text
    assert not english_words() & set(text.split())


def test_a_portuguese_card_has_no_english_word_of_ours() -> None:
    (text,) = pages(card_pdf(replace(WORDLESS, language="pt", version=2, supersedes=1)))
    assert "CARTÃO DE GARANTIA ES-2026-000123 Garantia de colocação em serviço · ES Versão 2" in text
    assert "Versão 2 emitido em 2026-11-04 substitui a versão 1" in text
    assert "5 Garantia do compressor apenas peças, unidades exteriores de 2026-11-01 a 2031-10-31 último dia" in text
    assert "Instalador ABC Local da instalação 28013 Madrid, ES Colocação em serviço 2026-11-01" in text
    assert "N.º Unidade Produto Número de série 1 exterior CU-2Z50TBE 44810001A 2 interior" in text
    assert "Cartão de garantia ES-2026-000123 · versão 2 · emitido em 2026-11-04 Página 1 de 1" in text
    assert not english_words() & set(text.split())


def test_a_card_says_its_language_in_its_title_too() -> None:
    metadata = PdfReader(BytesIO(card_pdf(replace(FACE, language="pt")))).metadata
    assert metadata is not None
    assert metadata.title == "Cartão de garantia ES-2026-000123, versão 1"
    assert '<html lang="pt">' in card_html(replace(FACE, language="pt-PT"))


@pytest.mark.parametrize("language", ["en", "en-GB", "de", "", "EN", '"><script>', "../es"])
def test_an_unknown_language_is_english(language: str) -> None:
    assert card_html(replace(FACE, language=language)) == card_html(FACE)


def test_a_face_from_before_the_languages_is_read_as_english() -> None:
    document = to_json(FACE)
    del document["language"]
    assert from_json(CardFace, document) == FACE
    assert FACE.language == "en"


@pytest.mark.parametrize("language", WORDS)
def test_the_headings_of_the_two_texts_are_in_the_language(language: str) -> None:
    html = card_html(replace(FACE, language=language))
    assert f"<h2>{WORDS[language].conditions}</h2>" in html
    assert f"<h2>{WORDS[language].responsibilities}</h2>" in html


def test_there_is_no_place_for_personal_data() -> None:
    assert {field.name for field in fields(CardFace)} == {
        *("number", "version", "kind", "country", "country_name", "units", "tiers", "installer", "postcode"),
        *("city", "commissioned_on", "text", "responsibilities", "verify_url", "issued_on", "extension"),
        *("supersedes", "language"),
    }
    assert {field.name for field in fields(CardUnit)} == {
        *("role", "product", "serial", "replaces", "since", "tiers", "origin"),
    }
    assert {field.name for field in fields(CardTier)} == {"tier", "duration", "first_day", "last_day"}


@pytest.mark.parametrize(
    "words",
    [
        "Zażółć gęślą jaźń – ŁÓDŹ „Śnieżka”",
        "Ψυκτική Αθηνών «Ο Ήλιος» ΐΰ",
        "Мороз і сонце – ўїєґ",
        "Größe Çeşme Ñandú Åland Þór Ő",
    ],
)
def test_european_scripts_can_be_read_back(words: str) -> None:
    unit = CardUnit("indoor", words, "55100001")
    face = replace(FACE, installer=words, city=words, text=words, units=(unit,))
    assert pages(card_pdf(face))[0].count(words) == 4


def test_sixty_units_flow_onto_pages_that_repeat_the_heading() -> None:
    found = pages(card_pdf(SIXTY))
    assert len(found) == 3
    for number, text in enumerate(found, 1):
        assert "Units under this warranty No. Unit Product Serial number" in text
        assert f"ES-2026-000123 · version 1 · issued 2026-11-04 Page {number} of 3" in text
    everything = " ".join(found)
    assert all(f" {n + 1} indoor CS-Z25TKEW {n:08d} " in everything + " " for n in range(60))


def test_a_card_without_texts_has_no_empty_headings() -> None:
    (text,) = pages(card_pdf(replace(FACE, text="", responsibilities=" \n\n ")))
    assert "Conditions" not in text
    assert "Responsibilities" not in text


@pytest.mark.parametrize("name", ["W" * 300, "Climatización e Hijos de Santa María " * 12])
def test_long_names_wrap_inside_the_margins_and_lose_nothing(name: str) -> None:
    face = replace(
        FACE,
        installer=name,
        city=name,
        country_name=name,
        number=name[:64],
        units=(CardUnit(name[:60], name, "W" * 30),),
        text=name,
        tiers=(CardTier("full", "1234567 days", date(2026, 1, 1), date(2027, 1, 1)),),
        verify_url=f"https://keydesk.example/{'w' * 300}",
    )
    pdf = card_pdf(face)
    everything = squeezed(" ".join(pages(pdf)))
    for value in (face.installer, face.number, face.verify_url, face.units[0].role, "W" * 30, "1234567days"):
        assert squeezed(value) in everything
    assert everything.count(squeezed(name)) >= 5
    document = pdfium.PdfDocument(pdf)
    for page in document:
        text = page.get_textpage()
        for rect in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(rect)
            assert left >= 16 * MILLIMETRE - 1
            assert right <= 194 * MILLIMETRE + 1
            assert bottom >= 5 * MILLIMETRE
            assert top <= 283 * MILLIMETRE
    document.close()


def test_a_name_longer_than_a_page_is_shrunk_not_cut() -> None:
    found = pages(card_pdf(replace(FACE, installer="word " * 1000)))
    assert sum(text.count("word") for text in found) == 1000


def test_the_qr_code_on_the_page_is_the_verify_address() -> None:
    document = pdfium.PdfDocument(card_pdf(FACE))
    page = document[0]
    (image,) = [thing for thing in page.get_objects() if thing.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE]
    left, bottom, right, top = image.get_bounds()
    assert right - left > 25 * MILLIMETRE
    scale = 6
    picture = page.render(scale=scale).to_pil().convert("L")
    matrix = [list(row) for row in segno.make_qr(FACE.verify_url, error="m").matrix_iter(border=4)]
    module = (right - left) / len(matrix)
    assert top - bottom == pytest.approx(right - left)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            spot = (
                int((left + (x + 0.5) * module) * scale),
                int((page.get_height() - top + (y + 0.5) * module) * scale),
            )
            assert (picture.getpixel(spot) < 128) == bool(dark), (x, y)
    document.close()


def test_the_verify_address_is_a_link() -> None:
    (page,) = PdfReader(BytesIO(card_pdf(FACE))).pages
    links = {note.get_object()["/A"]["/URI"] for note in page.annotations or []}
    assert links == {FACE.verify_url}


PRINT_HASHES = """
import hashlib, sys
from activities.rendering.cards import card_pdf
from tests.activities.rendering.faces import FACE, SIXTY
faces = [SIXTY, FACE] if sys.argv[1] == "back" else [FACE, SIXTY]
hashes = {id(face): hashlib.sha256(card_pdf(face)).hexdigest() for face in faces}
print(hashes[id(FACE)], hashes[id(SIXTY)])
"""


def test_equal_faces_give_equal_bytes_in_every_process() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINT_HASHES, order],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "SOURCE_DATE_EPOCH": epoch},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for order, seed, zone, epoch in (("on", "1", "UTC", "1"), ("back", "2", "Asia/Tokyo", "2"))
    }
    here = [hashlib.sha256(card_pdf(replace(face))).hexdigest() for face in (FACE, SIXTY)]
    assert printed == {" ".join(here) + "\n"}


def test_rendering_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    card_pdf(FACE)
    assert "SOURCE_DATE_EPOCH" not in os.environ
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "12345")
    card_pdf(FACE)
    assert os.environ["SOURCE_DATE_EPOCH"] == "12345"


def test_the_versions_that_bytes_depend_on_are_known() -> None:
    versions = library_versions()
    assert versions.keys() >= {"xhtml2pdf", "reportlab", "segno", "pymupdf-fonts", "jinja2"}
    assert all(versions.values())


@pytest.mark.parametrize(
    "change", [{"kind": "points"}, {"kind": "gift"}, {"tiers": (replace(FACE.tiers[0], tier="gold"),)}]
)
def test_a_face_that_no_card_has_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(RenderFailed, match="Card ES-2026-000123 version 1: no card has such"):
        card_pdf(replace(FACE, **change))  # type: ignore[arg-type]


def test_a_failing_library_says_which_card_and_nothing_that_stands_on_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(html: str, **_: object) -> None:
        raise RuntimeError(html)

    monkeypatch.setattr("xhtml2pdf.pisa.CreatePDF", crash)
    with pytest.raises(RenderFailed) as caught:
        card_pdf(FACE)
    assert str(caught.value) == "Card ES-2026-000123 version 1 cannot be rendered (RuntimeError)."
    assert caught.value.__context__ is None


def test_errors_counted_by_the_library_fail_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    class Result:
        err = 2

    monkeypatch.setattr("xhtml2pdf.pisa.CreatePDF", lambda *_args, **_options: Result())
    with pytest.raises(RenderFailed, match="2 errors"):
        card_pdf(FACE)


anything = st.text(st.characters(), max_size=60)


@settings(max_examples=25, deadline=None)
@given(words=anything, text=st.text(st.characters(), max_size=300))
def test_any_text_at_all_renders(words: str, text: str) -> None:
    unit = CardUnit("outdoor", words, words)
    face = replace(FACE, installer=words, city=words, postcode=words, units=(unit,), text=text)
    assert card_pdf(face).startswith(b"%PDF-")
