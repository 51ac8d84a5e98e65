"""Uploaded documents as pictures: what a keyuser looks at inside the page runs nothing and loads nothing."""

from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageOps

WIDTH = 1000
PAGES = 4
MOST_PIXELS = 80_000_000


class Unshowable(ValueError):
    """A document that is not what its first bytes say. The error says nothing of what is in it."""


def picture_of(content: bytes, media_type: str) -> bytes:
    """The document as one WebP picture, `WIDTH` wide: of a PDF the first pages, one below the other.

    Raises Unshowable.
    """
    try:
        pages = _pages(content) if media_type == "application/pdf" else [_photo(content)]
    except Exception as broken:  # noqa: BLE001 - whatever the libraries stumble over, the file is to blame
        raise Unshowable(type(broken).__name__) from None
    if not pages:
        raise Unshowable("no page")
    whole = Image.new("RGB", (WIDTH, sum(page.height for page in pages) + 8 * (len(pages) - 1)), "#d5dce3")
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height + 8
    written = BytesIO()
    whole.save(written, "WEBP", quality=60, method=2)
    return written.getvalue()


def _pages(content: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [_fitted(_drawn(document[n])) for n in range(min(len(document), PAGES))]
    finally:
        document.close()


def _drawn(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    if width * height == 0 or height > 4 * width:
        raise Unshowable("shape")
    picture: Image.Image = page.render(scale=WIDTH / width).to_pil()
    return picture


def _photo(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content), formats=["JPEG", "PNG"])
    if picture.width * picture.height > MOST_PIXELS or picture.height > 4 * picture.width:
        raise Unshowable("shape")
    picture.draft("RGB", (WIDTH, WIDTH))
    return _fitted(ImageOps.exif_transpose(picture).convert("RGB"))


def _fitted(picture: Image.Image) -> Image.Image:
    height = max(1, round(picture.height * WIDTH / picture.width))
    return picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
