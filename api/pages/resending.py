"""A points request that goes back to the keyuser: what the draft's form says of its lines and documents."""

from typing import Any

from api.pages.bodies import BESIDE, attached, rows_of
from api.pages.forms import nested
from api.pages.lines import Line, changed, lines_from
from api.schemas.requests import RequestView
from domain.points import Verdict
from store.offered import Offer
from store.tables.pages import Draft


def corrected_lines(draft: Draft, view: RequestView, offer: Offer) -> list[Line]:
    """After wrong data: all lines as the form has them, credited ones as they are."""
    credited = {line.n for line in view.points.lines if line.credited} if view.points else set()
    rows = rows_of(nested(draft.fields, but=BESIDE))
    return lines_from(rows, view.data["lines"], credited, offer, attached(draft))


def changed_lines(draft: Draft, view: RequestView, offer: Offer) -> list[Line]:
    """After a denial: the lines, those that were denied without a document as their fields say."""
    lines: list[Line] = list(view.data["lines"])
    for line in view.points.lines if view.points else ():
        if line.verdict is Verdict.DENIED and not line.documents:
            root = f"lines/{line.n - 1}/"
            typed = {name.removeprefix(root): text for name, text in draft.fields.items() if name.startswith(root)}
            lines[line.n - 1] = changed(lines[line.n - 1], typed, offer, attached(draft))
    return lines


def answers(draft: Draft, view: RequestView) -> list[dict[str, Any]]:
    """After a denial: each new document for every line on which the one before was denied."""
    denied = [
        (line.n, one.requirement)
        for line in (view.points.lines if view.points else ())
        for one in line.documents
        if one.verdict is Verdict.DENIED and not line.credited
    ]
    return [
        {"line": n, **one} for n, requirement in denied for one in attached(draft) if one["requirement"] == requirement
    ]
