"""The faces that cards are set in: FiraGO for Latin, Greek, Cyrillic and more, Noto Sans for what it lacks.

Both come as bytes from `pymupdf-fonts`: no font of the machine is read, and every machine draws the same
card.
"""

from functools import cache
from io import BytesIO

import pymupdf_fonts  # type: ignore[import-untyped]
from reportlab.lib.fonts import addMapping  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import registerFont  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from xhtml2pdf import default  # type: ignore[import-untyped]

FAMILIES = {"figo": "figbo", "notos": "notosbo"}
"""Regular and bold face of each family, by their names in `pymupdf-fonts`. A card is never set in italics."""


@cache
def register_fonts() -> None:
    """Make the families known to reportlab and xhtml2pdf, once per process (a tenth of a second)."""
    for regular, bold in FAMILIES.items():
        for face in (regular, bold):
            registerFont(TTFont(face, BytesIO(pymupdf_fonts.myfont(face))))
        for italic in (0, 1):
            addMapping(regular, 0, italic, regular)
            addMapping(regular, 1, italic, bold)
        default.DEFAULT_FONT[regular] = regular
