"""How long a warranty card takes, against references of the same run: `python -m benchmarks.cards [cards]`.

Prints milliseconds per card and ratios. The times are this machine's and today's: compare the ratios.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from activities.rendering.cards import card_html, card_pdf
from activities.rendering.face import CardFace
from activities.rendering.fonts import register_fonts
from activities.rendering.pool import CardPress
from tests.activities.rendering.faces import FACE, SIXTY


def bare_canvas(face: CardFace) -> bytes:
    """The reference: the same words in the same typeface by reportlab alone, without layout or QR code."""
    register_fonts()
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4)
    canvas.setFont("figo", 10)
    lines = [f"Warranty card {face.number}", f"Version {face.version}", face.country_name, face.installer]
    lines += [f"{face.postcode} {face.city}", str(face.commissioned_on), str(face.issued_on), face.verify_url]
    lines += [f"{tier.tier} {tier.duration} {tier.first_day} {tier.last_day}" for tier in face.tiers]
    lines += [f"{unit.role} {unit.product} {unit.serial}" for unit in face.units]
    lines += [*face.text.splitlines(), *face.responsibilities.splitlines()]
    for row, line in enumerate(lines):
        canvas.drawString(50, 800 - 11 * row, line)
    canvas.save()
    return target.getvalue()


def median_ms(render: Callable[[CardFace], object], face: CardFace, rounds: int) -> float:
    """Median milliseconds of one call, after one that does not count."""
    render(face)
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        render(face)
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1000


async def per_card_ms(processes: int, cards: int) -> float:
    """Milliseconds per card when many wait at once, all processes warm."""
    async with CardPress(processes) as press:
        await asyncio.gather(*(press.press(FACE) for _ in range(4 * processes)))
        begin = time.perf_counter()
        await asyncio.gather(*(press.press(FACE) for _ in range(cards)))
        return (time.perf_counter() - begin) / cards * 1000


def main() -> None:
    """Measure and print."""
    cards = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    reference = median_ms(bare_canvas, FACE, cards)
    print(f"bare reportlab canvas      {reference:7.1f} ms   1.0")
    for name, render, face in (
        ("HTML and QR code only", card_html, FACE),
        ("ordinary card", card_pdf, FACE),
        ("card of 60 units", card_pdf, SIXTY),
    ):
        spent = median_ms(render, face, cards if face is FACE else max(5, cards // 5))
        print(f"{name:26} {spent:7.1f} ms {spent / reference:5.1f} x the canvas")
    one = asyncio.run(per_card_ms(1, cards))
    two = asyncio.run(per_card_ms(2, cards))
    print(f"press, one process         {one:7.1f} ms a card")
    print(f"press, two processes       {two:7.1f} ms a card, {one / two:.2f} x the speed of one")


if __name__ == "__main__":
    main()
