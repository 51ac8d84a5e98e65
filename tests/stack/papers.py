"""Cards as people see them: the text of a PDF, and its first page as a picture."""

from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]
from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """The text of all pages, white space squeezed."""
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


def squeezed(text: str) -> str:
    """Without any white space: wrapped and unwrapped text compare equal."""
    return "".join(text.split())


def ink_of(pdf: bytes) -> float:
    """How much of the first page is not white, from 0 to 1."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        bitmap = page.render(scale=1)
        picture = bitmap.to_pil().convert("L")
        dark: int = sum(picture.histogram()[:200])
        size: int = picture.width * picture.height
        bitmap.close()
        page.close()
        return dark / size
    finally:
        document.close()
