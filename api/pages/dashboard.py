"""How the desk is doing: volume, ages, outcomes, reasons, time to decision; charts with their figures beside them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import APIRouter, Response

from api.pages import words
from api.pages.visits import MemberOf, Visit
from api.pages.words import n_
from domain.access import Role
from domain.errors import Forbidden
from domain.states import Kind, Trigger
from store import overview, trends

router = APIRouter()
AGES = ((1, n_("today")), (3, n_("1–2 days")), (7, n_("3–6 days")), (14, n_("1–2 weeks")), (None, n_("longer")))
OUTCOMES = {
    Trigger.ACCEPT: n_("Accepted"),
    Trigger.PROCESS: n_("Points processed"),
    Trigger.DENY: n_("Denied"),
    Trigger.FLAG_WRONG_DATA: n_("Corrections asked for"),
}

Figures = Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Bar:
    """One figure, as people write it, and how much of the longest bar it is."""

    name: str
    value: float
    written: str


@dataclass(frozen=True)
class Chart:
    """Bars with their figures; `full` is the value of a whole bar."""

    title: str
    bars: Sequence[Bar]
    full: float


@router.get("/dashboard")
async def show(visit: MemberOf) -> Response:
    """The figures of the visitor's country; of all, for ops."""
    if visit.who.role not in {Role.KEYUSER, Role.OPS}:
        raise Forbidden("The dashboard is for the desk.")
    found, (decided, accepted, denied), counted = await asyncio.gather(_trends(visit), _reasons(visit), _counted(visit))
    charts = [
        _chart(visit, n_("Requests by week"), _by_week(visit, found.volume)),
        _chart(visit, n_("Waiting for a decision, by age"), _by_age(visit, found.ages)),
        _chart(
            visit,
            n_("Decisions"),
            [(visit.say(OUTCOMES[Trigger(one)]), count) for one, count in trends.outcomes(decided)],
        ),
        _chart(visit, n_("What requests were accepted for"), _accepted(visit, accepted)),
        _chart(visit, n_("Why requests were denied or sent back"), _denied(visit, denied)),
        _chart(visit, n_("Reasons given when points were denied"), denied.reasons),
        _chart(
            visit,
            n_("Median hours to the first decision"),
            [(visit.say(words.KINDS[Kind(kind)]), median) for kind, median in found.hours],
        ),
    ]
    return visit.page("dashboard.html", charts=[one for one in charts if one.bars], counted=counted)


# Each looks on a connection of its own, all at once: one after the other they take twice as long.


async def _trends(visit: Visit) -> trends.Trends:
    async with visit.parts.sessions() as session:
        return await trends.trends(session, visit.who, visit.zone, visit.parts.now())


async def _reasons(visit: Visit) -> tuple[trends.Decisions, trends.Acceptances, trends.Denials]:
    now = visit.parts.now()
    async with visit.parts.sessions() as session:
        decided = await trends.decisions(session, visit.who, now)
        accepted = await trends.acceptances(session, visit.who, now, decided)
        return decided, accepted, await trends.denials(session, visit.who, now, decided)


async def _counted(visit: Visit) -> list[overview.Counted]:
    async with visit.parts.sessions() as session:
        return await overview.counted(session, visit.who)


def _by_week(visit: Visit, volume: Sequence[tuple[datetime, int]]) -> list[tuple[str, int]]:
    """From the first week in which something came in; weeks without requests are weeks, too."""
    counts = dict(volume)
    weeks = (max(counts) - min(counts)).days // 7 + 1 if counts else 0
    mondays = (min(counts) + timedelta(weeks=n) for n in range(weeks))
    return [(format_date(day, "d MMM", locale=visit.language), counts.get(day, 0)) for day in mondays]


def _by_age(visit: Visit, ages: Sequence[tuple[int, int]]) -> list[tuple[str, int]]:
    found, below = [], 0
    for end, name in AGES:
        found.append((visit.say(name), sum(count for days, count in ages if days >= below and (not end or days < end))))
        below = end or below
    return found if any(count for _, count in found) else []


def _accepted(visit: Visit, found: trends.Acceptances) -> list[tuple[str, int]]:
    none = visit.say(n_("No warranty"))
    return [
        *found.policies,
        *((f"{visit.say(words.KINDS[Kind.POINTS])}: {name}", count) for name, count in found.campaigns),
        *(
            (f"{none}: {visit.say(words.RULES.get(rule, rule))}" if rule else none, count)
            for rule, count in found.without
        ),
    ]


def _denied(visit: Visit, found: trends.Denials) -> list[tuple[str, int]]:
    named = [(f"{visit.say(n_('Document'))}: {title}", count) for title, count in found.documents]
    others = (
        (n_("Wrong data"), found.wrong_data),
        (n_("Denied, no document named"), found.unnamed),
        (n_("Points: a line without documents"), found.lines),
    )
    bars = [*named, *((visit.say(name), count) for name, count in others if count)]
    return sorted(bars, key=lambda one: -one[1])


def _chart(visit: Visit, title: str, figures: Figures) -> Chart:
    rounded = [(name, round(value, 1)) for name, value in figures]
    bars = [Bar(name, value, format_decimal(value, locale=visit.language)) for name, value in rounded]
    return Chart(visit.say(title), bars, max((one.value for one in bars), default=1) or 1)
