"""What stands on a card, as the rest of the desk knows it: without the PDF library, which only the press loads."""

import zlib
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version


class RenderFailed(ValueError):
    """A card that cannot be rendered, today or later: retrying the same face is of no use.

    The message names the card and the class of the error, and nothing that stands on the card.
    """


@dataclass(frozen=True)
class CardTier:
    """One tier of the warranty: `full` or `compressor`, its duration in words, first and last covered day."""

    tier: str
    duration: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class CardUnit:
    """One unit on a card: its role (`outdoor`, `indoor`), product reference and normalised serial number.

    One that `replaces` another serial since a day has `tiers` of its own, perhaps none; for others (None) those of
    the card count. `origin` is the first serial in its place, which the request itself names.
    """

    role: str
    product: str
    serial: str
    replaces: str = ""
    since: date | None = None
    tiers: tuple[CardTier, ...] | None = None
    origin: str = ""


@dataclass(frozen=True)
class CardFace:
    """All that stands on a card. The end user's name, street, phone and email have no place here (`domain.md`
    §3).

    `kind` is a `Kind` value; `postcode` and `city` are those of the installation; `text` and
    `responsibilities` are plain text in which blank lines part paragraphs; `supersedes` is the version that
    this one replaces; `language` is that of the fixed words, a face stored without one is English.
    """

    number: str
    version: int
    kind: str
    country: str
    country_name: str
    units: tuple[CardUnit, ...]
    tiers: tuple[CardTier, ...]
    installer: str
    postcode: str
    city: str
    commissioned_on: date
    text: str
    responsibilities: str
    verify_url: str
    issued_on: date
    extension: bool = False
    supersedes: int | None = None
    language: str = "en"

    @property
    def shared_tiers(self) -> tuple[CardTier, ...]:
        """What to print for the whole card: its own tiers while a unit relies on them, else what all units share."""
        own = list(dict.fromkeys(unit.tiers for unit in self.units if unit.tiers is not None))
        if not self.units or any(unit.tiers is None for unit in self.units):
            return self.tiers
        return own[0] if len(own) == 1 else ()

    @property
    def all_tiers(self) -> tuple[CardTier, ...]:
        """Every tier that some unit of the card has, each once."""
        own = (tier for unit in self.units for tier in unit.tiers or ())
        return tuple(dict.fromkeys((*self.shared_tiers, *own)))


def library_versions() -> dict[str, str]:
    """Versions of what a card's bytes depend on; stored with the card, so that they can be made again."""
    libraries = ("xhtml2pdf", "reportlab", "segno", "pymupdf-fonts", "jinja2", "pillow")
    return {name: version(name) for name in libraries} | {"zlib": zlib.ZLIB_RUNTIME_VERSION}
