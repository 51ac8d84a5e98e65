"""Warranty cards: a frozen face in, HTML or PDF bytes out (`domain.md` §2.1, §3 "Cards carry …").

What is printed was decided elsewhere and is frozen; nothing here looks anything up. `docs/decisions/0005`
says why the bytes of one face are the same wherever and whenever it is rendered, and why text on a card
cannot reach a file or the network.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

import segno
from reportlab import rl_config  # type: ignore[import-untyped]
from xhtml2pdf import pisa  # type: ignore[import-untyped]
from xhtml2pdf.config.resources import ResourceAccessPolicy  # type: ignore[import-untyped]

from activities.rendering.face import CardFace, CardTier, CardUnit, RenderFailed
from activities.rendering.fonts import register_fonts
from activities.rendering.layouts import layout
from activities.rendering.plaintext import clean, one_line
from activities.rendering.words import Words, words_in
from domain.states import Kind

_POLICY = ResourceAccessPolicy.server(None, allow_remote=False, max_resources=0, max_total_bytes=0)

_RENDERING = threading.Lock()


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
