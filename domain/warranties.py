"""Which warranty is granted: one engine for every kind of request, with its trace (`domain.md` §3).

`RULES` is the specification: the first rule that has something against a policy excludes it, and precedence
picks one of the rest. The outcome is an `Assignment`, a snapshot that never looks at a policy again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from domain.periods import TierPeriod, warranty_end
from domain.policies import (
    GoodsRow,
    InstallerClass,
    Policy,
    PolicyState,
    SalesMethod,
    Scheme,
    TierGrant,
)
from domain.states import Kind


@dataclass(frozen=True)
class Goods:
    """The product of one outdoor unit, as rows of allowed goods see it."""

    reference: str
    brand: str | None = None
    type: str | None = None
    family: str | None = None
    line_up: str | None = None


@dataclass(frozen=True)
class Sale:
    """What the rules ask about a request. No defaults: forgetting a fact would grant the wrong warranty.

    `as_of` is the first submission, as a day of the country. `goods` holds every outdoor unit.
    `installer_class` is None for a PRO Partner. `collaborations` are the organisational units that the
    company's own one collaborates with; `superuser` is the deciding keyuser's flag. For every kind but
    commissioning `wholesaler_gives_warranty` is None: not asked. `indoor`: a replacement sells a single indoor unit,
    for which compressor tiers mean nothing.
    """

    kind: Kind
    as_of: date
    commissioned_on: date
    sales_method: SalesMethod
    goods: tuple[Goods, ...]
    installer_class: InstallerClass | None
    schemes: frozenset[Scheme]
    organisational_unit: str | None
    collaborations: frozenset[str]
    superuser: bool
    wholesaler_gives_warranty: bool | None
    indoor: bool = False


@dataclass(frozen=True)
class TraceEntry:
    """What became of one policy: the first rule that excluded it with its values, or what is worth saying."""

    policy: str
    outcome: Literal["selected", "excluded"]
    rule: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Selection:
    """The policy that applies, or None, and the trace of all that were considered, by policy number."""

    policy: Policy | None
    trace: tuple[TraceEntry, ...]


def _state(policy: Policy, _: Sale) -> str | None:
    return None if policy.state is PolicyState.EFFECTIVE else f"policy is {policy.state}"


def _effective_dates(policy: Policy, sale: Sale) -> str | None:
    if policy.effective_from is not None and sale.as_of < policy.effective_from:
        return f"submitted on {sale.as_of}, effective from {policy.effective_from}"
    if policy.effective_to is not None and sale.as_of >= policy.effective_to:
        return f"submitted on {sale.as_of}, effective before {policy.effective_to}"
    return None


def fits(row: GoodsRow, goods: Goods) -> bool:
    """Whether everything that the row names is equal."""
    asked = (row.product, row.brand, row.type, row.family, row.line_up)
    found = (goods.reference, goods.brand, goods.type, goods.family, goods.line_up)
    return all(want is None or want == have for want, have in zip(asked, found, strict=True))


def _goods(policy: Policy, sale: Sale) -> str | None:
    if not sale.goods:
        return "no outdoor unit"
    strangers = [one.reference for one in sale.goods if not any(fits(row, one) for row in policy.goods)]
    return f"not among the allowed goods: {', '.join(dict.fromkeys(strangers))}" if strangers else None


def _organisational_unit(policy: Policy, sale: Sale) -> str | None:
    return None if sale.superuser or _partners(policy, sale) else _outside(policy, sale)


def _let_through(policy: Policy, sale: Sale) -> str | None:
    if (outside := _outside(policy, sale)) is None:
        return None
    partners = ", ".join(_partners(policy, sale))
    why = f"collaborates with {partners}" if partners else "the deciding keyuser is a superuser"
    return f"{outside}: let through, {why}"


def _outside(policy: Policy, sale: Sale) -> str | None:
    allowed = policy.organisational_units
    if not allowed or sale.organisational_unit in allowed:
        return None
    return f"organisational unit {sale.organisational_unit or 'none'}, allowed {', '.join(allowed)}"


def _partners(policy: Policy, sale: Sale) -> list[str]:
    return [name for name in policy.organisational_units if name in sale.collaborations]


def _kind(policy: Policy, sale: Sale) -> str | None:
    if sale.kind in policy.kinds:
        return None
    return f"request is {sale.kind}, policy serves {', '.join(policy.kinds) or 'no kind'}"


def _installer_class(policy: Policy, sale: Sale) -> str | None:
    if not policy.installer_classes or sale.installer_class in policy.installer_classes:
        return None
    required = " or ".join(policy.installer_classes)
    return f"installer class {sale.installer_class or 'none'}, required {required}"


def _schemes(policy: Policy, sale: Sale) -> str | None:
    if sale.schemes.issuperset(policy.schemes):
        return None
    return f"schemes {', '.join(sorted(sale.schemes)) or 'none'}, required {', '.join(policy.schemes)}"


def _wholesaler_gives_warranty(policy: Policy, sale: Sale) -> str | None:
    required, given = policy.wholesaler_gives_warranty, sale.wholesaler_gives_warranty
    if required is None or given is None or required == given:
        return None
    return f"wholesaler gives warranty: {'yes' if given else 'no'}, required {'yes' if required else 'no'}"


def _registered_within(policy: Policy, sale: Sale) -> str | None:
    day, limit = (sale.as_of - sale.commissioned_on).days, policy.registered_within_days
    return f"registered on day {day}, limit {limit}" if limit is not None and day > limit else None


def _sales_method(_: Policy, sale: Sale) -> str | None:
    return f"sales method {sale.sales_method}" if sale.sales_method is SalesMethod.RENTED else None


def _tiers(policy: Policy, sale: Sale) -> str | None:
    if policy.granted_to(sale.kind, indoor=sale.indoor):
        return None
    tiers = ", ".join(grant.tier for grant in policy.tiers) or "none"
    return f"tiers {tiers}, none of which a {sale.kind} is granted"


@dataclass(frozen=True)
class Rule:
    """A condition: what it has against a policy, with its values, and what to remark on one that passes."""

    name: str
    excludes: Callable[[Policy, Sale], str | None]
    remark: Callable[[Policy, Sale], str | None] = lambda _policy, _sale: None


RULES = (
    Rule("state", _state),
    Rule("effective_dates", _effective_dates),
    Rule("goods", _goods),
    Rule("organisational_unit", _organisational_unit, remark=_let_through),
    Rule("kind", _kind),
    Rule("installer_class", _installer_class),
    Rule("schemes", _schemes),
    Rule("wholesaler_gives_warranty", _wholesaler_gives_warranty),
    Rule("registered_within", _registered_within),
    Rule("sales_method", _sales_method),
    Rule("tiers", _tiers),
)


def _judge(policy: Policy, sale: Sale) -> TraceEntry:
    """The entry of one policy on its own: excluded by the first rule against it, else selected."""
    remarks: list[str] = []
    for rule in RULES:
        if (against := rule.excludes(policy, sale)) is not None:
            return TraceEntry(policy.name, "excluded", rule.name, "; ".join([against, *remarks]))
        if (remark := rule.remark(policy, sale)) is not None:
            remarks.append(remark)
    return TraceEntry(policy.name, "selected", detail="; ".join(remarks) or None)


def select(policies: Iterable[Policy], sale: Sale) -> Selection:
    """The policy that applies to `sale`, and why each other one does not (`domain.md` §3).

    Input order never matters. Raises `ValueError` when two policies carry one number: give current versions.
    """
    ordered = sorted(policies, key=lambda policy: policy.number)
    if len({policy.number for policy in ordered}) < len(ordered):
        raise ValueError("two policies carry one number")
    judged = [(policy, _judge(policy, sale)) for policy in ordered]
    eligible = [policy for policy, entry in judged if entry.outcome == "selected"]
    winner = max(eligible, key=lambda policy: policy.precedence, default=None)
    return Selection(winner, tuple(_settled(policy, entry, winner) for policy, entry in judged))


def _settled(policy: Policy, entry: TraceEntry, winner: Policy | None) -> TraceEntry:
    """The entry once the winner is known: an eligible policy that another one beats is excluded after all."""
    if winner is None or policy is winner or entry.outcome == "excluded":
        return entry
    why = "; ".join(filter(None, [policy.beaten_by(winner), entry.detail]))
    return replace(entry, outcome="excluded", rule="precedence", detail=why)


def _periods(grants: Iterable[TierGrant], start: date) -> tuple[TierPeriod, ...]:
    ends = ((grant.tier, warranty_end(start, grant.duration)) for grant in grants)
    return tuple(TierPeriod(tier, start, end, (end - start).days) for tier, end in ends)


def granted_tiers(policy: Policy, start: date, kind: Kind, *, indoor: bool = False) -> tuple[TierPeriod, ...]:
    """The periods that `policy` grants to `kind` from `start`, full before compressor (`domain.md` §3)."""
    return _periods(policy.granted_to(kind, indoor=indoor), start)


@dataclass(frozen=True)
class Assignment:
    """What was granted and why: the snapshot that is frozen on accept (`domain.md` §3).

    `durations` are those of the granted tiers, kept for an amend; for extra years they come on top of
    `base_durations`. Without a policy there is only a trace.
    """

    policy: str | None = None
    policy_number: int | None = None
    policy_version: int | None = None
    durations: tuple[TierGrant, ...] = ()
    tiers: tuple[TierPeriod, ...] = ()
    trace: tuple[TraceEntry, ...] = ()
    responsibilities: str = ""
    base_durations: tuple[TierGrant, ...] = ()


def assign(policies: Iterable[Policy], sale: Sale, start: date) -> Assignment:
    """Select a policy and grant its tiers from `start`: commissioning date or `replaced_on` (`domain.md` §3).

    Raises `ValueError` as `select` and `warranty_end` do.
    """
    selection = select(policies, sale)
    if (policy := selection.policy) is None:
        return Assignment(trace=selection.trace)
    return Assignment(
        policy=policy.name,
        policy_number=policy.number,
        policy_version=policy.version,
        durations=policy.granted_to(sale.kind, indoor=sale.indoor),
        tiers=granted_tiers(policy, start, sale.kind, indoor=sale.indoor),
        trace=selection.trace,
        responsibilities=policy.responsibilities,
    )


def moved(assignment: Assignment, start: date) -> Assignment:
    """The same grant from another start: the frozen durations, nothing selected anew (`domain.md` §2.1)."""
    return replace(assignment, tiers=_periods(assignment.durations, start))
