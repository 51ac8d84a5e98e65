"""The life of a unit as a timeline: what happened to it, and which days are still to come (`domain.md` §2.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.periods import TierPeriod
from domain.policies import Tier


class Happening(StrEnum):
    """What a line of the timeline is about."""

    INSTALLED = "installed"
    WARRANTY_STARTS = "warranty_starts"
    WARRANTY_ENDS = "warranty_ends"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Moment:
    """One line: on a day, by a request. `other` is the unit that this one replaced, or by which it was replaced."""

    on: date
    what: Happening
    request: str
    tier: Tier | None = None
    other: str | None = None


@dataclass(frozen=True)
class Grant:
    """One tier that `request` granted to the unit, cut short on `closed_on` if the unit was replaced under it."""

    request: str
    policy: str
    policy_version: int
    period: TierPeriod
    closed_on: date | None = None

    def state(self, today: date) -> str:
        """`replaced`, or `coming`, `live` or `over` on the day."""
        if self.closed_on is not None:
            return "replaced"
        if today < self.period.start:
            return "coming"
        return "live" if self.period.covers(today) else "over"


def closing(period: TierPeriod, replaced_on: date | None) -> date | None:
    """The day on which a replacement ended a tier; None if it was over by then, or the unit was not replaced."""
    return replaced_on if replaced_on is not None and replaced_on < period.end else None


def timeline(installed: Moment | None, grants: Iterable[Grant], replaced: Moment | None) -> tuple[Moment, ...]:
    """Everything in the order of days; what a replacement cut short has no end of its own."""
    moments = [one for one in (installed, replaced) if one is not None]
    for grant in grants:
        moments.append(Moment(grant.period.start, Happening.WARRANTY_STARTS, grant.request, grant.period.tier))
        if grant.closed_on is None:
            moments.append(Moment(grant.period.end, Happening.WARRANTY_ENDS, grant.request, grant.period.tier))
    order = list(Happening)
    return tuple(sorted(moments, key=lambda one: (one.on, order.index(one.what), one.request, one.tier or "")))
