"""How the desk is doing: volume, ages, outcomes, reasons, time to decision; charts with their figures beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import leather  # type: ignore[import-untyped]
from babel.dates import format_date
from fastapi import APIRouter, Response
from markupsafe import Markup

from api.pages import words
from api.pages.visits import MemberOf, Visit
from api.pages.words import n_
from domain.access import Role
from domain.errors import Forbidden
from domain.states import Kind
from store import overview, trends

router = APIRouter()
AGES = ((1, n_("today")), (3, n_("1–2 days")), (7, n_("3–6 days")), (14, n_("1–2 weeks")), (None, n_("longer")))
WIDTH, BAR = 520, "#0a5cad"


@dataclass(frozen=True)
class Chart:
    """A picture, and the figures that it draws."""

    title: str
    picture: Markup
    figures: Sequence[tuple[str, str]]


@router.get("/dashboard")
async def show(visit: MemberOf) -> Response:
    """The figures of the visitor's country; of all, for ops."""
    if visit.who.role not in {Role.KEYUSER, Role.OPS}:
        raise Forbidden("The dashboard is for the desk.")
    async with visit.parts.sessions() as session:
        found = await trends.trends(session, visit.who, visit.zone, visit.parts.now())
        counted = await overview.counted(session, visit.who)
    volume = [(format_date(day, "d MMM", locale=visit.language), count) for day, count in found.volume]
    outcomes = [(visit.say(words.DONE.get(action, action)), count) for action, count in found.outcomes]
    hours = [(visit.say(words.KINDS[Kind(kind)]), round(median, 1)) for kind, median in found.hours]
    charts = [
        _chart(visit.say(n_("Requests by week")), volume),
        _chart(visit.say(n_("Waiting for a decision, by age")), _by_age(visit, found.ages)),
        _chart(visit.say(n_("Decisions of the last twelve weeks")), outcomes),
        _chart(visit.say(n_("Documents denied")), found.denied),
        _chart(visit.say(n_("Median hours to the first decision")), hours),
    ]
    return visit.page("dashboard.html", charts=[one for one in charts if one is not None], counted=counted)


def _by_age(visit: Visit, ages: Sequence[tuple[int, int]]) -> list[tuple[str, int]]:
    found, below = [], 0
    for end, name in AGES:
        found.append((visit.say(name), sum(count for days, count in ages if days >= below and (not end or days < end))))
        below = end or below
    return found if any(count for _, count in found) else []


def _chart(title: str, figures: Sequence[tuple[str, Any]]) -> Chart | None:
    """Bars, drawn by a library with attributes only: no style that the Content-Security-Policy would refuse."""
    if not figures:
        return None
    height = 60 + 34 * len(figures)
    drawing = leather.Chart()
    drawing.add_bars([(value, name) for name, value in reversed(figures)], fill_color=BAR)
    drawing.add_x_scale(0, max(1, *(value for _, value in figures)))
    svg = str(drawing.to_svg(width=WIDTH, height=height))
    picture = svg[svg.index("<svg") :].replace("<svg ", f'<svg viewBox="0 0 {WIDTH} {height}" ', 1)
    return Chart(title, Markup(picture), [(name, str(value)) for name, value in figures])  # noqa: S704 - it escapes
