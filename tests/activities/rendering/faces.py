"""Cards to test with, and what stands on the pages of a PDF."""

from dataclasses import replace
from datetime import date
from io import BytesIO

from pypdf import PdfReader

from activities.rendering.face import CardFace, CardTier, CardUnit

FACE = CardFace(
    number="ES-2026-000123",
    version=1,
    kind="commissioning",
    country="ES",
    country_name="Spain",
    units=(
        CardUnit("outdoor", "CU-2Z50TBE", "44810001A"),
        CardUnit("indoor", "CS-Z25TKEW", "55100001"),
    ),
    tiers=(
        CardTier("full", "1 year", date(2026, 11, 1), date(2027, 10, 31)),
        CardTier("compressor", "5 years", date(2026, 11, 1), date(2031, 10, 31)),
    ),
    installer="ABC",
    postcode="28013",
    city="Madrid",
    commissioned_on=date(2026, 11, 1),
    text="Bought from a distributor without warranty.\n\nKeep this card\nwith the manual.",
    responsibilities="The installer answers for the installation.",
    verify_url="https://desk.keydesk.example/verify/q3Jc0o2xv7mYl5bTtWc8nR1aKfUeZ4dPgHs6iQwLx9M",
    issued_on=date(2026, 11, 4),
)

SIXTY = replace(FACE, units=tuple(CardUnit("indoor", "CS-Z25TKEW", f"{n:08d}") for n in range(60)))


def pages(pdf: bytes) -> list[str]:
    """The text of each page, white space squeezed."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    """Without any white space: wrapped and unwrapped text compare equal."""
    return "".join(text.split())
