"""What the dashboard shows: volumes, ages, outcomes and their reasons, times to decision. Read only.

Everything is of the last twelve weeks and within the caller's sight, but for the ages of what waits now.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller
from domain.points import Verdict
from domain.states import Kind, Side, State, Trigger
from store.requests import within_sight
from store.tables.configuration import Documentation
from store.tables.effects import Assignment
from store.tables.loyalty import Campaign, RequestLine
from store.tables.requests import JournalEntry, Request, RequestDocument

DECISIONS = (Trigger.ACCEPT, Trigger.DENY, Trigger.FLAG_WRONG_DATA, Trigger.PROCESS)
DENYING = (Trigger.DENY, Trigger.PROCESS)
WEEKS = timedelta(weeks=12)
MOST = 10
# Rules that say what a policy is for, and nothing about the request.
BESIDE_THE_POINT = ("state", "kind", "tag")

Counts = list[tuple[str, int]]


@dataclass(frozen=True)
class Trends:
    """`volume`: requests by the Monday of their week; `ages`: days that each waiting request has waited, and how many;
    `hours`: median to the first decision, by kind."""

    volume: list[tuple[datetime, int]]
    ages: list[tuple[int, int]]
    hours: list[tuple[str, float]]


class Decided(NamedTuple):
    """What decisions have in common: the policy that was granted, whether they say no more than that they were made,
    the name of the campaign, the state that they led to."""

    action: str
    policy: str | None
    silent: bool
    campaign: str | None
    to_state: str


Decisions = Counter[Decided]


@dataclass(frozen=True)
class Acceptances:
    """What requests were accepted for: `policies` and `campaigns` by name, and `without` warranty by the rule that most
    often excluded a policy (None: none did)."""

    policies: Counts
    campaigns: Counts
    without: list[tuple[str | None, int]]


@dataclass(frozen=True)
class Denials:
    """Why requests were not accepted: `documents` by title, `lines` of points without any, `reasons` given with points,
    `unnamed` denials that name no document, `wrong_data`."""

    documents: Counts
    lines: int
    reasons: Counts
    unnamed: int
    wrong_data: int


async def trends(session: AsyncSession, caller: Caller, zone: str, now: datetime) -> Trends:
    """How much came in, what waits, and how soon it was decided."""
    seen, since = within_sight(caller), now - WEEKS
    week = func.date_trunc("week", func.timezone(zone, Request.submitted_at)).label("week")
    volume = await session.execute(
        select(week, func.count()).where(seen, Request.submitted_at >= since).group_by(week).order_by(week)
    )
    waited = func.floor(func.extract("epoch", now - Request.turn_since) / 86400).label("waited")
    ages = await session.execute(
        select(waited, func.count()).where(seen, Request.turn == Side.KEYUSER).group_by(waited).order_by(waited)
    )
    first = (
        select(JournalEntry.request_id, func.min(JournalEntry.at).label("at"))
        .where(JournalEntry.action.in_(DECISIONS), JournalEntry.at >= since)
        .group_by(JournalEntry.request_id)
        .subquery()
    )
    took = func.extract("epoch", first.c.at - Request.submitted_at) / 3600
    hours = await session.execute(
        select(Request.kind, func.percentile_cont(0.5).within_group(took))
        .join(first, first.c.request_id == Request.id)
        .where(seen)
        .group_by(Request.kind)
        .order_by(Request.kind)
    )
    return Trends(
        volume=[(day, count) for day, count in volume],
        ages=[(int(days), count) for days, count in ages],
        hours=[(kind, float(median)) for kind, median in hours],
    )


async def decisions(session: AsyncSession, caller: Caller, now: datetime) -> Decisions:
    """How often what was decided, in one look at the journal."""
    what = (
        JournalEntry.action,
        JournalEntry.changes["policy"]["to"].astext,
        JournalEntry.changes == {},
        func.coalesce(Campaign.name, Request.campaign),
        JournalEntry.to_state,
    )
    rows = await session.execute(
        _decided(DECISIONS, within_sight(caller), now - WEEKS, *what, func.count())
        .outerjoin(Campaign, (Campaign.country == Request.country) & (Campaign.code == Request.campaign))
        .group_by(*what)
    )
    return Counter({Decided(*said): count for *said, count in rows})


def outcomes(decided: Decisions) -> Counts:
    """Decisions by action, the most frequent first."""
    return _by(decided, lambda one: one.action)


async def acceptances(session: AsyncSession, caller: Caller, now: datetime, decided: Decisions) -> Acceptances:
    """What requests were accepted for, and why some got no warranty."""
    none = sum(count for one, count in decided.items() if one.action == Trigger.ACCEPT and one.policy is None)
    return Acceptances(
        policies=_by(decided, lambda one: one.policy if one.action == Trigger.ACCEPT else None),
        campaigns=_by(
            decided,
            lambda one: one.campaign if one.action == Trigger.PROCESS and one.to_state != State.DENIED else None,
        ),
        without=await _without(session, within_sight(caller), now - WEEKS, none) if none else [],
    )


def _by(decided: Decisions, name: Callable[[Decided], str | None]) -> Counts:
    """The decisions that have a name, by it."""
    found = Counter[str]()
    for one, count in decided.items():
        if (named := name(one)) is not None:
            found[named] += count
    return found.most_common()


async def _without(
    session: AsyncSession, seen: ColumnElement[bool], since: datetime, none: int
) -> list[tuple[str | None, int]]:
    """Requests that were accepted without a warranty, by what most often spoke against a policy."""
    entry = func.jsonb_array_elements(Assignment.snapshot["trace"]).column_valued("entry", joins_implicitly=True)
    rule = entry.op("->>")("rule")
    accepted = _decided((Trigger.ACCEPT,), seen, since, JournalEntry.request_id, JournalEntry.version).subquery()
    against = (
        select(func.mode().within_group(rule).label("rule"))
        .select_from(Assignment)
        .join(
            accepted,
            (accepted.c.request_id == Assignment.request_id) & (accepted.c.version == Assignment.version),
        )
        .where(Assignment.policy.is_(None), rule.not_in(BESIDE_THE_POINT))
        .group_by(Assignment.request_id)
        .subquery()
    )
    counted = await session.execute(
        select(against.c.rule, func.count()).group_by(against.c.rule).order_by(func.count().desc())
    )
    found: list[tuple[str | None, int]] = [(name, count) for name, count in counted]
    left = none - sum(count for _, count in found)
    return [*found, (None, left)] if left else found


async def denials(session: AsyncSession, caller: Caller, now: datetime, decided: Decisions) -> Denials:
    """Why requests were denied, denied in part, or sent back."""
    seen = within_sight(caller)
    lately = select(JournalEntry.request_id).where(JournalEntry.action.in_(DENYING), JournalEntry.at >= now - WEEKS)
    documents = await session.execute(
        select(Request.country, Request.kind, Request.campaign, RequestDocument.requirement, func.count())
        .join(Request, Request.id == RequestDocument.request_id)
        .where(seen, RequestDocument.verdict == Verdict.DENIED, Request.id.in_(lately))
        .group_by(Request.country, Request.kind, Request.campaign, RequestDocument.requirement)
    )
    reasons, lines = Counter[str](), 0
    for table in (RequestDocument, RequestLine):
        rows = await session.execute(
            select(table.reason, func.count())
            .join(Request, Request.id == table.request_id)
            .where(seen, Request.kind == Kind.POINTS, table.verdict == Verdict.DENIED, Request.id.in_(lately))
            .group_by(table.reason)
        )
        counted = {reason or "": count for reason, count in rows}
        reasons.update({reason: count for reason, count in counted.items() if reason})
        lines = sum(counted.values()) if table is RequestLine else lines
    return Denials(
        documents=(await _titled(session, [tuple(row) for row in documents])).most_common(MOST),
        lines=lines,
        reasons=reasons.most_common(MOST),
        unnamed=sum(count for one, count in decided.items() if one.action == Trigger.DENY and one.silent),
        wrong_data=sum(count for one, count in decided.items() if one.action == Trigger.FLAG_WRONG_DATA),
    )


async def _titled(session: AsyncSession, counted: Sequence[tuple[Any, ...]]) -> Counter[str]:
    """Denied documents by the title that their country or campaign gives them."""
    countries = {row[0] for row in counted}
    rows = await session.execute(
        select(Documentation.country, Documentation.kind, Documentation.requirement, func.min(Documentation.title))
        .where(Documentation.country.in_(countries))
        .group_by(Documentation.country, Documentation.kind, Documentation.requirement)
    )
    titles = {(country, kind, requirement): title for country, kind, requirement, title in rows}
    campaigns = await session.execute(
        select(Campaign.country, Campaign.code, Campaign.documents).where(Campaign.country.in_(countries))
    )
    for country, code, documents in campaigns:
        titles |= {(country, code, one["requirement"]): one["title"] for one in documents}
    found = Counter[str]()
    for country, kind, campaign, requirement, count in counted:
        found[titles.get((country, campaign or kind, requirement), requirement)] += count
    return found


def _decided(actions: Iterable[Trigger], seen: ColumnElement[bool], since: datetime, *what: Any) -> Select[Any]:
    """Something about the decisions of these kinds."""
    return (
        select(*what)
        .select_from(JournalEntry)
        .join(Request, Request.id == JournalEntry.request_id)
        .where(seen, JournalEntry.action.in_(actions), JournalEntry.at >= since)
    )
