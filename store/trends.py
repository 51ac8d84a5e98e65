"""What the dashboard shows: volumes, ages, outcomes and their reasons, times to decision. Read only.

Everything is of the last twelve weeks and within the caller's sight, but for the ages of what waits now.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller
from domain.points import Verdict
from domain.states import Side, State, Trigger
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
    `outcomes`: decisions by action; `hours`: median to the first decision, by kind."""

    volume: list[tuple[datetime, int]]
    ages: list[tuple[int, int]]
    outcomes: Counts
    hours: list[tuple[str, float]]


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
    """How much came in, what waits, what was decided, and how soon."""
    seen, since = within_sight(caller), now - WEEKS
    week = func.date_trunc("week", func.timezone(zone, Request.submitted_at)).label("week")
    volume = await session.execute(
        select(week, func.count()).where(seen, Request.submitted_at >= since).group_by(week).order_by(week)
    )
    waited = func.floor(func.extract("epoch", now - Request.turn_since) / 86400).label("waited")
    ages = await session.execute(
        select(waited, func.count()).where(seen, Request.turn == Side.KEYUSER).group_by(waited).order_by(waited)
    )
    outcomes = await session.execute(
        _decided(DECISIONS, seen, since, JournalEntry.action, func.count())
        .group_by(JournalEntry.action)
        .order_by(func.count().desc())
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
        outcomes=[(action, count) for action, count in outcomes],
        hours=[(kind, float(median)) for kind, median in hours],
    )


async def acceptances(session: AsyncSession, caller: Caller, now: datetime) -> Acceptances:
    """What requests were accepted for, and why some got no warranty."""
    seen, since = within_sight(caller), now - WEEKS
    policy = JournalEntry.changes["policy"]["to"].astext
    granted = await session.execute(
        _decided((Trigger.ACCEPT,), seen, since, policy, func.count())
        .group_by(policy)
        .order_by(func.count().desc(), policy)
    )
    by_policy = granted.all()
    campaigns = await session.execute(
        _decided((Trigger.PROCESS,), seen, since, func.coalesce(Campaign.name, Request.campaign), func.count())
        .outerjoin(Campaign, (Campaign.country == Request.country) & (Campaign.code == Request.campaign))
        .where(JournalEntry.to_state != State.DENIED)
        .group_by(Campaign.name, Request.campaign)
        .order_by(func.count().desc())
    )
    none = sum(count for name, count in by_policy if name is None)
    return Acceptances(
        policies=[(name, count) for name, count in by_policy if name is not None],
        campaigns=[(name, count) for name, count in campaigns],
        without=await _without(session, seen, since, none) if none else [],
    )


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


async def denials(session: AsyncSession, caller: Caller, now: datetime) -> Denials:
    """Why requests were denied, denied in part, or sent back."""
    seen, since = within_sight(caller), now - WEEKS
    decided = _decided(DENYING, seen, since, JournalEntry.request_id).distinct().subquery()
    documents = await session.execute(
        select(Request.country, Request.kind, Request.campaign, RequestDocument.requirement, func.count())
        .join(Request, Request.id == RequestDocument.request_id)
        .join(decided, decided.c.request_id == Request.id)
        .where(RequestDocument.verdict == Verdict.DENIED)
        .group_by(Request.country, Request.kind, Request.campaign, RequestDocument.requirement)
    )
    in_points = (RequestDocument.verdict == Verdict.DENIED, RequestDocument.line.is_not(None))
    refused = (RequestLine.verdict == Verdict.DENIED,)
    reasons = Counter[str]()
    for table, denied in ((RequestDocument, in_points), (RequestLine, refused)):
        rows = await session.execute(
            select(table.reason, func.count())
            .join(decided, decided.c.request_id == table.request_id)
            .where(*denied, table.reason.is_not(None))
            .group_by(table.reason)
            .order_by(func.count().desc())
            .limit(MOST)
        )
        reasons.update({reason: count for reason, count in rows if reason is not None})
    lines = await session.scalar(
        select(func.count())
        .select_from(RequestLine)
        .join(decided, decided.c.request_id == RequestLine.request_id)
        .where(*refused)
    )
    unnamed = func.count().filter(JournalEntry.changes == {})
    sent_back = await session.execute(
        _decided(
            (Trigger.DENY, Trigger.FLAG_WRONG_DATA), seen, since, JournalEntry.action, func.count(), unnamed
        ).group_by(JournalEntry.action)
    )
    told = {action: (count, silent) for action, count, silent in sent_back}
    return Denials(
        documents=(await _titled(session, [tuple(row) for row in documents])).most_common(MOST),
        lines=lines or 0,
        reasons=reasons.most_common(MOST),
        unnamed=told.get(Trigger.DENY, (0, 0))[1],
        wrong_data=told.get(Trigger.FLAG_WRONG_DATA, (0, 0))[0],
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
