"""Which warranty a sale gets of several policies, and from when to when."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.calendar import Duration, DurationUnit
from domain.periods import TierPeriod, warranty_end
from domain.policies import Policy, Tier, TierGrant
from domain.states import Kind
from domain.warranties import (
    Assignment,
    Sale,
    TraceEntry,
    assign,
    granted_tiers,
    moved,
    select,
)
from tests.domain.strategies import (
    CATALOGUES,
    DAYS,
    EXTENSION,
    HEATING,
    SALES,
    grant,
    policies,
    policy,
    sale,
)

STD_1_5 = policy(
    "STD-1-5",
    number=1,
    tiers=(grant(Tier.COMPRESSOR, 5), grant(Tier.FULL, 1)),
    wholesaler_gives_warranty=False,
    responsibilities="Parts and labour in the first year.",
)
STD_C5 = policy("STD-C5", number=2, tiers=(grant(Tier.COMPRESSOR, 5),), wholesaler_gives_warranty=True)
EXT_5 = policy("EXT-5", number=3, tiers=(grant(Tier.FULL, 5),), kinds=(Kind.WARRANTY_EXTENSION,))
CATALOGUE = (STD_1_5, STD_C5, EXT_5)


def test_abc_with_def_gets_one_year_full_and_five_years_compressor() -> None:
    granted = assign(CATALOGUE, sale(), date(2026, 11, 1))
    assert granted == Assignment(
        policy="STD-1-5",
        policy_number=1,
        policy_version=1,
        durations=(grant(Tier.FULL, 1), grant(Tier.COMPRESSOR, 5)),
        tiers=(
            TierPeriod(Tier.FULL, date(2026, 11, 1), date(2027, 11, 1), 365),
            TierPeriod(Tier.COMPRESSOR, date(2026, 11, 1), date(2031, 11, 1), 1826),
        ),
        trace=(
            TraceEntry("STD-1-5", "selected"),
            TraceEntry(
                "STD-C5",
                "excluded",
                "wholesaler_gives_warranty",
                "wholesaler gives warranty: no, required yes",
            ),
            TraceEntry("EXT-5", "excluded", "kind", "request is commissioning, policy serves warranty-extension"),
        ),
        responsibilities="Parts and labour in the first year.",
    )


def test_a_wholesaler_that_gives_warranty_leaves_the_compressor() -> None:
    granted = assign(CATALOGUE, sale(wholesaler_gives_warranty=True), date(2026, 11, 1))
    assert granted.policy == "STD-C5"
    assert [period.tier for period in granted.tiers] == [Tier.COMPRESSOR]


def test_an_extension_does_not_ask_the_wholesaler_and_grants_full() -> None:
    granted = assign(CATALOGUE, sale(**EXTENSION, installer_class=None), date(2026, 11, 1))
    assert granted.policy == "EXT-5"
    assert granted.tiers == (TierPeriod(Tier.FULL, date(2026, 11, 1), date(2031, 11, 1), 1826),)


def test_a_beaten_policy_names_the_winner_the_criterion_and_the_superuser() -> None:
    beaten = policy("OLD", number=9, organisational_units=("South",))
    winner = policy("NEW", number=3, effective_from=date(2026, 11, 1))
    selection = select([beaten, winner], sale(superuser=True))
    assert selection.policy == winner
    assert selection.trace == (
        TraceEntry("NEW", "selected"),
        TraceEntry(
            "OLD",
            "excluded",
            "precedence",
            "NEW comes first: effective from 2026-11-01, this one from no date; organisational unit North,"
            " allowed South: let through, the deciding keyuser is a superuser",
        ),
    )


def test_two_versions_of_a_policy_cannot_be_asked_at_once() -> None:
    with pytest.raises(ValueError, match="two policies carry one number"):
        select([policy(version=1), policy(version=2)], sale())


def test_no_policy_at_all_selects_none() -> None:
    assert assign([], sale(), date(2026, 11, 1)) == Assignment()


def test_where_none_applies_only_the_trace_is_assigned() -> None:
    granted = assign(CATALOGUE, sale(goods=(HEATING,)), date(2026, 11, 1))
    assert granted == Assignment(trace=granted.trace)
    assert [(entry.policy, entry.rule) for entry in granted.trace] == [
        ("STD-1-5", "goods"),
        ("STD-C5", "goods"),
        ("EXT-5", "goods"),
    ]


@settings(deadline=None)
@given(CATALOGUES, SALES, st.randoms(use_true_random=False))
def test_input_order_never_matters(catalogue: tuple[Policy, ...], request: Sale, chance: random.Random) -> None:
    shuffled = list(catalogue)
    chance.shuffle(shuffled)
    assert select(shuffled, request) == select(catalogue, request) == select(iter(shuffled), request)


@settings(deadline=None)
@given(CATALOGUES, SALES)
def test_every_policy_is_in_the_trace_once_by_number(catalogue: tuple[Policy, ...], request: Sale) -> None:
    selection = select(catalogue, request)
    assert [entry.policy for entry in selection.trace] == [one.name for one in catalogue]
    selected = [entry.policy for entry in selection.trace if entry.outcome == "selected"]
    assert selected == ([selection.policy.name] if selection.policy else [])
    assert all(entry.rule and entry.detail for entry in selection.trace if entry.outcome == "excluded")


@settings(deadline=None)
@given(CATALOGUES, SALES)
def test_the_selected_one_is_eligible_alone_and_the_greatest_of_those(
    catalogue: tuple[Policy, ...], request: Sale
) -> None:
    eligible = [one for one in catalogue if select([one], request).policy == one]
    assert select(catalogue, request).policy == max(eligible, key=lambda one: one.precedence, default=None)


@settings(deadline=None)
@given(CATALOGUES, policies(7), SALES)
def test_a_policy_that_does_not_apply_changes_nothing_but_the_trace(
    catalogue: tuple[Policy, ...], stranger: Policy, request: Sale
) -> None:
    assume(select([stranger], request).policy is None)
    before, after = select(catalogue, request), select([*catalogue, stranger], request)
    assert after.policy == before.policy
    assert after.trace[:-1] == before.trace


@settings(deadline=None)
@given(CATALOGUES, SALES, DAYS)
def test_what_is_assigned_is_what_the_selected_policy_grants(
    catalogue: tuple[Policy, ...], request: Sale, start: date
) -> None:
    granted, selected = assign(catalogue, request, start), select(catalogue, request).policy
    assert granted.policy == (selected.name if selected else None)
    assert granted.tiers == (granted_tiers(selected, start, request.kind) if selected else ())
    assert bool(granted.tiers) is (selected is not None)
    if request.kind is Kind.WARRANTY_EXTENSION:
        assert {period.tier for period in granted.tiers} <= {Tier.FULL}


def test_the_version_that_was_applied_is_kept() -> None:
    granted = assign([policy("STD", number=12, version=4)], sale(), date(2026, 11, 1))
    assert (granted.policy, granted.policy_number, granted.policy_version) == ("STD", 12, 4)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2023-03-01", Duration(2, DurationUnit.YEARS), "2025-03-01"),
        ("2024-01-31", Duration(1, DurationUnit.MONTHS), "2024-02-29"),
        ("2024-02-29", Duration(1, DurationUnit.YEARS), "2025-02-28"),
    ],
)
def test_a_warranty_ends_to_the_day(start: str, duration: Duration, end: str) -> None:
    assert warranty_end(date.fromisoformat(start), duration) == date.fromisoformat(end)


def test_two_years_from_march_2023_are_731_days() -> None:
    (period,) = granted_tiers(policy(), date(2023, 3, 1), Kind.COMMISSIONING)
    assert period == TierPeriod(Tier.FULL, date(2023, 3, 1), date(2025, 3, 1), 731)
    assert period.last_covered_day == date(2025, 2, 28)


@settings(deadline=None)
@given(
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.builds(Duration, st.integers(1, 60), st.sampled_from(DurationUnit)),
    st.integers(-3, 3),
)
def test_coverage_is_half_open(start: date, duration: Duration, offset: int) -> None:
    one = policy(tiers=(TierGrant(Tier.FULL, duration),))
    (period,) = granted_tiers(one, start, Kind.COMMISSIONING)
    assert period.end == start + timedelta(days=period.days) == warranty_end(start, duration)
    assert period.covers(start)
    assert period.covers(period.last_covered_day)
    assert not period.covers(period.last_covered_day + timedelta(days=1))
    assert period.covers(start + timedelta(days=offset)) is (0 <= offset < period.days)


def test_an_amended_start_moves_the_ends_and_selects_nothing_anew() -> None:
    granted = assign(CATALOGUE, sale(), date(2026, 11, 1))
    later = moved(granted, date(2024, 2, 29))
    assert later.tiers == (
        TierPeriod(Tier.FULL, date(2024, 2, 29), date(2025, 2, 28), 365),
        TierPeriod(Tier.COMPRESSOR, date(2024, 2, 29), date(2029, 2, 28), 1826),
    )
    assert (later.policy, later.policy_version, later.trace) == ("STD-1-5", 1, granted.trace)
    assert (later.durations, later.responsibilities) == (granted.durations, granted.responsibilities)
    assert moved(later, date(2026, 11, 1)) == granted


def test_nothing_granted_stays_nothing_when_moved() -> None:
    nothing = assign(CATALOGUE, sale(goods=(HEATING,)), date(2026, 11, 1))
    assert moved(nothing, date(2027, 1, 1)) == nothing


@settings(deadline=None)
@given(CATALOGUES, SALES, DAYS)
def test_a_stored_assignment_comes_back_the_same(catalogue: tuple[Policy, ...], request: Sale, start: date) -> None:
    stored = TypeAdapter(Assignment)
    granted = assign(catalogue, request, start)
    assert stored.validate_json(stored.dump_json(granted)) == granted
