"""Warranty cards: a frozen face in, HTML or PDF bytes out (`domain.md` §2.1, §3 "Cards carry …").

What is printed was decided elsewhere and is frozen; nothing here looks anything up. `docs/decisions/0005`
says why the bytes of one face are the same wherever and whenever it is rendered, and why text on a card
cannot reach a file or the network.
"""

import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from io import BytesIO
from typing import Any

import segno
from reportlab import rl_config  # type: ignore[import-untyped]
from xhtml2pdf import pisa  # type: ignore[import-untyped]
from xhtml2pdf.config.resources import ResourceAccessPolicy  # type: ignore[import-untyped]

from activities.rendering.fonts import register_fonts
from activities.rendering.layouts import layout
from activities.rendering.plaintext import clean, one_line
from activities.rendering.words import Words, words_in
from domain.states import Kind


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


_POLICY = ResourceAccessPolicy.server(None, allow_remote=False, max_resources=0, max_total_bytes=0)

_RENDERING = threading.Lock()


def library_versions() -> dict[str, str]:
    """Versions of what a card's bytes depend on; stored with the card, so that they can be made again."""
    libraries = ("xhtml2pdf", "reportlab", "segno", "pymupdf-fonts", "jinja2", "pillow")
    return {name: version(name) for name in libraries} | {"zlib": zlib.ZLIB_RUNTIME_VERSION}


def card_html(face: CardFace) -> str:
    """The card as the HTML that `card_pdf` prints: text escaped, QR code inside as a data URI.

    Raises `RenderFailed` for a tier or kind that no card has.
    """
    words = words_in(face.language)
    unknown = {tier.tier for tier in (*face.tiers, *face.all_tiers)} - words.tiers.keys()
    if unknown or face.kind not in words.kinds:
        raise RenderFailed(f"Card {face.number} version {face.version}: no card has such a kind or tier.")
    return layout("card/card.html").render(
        face=_fit_for_print(face),
        words=words,
        kind_name=words.kinds[Kind(face.kind)],
        mark=_mark(face, words),
        qr=_qr_code(face.verify_url),
    )


def card_pdf(face: CardFace) -> bytes:
    """The card as an A4 PDF. Equal faces give equal bytes as long as `library_versions()` does not change.

    Raises `RenderFailed`. One card at a time per process; for more, see `CardPress`.
    """
    html = card_html(face)
    register_fonts()
    target = BytesIO()
    with _fixed_clock(face.issued_on):
        try:
            result = pisa.CreatePDF(html, dest=target, encoding="utf-8", resource_policy=_POLICY)
        except Exception as error:  # noqa: BLE001  any failure of the libraries means: this face cannot be printed
            reason = type(error).__name__
        else:
            reason = f"{result.err} errors" if result.err else ""
    if reason:
        # Raised out here, so that the library's error, whose message quotes the card, is not its context.
        raise RenderFailed(f"Card {face.number} version {face.version} cannot be rendered ({reason}).")
    return target.getvalue()


def _mark(face: CardFace, words: Words) -> str:
    """The bar over a card that comes on top of another warranty; empty for all others."""
    if face.extension:
        return words.extension
    return words.extra_years if face.kind == Kind.EXTRA_YEARS else ""


def _fit_for_print(face: CardFace) -> CardFace:
    """The face without control characters; on one line each, except the two texts."""
    texts = {"text", "responsibilities"}
    changes: dict[str, Any] = {
        field.name: clean(value) if field.name in texts else one_line(value)
        for field in fields(face)
        if isinstance(value := getattr(face, field.name), str)
    }
    return replace(face, **changes, units=tuple(map(_unit_for_print, face.units)), tiers=_tiers_for_print(face.tiers))


def _unit_for_print(unit: CardUnit) -> CardUnit:
    return replace(
        unit,
        role=one_line(unit.role),
        product=one_line(unit.product),
        serial=one_line(unit.serial),
        replaces=one_line(unit.replaces),
        tiers=None if unit.tiers is None else _tiers_for_print(unit.tiers),
    )


def _tiers_for_print(tiers: tuple[CardTier, ...]) -> tuple[CardTier, ...]:
    return tuple(replace(tier, duration=one_line(tier.duration)) for tier in tiers)


def _qr_code(url: str) -> str:
    """The QR code of a URL as a PNG data URI: error correction M, four modules of quiet zone."""
    return segno.make_qr(url, error="m").png_data_uri(scale=4, border=4)


@contextmanager
def _fixed_clock(day: date) -> Iterator[None]:
    """Let reportlab date the file at midnight UTC of `day` instead of now.

    reportlab reads SOURCE_DATE_EPOCH from the environment when a document begins; there is no argument for
    it. The lock keeps two renders of one process apart, the old value comes back afterwards, and in
    production the process is one of `CardPress`, which does nothing else.
    """
    name = "SOURCE_DATE_EPOCH"
    with _RENDERING:
        rl_config.invariant = 1
        before = os.environ.get(name)
        os.environ[name] = str(int(datetime.combine(day, time(), UTC).timestamp()))
        try:
            yield
        finally:
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before
