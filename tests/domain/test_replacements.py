"""Every row of the table in §2.5, the date examples to the day, and what holds for any replacement."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.calendar import Duration, DurationUnit
from domain.errors import ReasonNotAllowed, ReasonRequired
from domain.inventory import INSTALLED, StockMove
from domain.periods import TierPeriod, warranty_end
from domain.policies import CoverageReason, Policy, PolicyState, Replacement, SalesMethod, Tier
from domain.replacements import (
    Charge,
    OldUnit,
    Outcome,
    Swap,
    Warranty,
    carried_over,
    carry_over,
    charge_of,
    outcome,
    reason_of,
    redated,
)
from domain.states import Kind
from domain.warranties import assign, granted_tiers
from tests.domain.strategies import grant, policies, policy, sale
from tests.domain.test_inventory import DEFINITION

START = date(2023, 3, 1)
FIRST, SECOND = date(2023, 9, 1), date(2024, 3, 15)
EXPIRED = date(2025, 3, 1)
REASONS = tuple(
    CoverageReason(f"{'yes' if covered else 'no'}-{then}", covered, then)
    for covered in (True, False)
    for then in Replacement
)
NEW = policy("NEW-3", number=9, tiers=(grant(Tier.FULL, 3),), kinds=(Kind.UNIT_REPLACEMENT,))
SALE = sale(kind=Kind.UNIT_REPLACEMENT, wholesaler_gives_warranty=None)


def period(tier: Tier, start: date, years: int) -> TierPeriod:
    end = warranty_end(start, Duration(years, DurationUnit.YEARS))
    return TierPeriod(tier, start, end, (end - start).days)


TWO_YEARS = Warranty(
    "ES-COM-000001", "OLD-2", 4, 3, (period(Tier.FULL, START, 2),), REASONS, responsibilities="Call us first."
)
OLD = OldUnit("OLD1", START, "ES-COM-000001", (TWO_YEARS,))


def swap(
    day: date = FIRST,
    reason: str = "",
    method: SalesMethod = SalesMethod.DIRECT_SALE,
    *,
    returned: bool = False,
) -> Swap:
    return Swap("NEW1", day, reason, method, returned)


def settled(wish: Swap, old: OldUnit = OLD, catalogue: tuple[Policy, ...] = (NEW,)) -> Outcome:
    return outcome(wish, old, DEFINITION, catalogue, replace(SALE, sales_method=wish.sales_method))


@pytest.mark.parametrize(("covered", "charge"), [("yes", Charge.FREE), ("no", Charge.CHARGED)])
class TestUnderWarranty:
    def test_carry_over_keeps_the_old_policy_unchecked(self, covered: str, charge: Charge) -> None:
        got = settled(swap(reason=f"{covered}-carry_over"), catalogue=())
        assert got.charge is charge
        assert (got.assignment.policy, got.assignment.policy_version) == ("OLD-2", 3)
        (tier,) = got.assignment.tiers
        assert (tier.start, tier.end) == (FIRST, date(2025, 3, 1))
        assert (tier.days, tier.used_days, tier.remaining_days, tier.source) == (547, 184, 547, "ES-COM-000001")
        assert got.assignment.responsibilities == "Call us first."

    def test_apply_new_selects_as_in_a_sale(self, covered: str, charge: Charge) -> None:
        got = settled(swap(reason=f"{covered}-apply_new"))
        assert got.charge is charge
        assert got.assignment == assign([NEW], SALE, FIRST)
        assert got.assignment.tiers == (period(Tier.FULL, FIRST, 3),)

    def test_apply_new_may_find_none(self, covered: str, charge: Charge) -> None:
        got = settled(swap(reason=f"{covered}-apply_new"), catalogue=())
        assert got.charge is charge
        assert got.assignment.policy is None

    def test_no_warranty_leaves_none(self, covered: str, charge: Charge) -> None:
        got = settled(swap(reason=f"{covered}-no_warranty"))
        assert got.charge is charge
        assert (got.assignment.policy, got.assignment.tiers) == (None, ())
        assert got.assignment.trace[0].rule == "no_warranty"

    @pytest.mark.parametrize("then", Replacement)
    def test_the_moves_follow_the_coverage(self, covered: str, charge: Charge, then: Replacement) -> None:
        got = settled(swap(reason=f"{covered}-{then}", returned=True))
        places = ("swap-direct", "claim-direct") if charge is Charge.FREE else ("add-direct", "back-direct")
        assert [(move.source, move.target) for move in got.moves] == [
            (places[0], "installed"),
            ("installed", places[1]),
        ]

    @pytest.mark.parametrize("then", Replacement)
    def test_a_rented_unit_goes_by_its_contract(self, covered: str, charge: Charge, then: Replacement) -> None:
        got = settled(swap(reason=f"{covered}-{then}", method=SalesMethod.RENTED))
        assert got.charge is Charge.PER_CONTRACT
        assert (got.assignment.policy, got.assignment.tiers) == (None, ())
        assert got.moves[0].source == ("swap-rented" if charge is Charge.FREE else "add-rented")

    def test_a_reason_is_needed(self, covered: str, charge: Charge) -> None:
        with pytest.raises(ReasonRequired):
            settled(swap())
        with pytest.raises(ReasonNotAllowed):
            settled(swap(reason=f"{covered}-{charge}"))


@pytest.mark.parametrize("old", [OLD, OldUnit("OLD1", START, "ES-COM-000001")], ids=["expired", "none"])
@pytest.mark.parametrize("returned", [True, False])
def test_without_warranty_it_is_charged_and_selected_as_in_a_sale(old: OldUnit, returned: bool) -> None:
    got = settled(swap(EXPIRED, returned=returned), old)
    assert (got.charge, got.covered, got.replacement) == (Charge.CHARGED, False, None)
    assert got.assignment.tiers == (period(Tier.FULL, EXPIRED, 3),)
    assert [move.source for move in got.moves] == ["add-direct", *(["installed"] if returned else [])]


@pytest.mark.parametrize("old", [OLD, OldUnit("OLD1", START, "ES-COM-000001")], ids=["expired", "none"])
def test_without_warranty_no_reason_is_allowed(old: OldUnit) -> None:
    with pytest.raises(ReasonNotAllowed):
        settled(swap(EXPIRED, reason="yes-carry_over"), old)


def test_the_example_of_two_swaps_to_the_day() -> None:
    """2 years from 2023-03-01 (731 days): 547 remain on 2023-09-01, 351 on 2024-03-15, the end stays 2025-03-01."""
    (first,) = settled(swap(FIRST, reason="yes-carry_over")).assignment.tiers
    assert (TWO_YEARS.tiers[0].days, first.remaining_days, first.end) == (731, 547, date(2025, 3, 1))
    heir = OldUnit("NEW1", FIRST, "ES-REP-000001", (replace(TWO_YEARS, request="ES-REP-000001", tiers=(first,)),))
    (second,) = settled(swap(SECOND, reason="yes-carry_over"), heir).assignment.tiers
    assert (second.remaining_days, second.start, second.end) == (351, SECOND, date(2025, 3, 1))


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2024-01-31", Duration(1, DurationUnit.MONTHS), "2024-02-29"),
        ("2024-02-29", Duration(1, DurationUnit.YEARS), "2025-02-28"),
    ],
)
def test_the_end_of_a_clamped_month_is_carried_over_to_the_day(start: str, duration: Duration, end: str) -> None:
    begin = date.fromisoformat(start)
    (one,) = granted_tiers(policy(tiers=(replace(grant(Tier.FULL, 1), duration=duration),)), begin, Kind.COMMISSIONING)
    assert carried_over(one, begin + timedelta(days=10)).end == date.fromisoformat(end)


def test_only_live_tiers_are_carried_over_each_with_its_own_arithmetic() -> None:
    both = replace(TWO_YEARS, tiers=(period(Tier.FULL, START, 1), period(Tier.COMPRESSOR, START, 5)))
    (left,) = carry_over(OldUnit("OLD1", START, "ES-COM-000001", (both,)), SECOND).tiers
    assert (left.tier, left.used_days, left.remaining_days) == (Tier.COMPRESSOR, 380, 1447)
    assert left.end == date(2028, 3, 1)


def test_of_several_warranties_all_live_tiers_are_carried_over_and_the_longest_speaks() -> None:
    extension = Warranty("ES-EXT-000001", "EXT-5", 3, 1, (period(Tier.FULL, START, 5),), REASONS[:1])
    sold = replace(TWO_YEARS, tiers=(period(Tier.FULL, START, 1), period(Tier.COMPRESSOR, START, 5)))
    old = OldUnit("OLD1", START, "ES-COM-000001", (sold, extension))
    assert old.covering(FIRST) == extension
    assert old.covering(date(2028, 3, 1)) is None
    carried = carry_over(old, FIRST)
    assert [(one.source, one.tier) for one in carried.tiers] == [
        ("ES-COM-000001", Tier.FULL),
        ("ES-COM-000001", Tier.COMPRESSOR),
        ("ES-EXT-000001", Tier.FULL),
    ]
    assert carried.policy == "EXT-5"
    with pytest.raises(ReasonNotAllowed):
        reason_of(swap(reason=REASONS[1].code), old)


def test_nothing_is_carried_over_from_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to carry over"):
        carry_over(OLD, EXPIRED)


def test_an_indoor_unit_alone_gets_full_tiers_only() -> None:
    both = policy("BOTH", tiers=(grant(Tier.FULL, 1), grant(Tier.COMPRESSOR, 5)), kinds=(Kind.UNIT_REPLACEMENT,))
    parts = policy("PARTS", number=2, tiers=(grant(Tier.COMPRESSOR, 5),), kinds=(Kind.UNIT_REPLACEMENT,))
    granted = assign([both, parts], replace(SALE, indoor=True), FIRST)
    assert [one.tier for one in granted.tiers] == [Tier.FULL]
    assert [(one.policy, one.rule) for one in granted.trace] == [("BOTH", None), ("PARTS", "tiers")]


class TestAnotherDay:
    """An amend: nothing is selected anew."""

    def test_what_was_carried_over_keeps_its_end(self) -> None:
        granted = settled(swap(reason="yes-carry_over"))
        later = redated(granted, OLD, date(2023, 9, 11))
        (tier,) = later.assignment.tiers
        assert (tier.start, tier.end, tier.remaining_days) == (date(2023, 9, 11), date(2025, 3, 1), 537)
        assert (later.charge, later.moves) == (granted.charge, granted.moves)
        assert redated(later, OLD, FIRST) == granted

    def test_what_was_new_moves_with_the_frozen_durations(self) -> None:
        granted = settled(swap(reason="yes-apply_new"))
        assert redated(granted, OLD, SECOND).assignment.tiers == (period(Tier.FULL, SECOND, 3),)

    @pytest.mark.parametrize("day", [EXPIRED, START - timedelta(days=1)])
    def test_a_day_that_the_old_warranty_does_not_cover_is_refused(self, day: date) -> None:
        with pytest.raises(ReasonNotAllowed):
            redated(settled(swap(reason="yes-carry_over")), OLD, day)

    def test_a_day_on_which_other_tiers_lived_is_refused(self) -> None:
        both = replace(TWO_YEARS, tiers=(period(Tier.FULL, START, 1), period(Tier.COMPRESSOR, START, 5)))
        old = OldUnit("OLD1", START, "ES-COM-000001", (both,))
        with pytest.raises(ReasonNotAllowed):
            redated(settled(swap(reason="yes-carry_over"), old), old, SECOND)


def test_a_corrected_serial_is_no_other_move() -> None:
    granted = settled(swap(reason="yes-carry_over"))
    corrected = granted.renamed("NEW2")
    assert [move.serial for move in corrected.moves] == ["NEW2", "OLD1"]
    assert corrected.renamed("NEW1") == granted


def test_a_stored_outcome_comes_back_the_same() -> None:
    stored = TypeAdapter(Outcome)
    for one in REASONS:
        got = settled(swap(reason=one.code))
        assert stored.validate_json(stored.dump_json(got)) == got


CATALOGUES = st.integers(0, 2).flatmap(lambda size: st.tuples(*[policies(n) for n in range(1, size + 1)]))
CODES = st.sampled_from([one.code for one in REASONS])
METHODS = st.sampled_from(SalesMethod)
# Policies are costly to draw, and the engine itself has tests of its own.
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PERIODS = st.builds(
    lambda tier, start, days: TierPeriod(tier, start, start + timedelta(days=days), days),
    st.sampled_from(Tier),
    st.dates(date(2020, 1, 1), date(2024, 1, 1)),
    st.integers(1, 4000),
)


@FEW
@given(CATALOGUES, CODES, METHODS, st.randoms(use_true_random=False))
def test_the_order_of_policies_never_matters(
    catalogue: tuple[Policy, ...], code: str, method: SalesMethod, chance: random.Random
) -> None:
    shuffled = list(catalogue)
    chance.shuffle(shuffled)
    wish = swap(reason=code, method=method)
    assert settled(wish, catalogue=catalogue) == settled(wish, catalogue=tuple(shuffled))


@FEW
@given(CATALOGUES, policies(7), CODES)
def test_an_ineligible_policy_changes_nothing_but_the_trace(
    catalogue: tuple[Policy, ...], stranger: Policy, code: str
) -> None:
    assume(assign([stranger], SALE, FIRST).policy is None)
    before, after = (
        settled(swap(reason=code), catalogue=catalogue),
        settled(swap(reason=code), catalogue=(*catalogue, stranger)),
    )
    assert replace(before, assignment=replace(before.assignment, trace=())) == replace(
        after, assignment=replace(after.assignment, trace=())
    )


@FEW
@given(PERIODS, st.lists(st.integers(0, 2000), min_size=1, max_size=8))
def test_carry_over_keeps_the_end_along_any_chain(first: TierPeriod, steps: list[int]) -> None:
    one = first
    for step in steps:
        day = one.start + timedelta(days=step)
        if not one.covers(day):
            break
        before, one = one, carried_over(one, day)
        assert one.used_days is not None
        assert one.remaining_days == one.days
        assert one.used_days + one.days == before.days
        assert one.end == first.end


@FEW
@given(PERIODS, st.integers(0, 8000))
def test_nothing_remains_of_what_is_over(one: TierPeriod, step: int) -> None:
    left = carried_over(one, one.start + timedelta(days=step))
    assert left.remaining_days == max(0, one.days - step)
    assert bool(left.remaining_days) is one.covers(left.start)


@FEW
@given(CATALOGUES, CODES, METHODS, st.booleans(), st.sampled_from([FIRST, SECOND]))
def test_the_charge_depends_on_coverage_and_reason_alone(
    catalogue: tuple[Policy, ...], code: str, method: SalesMethod, returned: bool, day: date
) -> None:
    got = settled(swap(day, code, method, returned=returned), catalogue=catalogue)
    assert got.charge is charge_of(method, covered=code.startswith("yes"))
    assert got.covered is code.startswith("yes")


@FEW
@given(CATALOGUES, CODES, METHODS)
def test_remaining_days_come_from_a_carry_over_alone(
    catalogue: tuple[Policy, ...], code: str, method: SalesMethod
) -> None:
    got = settled(swap(reason=code, method=method), catalogue=catalogue)
    carried = code.endswith("carry_over") and method is not SalesMethod.RENTED
    assert all((one.remaining_days is not None) is carried for one in got.assignment.tiers)
    assert bool(got.assignment.tiers) or not carried


@FEW
@given(CATALOGUES, CATALOGUES, CODES)
def test_later_configuration_changes_nothing_that_was_carried_over(
    then: tuple[Policy, ...], now: tuple[Policy, ...], code: str
) -> None:
    """The old unit's warranty is a snapshot with its reasons: no policy is asked for it any more."""
    assume(not code.endswith("apply_new"))
    toggled = tuple(replace(one, state=PolicyState.NOT_EFFECTIVE) for one in then)
    assert settled(swap(reason=code), catalogue=then) == settled(swap(reason=code), catalogue=toggled)
    assert settled(swap(reason=code), catalogue=then) == settled(swap(reason=code), catalogue=now)


@FEW
@given(st.lists(st.tuples(CODES, METHODS, st.booleans()), min_size=1, max_size=6), st.integers(0, 6))
def test_every_serial_is_in_exactly_one_place(chain: list[tuple[str, SalesMethod, bool]], undone: int) -> None:
    """Along a chain, and while it is taken apart from its end: a unit leaves the place where it is, or comes new."""
    places = {"U0": INSTALLED}
    made = []
    for n, (code, method, returned) in enumerate(chain):
        old = OldUnit(f"U{n}", START, "ES-COM-000001", (TWO_YEARS,))
        wish = Swap(f"U{n + 1}", FIRST, code, method, returned)
        made.append(settled(wish, old).moves)
        places.update(applied(places, made[-1]))
        assert places[f"U{n + 1}"] == INSTALLED
        assert (places[f"U{n}"] == INSTALLED) is (not returned and not code.startswith("yes"))
    for moves in made[::-1][:undone]:
        places.update(applied(places, tuple(move.undone() for move in moves[::-1])))
    left = max(0, len(chain) - undone)
    assert places[f"U{left}"] == INSTALLED
    assert all(place != INSTALLED for serial, place in places.items() if int(serial[1:]) > left)


def applied(places: dict[str, str], moves: tuple[StockMove, ...]) -> dict[str, str]:
    """Where the units are afterwards."""
    assert all(places.get(move.serial, move.source) == move.source for move in moves)
    return {move.serial: move.target for move in moves}
