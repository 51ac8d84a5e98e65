"""Where the keyuser chooses the warranty: end-user warranties and extra years (`domain.md` §2.2, §2.3)."""

from collections.abc import Iterable
from datetime import date

from domain.calendar import add
from domain.periods import TierPeriod
from domain.policies import Policy, Tag, TierGrant
from domain.warranties import Assignment, Sale, TraceEntry, assign


def assign_chosen(policies: Iterable[Policy], sale: Sale, start: date, *, tag: Tag, chosen: str | None) -> Assignment:
    """The grant of the chosen policy, if it carries the tag and nothing in the sale excludes it.

    The trace names every policy: those without the tag, those that may not be chosen and why, and those that may.
    """
    ordered = sorted(policies, key=lambda policy: policy.number)
    trace: list[TraceEntry] = []
    granted = Assignment()
    for policy in ordered:
        if policy.tag is not tag:
            trace.append(TraceEntry(policy.name, "excluded", "tag", f"tagged {policy.tag}, needed {tag}"))
            continue
        alone = assign([policy], sale, start)
        entry = alone.trace[0]
        if alone.policy is not None and policy.name != chosen:
            entry = TraceEntry(policy.name, "excluded", "chosen", "can be chosen as warranty type")
        elif alone.policy is not None:
            granted = alone
        trace.append(entry)
    return Assignment(
        policy=granted.policy,
        policy_number=granted.policy_number,
        policy_version=granted.policy_version,
        durations=granted.durations,
        tiers=granted.tiers,
        trace=tuple(trace),
        responsibilities=granted.responsibilities,
    )


def extended(base: Assignment, extra: tuple[TierGrant, ...]) -> tuple[TierPeriod, ...]:
    """Per tier `(original start + X) + Y`; a tier that Y does not name keeps X (`domain.md` §2.3)."""
    more = {grant.tier: grant.duration for grant in extra}
    return tuple(
        _longer(period, add(period.end, more[period.tier])) if period.tier in more else period for period in base.tiers
    )


def _longer(period: TierPeriod, end: date) -> TierPeriod:
    return TierPeriod(period.tier, period.start, end, (end - period.start).days)


def live(base: Assignment, day: date) -> bool:
    """Whether any tier of the warranty covers the day."""
    return any(period.covers(day) for period in base.tiers)
