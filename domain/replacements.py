"""What a unit replacement brings about: charge, the new unit's warranty, moves (`domain.md` §2.5).

Two independent outcomes: the charge follows from coverage and reason alone, the warranty from what the reason's
replacement policy says. Whatever the old unit was granted is read from snapshots; no policy is looked at again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import FieldError, ReasonNotAllowed, ReasonRequired
from domain.inventory import InventoryDefinition, StockMove, moves
from domain.periods import TierPeriod
from domain.policies import CoverageReason, Policy, Replacement, SalesMethod, Tier
from domain.warranties import Assignment, Sale, TraceEntry, assign, moved


class Charge(StrEnum):
    """Who pays for the new unit. The values are stored and never change once released."""

    FREE = "free"
    CHARGED = "charged"
    PER_CONTRACT = "per_contract"


@dataclass(frozen=True)
class Warranty:
    """One warranty of the old unit, as `request` was granted it: only the tiers that cover this unit.

    `reasons` are those of the policy in the version that was granted.
    """

    request: str
    policy: str
    policy_number: int
    policy_version: int
    tiers: tuple[TierPeriod, ...]
    reasons: tuple[CoverageReason, ...] = ()
    responsibilities: str = ""

    def live(self, day: date) -> tuple[TierPeriod, ...]:
        """The tiers that cover the day."""
        return tuple(period for period in self.tiers if period.covers(day))


@dataclass(frozen=True)
class OldUnit:
    """The unit that goes: installed since `since` by `request`, under any number of warranties."""

    serial: str
    since: date
    request: str
    warranties: tuple[Warranty, ...] = ()

    def covering(self, day: date) -> Warranty | None:
        """The warranty whose policy speaks for the unit on `day`, None if no tier covers it.

        Of several live ones that is the one that lasts longest; of equals one with a `full` tier, then the newest.
        """
        live = [one for one in self.warranties if one.live(day)]
        return max(live, key=lambda one: _weight(one, day), default=None)


def _weight(warranty: Warranty, day: date) -> tuple[date, bool, date, str]:
    live = warranty.live(day)
    full = any(period.tier is Tier.FULL for period in live)
    return max(period.end for period in live), full, max(period.start for period in live), warranty.request


@dataclass(frozen=True)
class Swap:
    """What a request says about the replacement. `reason` is empty where none is given."""

    new_serial: str
    replaced_on: date
    reason: str
    sales_method: SalesMethod
    old_unit_returned: bool


@dataclass(frozen=True)
class Outcome:
    """All that an accepted replacement brings about; frozen with it. `old_request` brought the old unit's warranty."""

    old_request: str
    charge: Charge
    covered: bool
    reason: str
    replacement: Replacement | None
    assignment: Assignment
    moves: tuple[StockMove, ...]

    def renamed(self, new_serial: str) -> "Outcome":
        """The outcome after the new unit's serial was corrected: the new unit is the first that moves."""
        added, *others = self.moves
        return replace(self, moves=(replace(added, serial=new_serial), *others))


def reason_of(swap: Swap, old: OldUnit) -> CoverageReason | None:
    """The coverage reason as the old unit's policy has it; None where the unit is not under warranty.

    Raises ReasonRequired without one under warranty, ReasonNotAllowed for one outside the policy's list, and for
    any where nothing covers the unit.
    """
    warranty = old.covering(swap.replaced_on)
    if warranty is None:
        if swap.reason:
            raise _not_allowed("the old unit is not under warranty on that day")
        return None
    if not swap.reason:
        raise ReasonRequired(
            "The old unit is under warranty on that day: name a coverage reason.",
            fields=[FieldError("/coverage_reason", "is missing")],
        )
    found = next((one for one in warranty.reasons if one.code == swap.reason), None)
    if found is None:
        raise _not_allowed("not a coverage reason of the old unit's policy")
    return found


def _not_allowed(why: str) -> ReasonNotAllowed:
    return ReasonNotAllowed("This coverage reason is not allowed here.", fields=[FieldError("/coverage_reason", why)])


def charge_of(sales_method: SalesMethod, *, covered: bool) -> Charge:
    """Free if the reason is covered (which takes a unit under warranty); a rented unit goes by its contract."""
    if sales_method is SalesMethod.RENTED:
        return Charge.PER_CONTRACT
    return Charge.FREE if covered else Charge.CHARGED


def carried_over(period: TierPeriod, replaced_on: date) -> TierPeriod:
    """What is left of a tier, from `replaced_on` on: the end never moves along a chain of replacements.

    `period.days` is the old unit's own period: its remaining days if it was itself carried over, else its full one.
    """
    used = (replaced_on - period.start).days
    remaining = max(0, period.days - used)
    end = replaced_on + timedelta(days=remaining)
    return replace(period, start=replaced_on, end=end, days=remaining, used_days=used, remaining_days=remaining)


def carry_over(old: OldUnit, replaced_on: date) -> Assignment:
    """The old policy, unchecked: every live tier of every warranty, each with its own arithmetic (`domain.md` §2.5).

    Raises `ValueError` for a unit that nothing covers on that day.
    """
    warranty = old.covering(replaced_on)
    if warranty is None:
        raise ValueError("nothing covers the old unit: there is nothing to carry over")
    tiers = tuple(
        replace(carried_over(period, replaced_on), source=one.request)
        for one in old.warranties
        for period in one.live(replaced_on)
    )
    left = ", ".join(f"{one.tier} {one.used_days} days used, {one.remaining_days} remaining" for one in tiers)
    return Assignment(
        policy=warranty.policy,
        policy_number=warranty.policy_number,
        policy_version=warranty.policy_version,
        tiers=tiers,
        trace=(TraceEntry(warranty.policy, "selected", "carry_over", f"unchecked, as the old unit had it: {left}"),),
        responsibilities=warranty.responsibilities,
    )


def outcome(
    swap: Swap, old: OldUnit, definition: InventoryDefinition, policies: Iterable[Policy], sale: Sale
) -> Outcome:
    """The row of the table in `domain.md` §2.5 that applies. Raises ReasonRequired and ReasonNotAllowed."""
    reason = reason_of(swap, old)
    covered = reason is not None and reason.covered
    warranty = old.covering(swap.replaced_on)
    return Outcome(
        old_request=warranty.request if warranty else old.request,
        charge=charge_of(swap.sales_method, covered=covered),
        covered=covered,
        reason=swap.reason,
        replacement=reason.replacement if reason else None,
        assignment=_warranty(swap, old, reason, policies, sale),
        moves=moves(
            definition,
            swap.sales_method,
            covered=covered,
            new_serial=swap.new_serial,
            old_serial=old.serial,
            returned=swap.old_unit_returned,
        ),
    )


def _warranty(
    swap: Swap, old: OldUnit, reason: CoverageReason | None, policies: Iterable[Policy], sale: Sale
) -> Assignment:
    """The new unit's warranty. A rented unit gets none: no policy applies to it."""
    if swap.sales_method is SalesMethod.RENTED or reason is None or reason.replacement is Replacement.APPLY_NEW:
        return assign(policies, sale, swap.replaced_on)
    if reason.replacement is Replacement.CARRY_OVER:
        return carry_over(old, swap.replaced_on)
    warranty = old.covering(swap.replaced_on)
    name = warranty.policy if warranty else ""
    return Assignment(trace=(TraceEntry(name, "excluded", "no_warranty", f"{reason.code} leaves no warranty"),))


def redated(granted: Outcome, old: OldUnit, replaced_on: date) -> Outcome:
    """The same outcome from another day (an amend): nothing is selected anew (`domain.md` §2.1).

    What was carried over is computed again from the old unit's tiers. Raises ReasonNotAllowed if they do not all
    cover the new day.
    """
    assignment = granted.assignment
    if not any(one.remaining_days is not None for one in assignment.tiers):
        return replace(granted, assignment=moved(assignment, replaced_on))
    again = carry_over(old, replaced_on) if old.covering(replaced_on) else None
    if again is None or _names(again) != _names(assignment):
        raise _not_allowed("the old unit's warranty does not cover the new day in the same way")
    return replace(granted, assignment=replace(assignment, tiers=again.tiers, trace=again.trace))


def _names(assignment: Assignment) -> list[tuple[str, Tier]]:
    return [(one.source, one.tier) for one in assignment.tiers]
