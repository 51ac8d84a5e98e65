"""Where the keyuser chooses the warranty, and what extra years add to one (`domain.md` §2.2, §2.3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import Duration, DurationUnit
from domain.choosing import assign_chosen, extended, live
from domain.periods import TierPeriod
from domain.policies import PolicyState, Tag, Tier, TierGrant
from domain.states import Kind
from domain.warranties import Assignment, moved
from tests.domain.strategies import CATALOGUES, SALES, grant, policy, sale

START = date(2026, 11, 1)
EUW = (Kind.END_USER_WARRANTY,)
STD = policy("STD", number=1)
EU_2 = policy("EU-2", number=2, tag=Tag.END_USER, kinds=EUW)
EU_5 = policy("EU-5", number=3, tag=Tag.END_USER, kinds=EUW, tiers=(grant(Tier.COMPRESSOR, 5), grant(Tier.FULL, 5)))
EU_OFF = policy("EU-OFF", number=4, tag=Tag.END_USER, kinds=EUW, state=PolicyState.NOT_EFFECTIVE)
ALL = (EU_OFF, EU_5, STD, EU_2)
SALE = sale(kind=Kind.END_USER_WARRANTY, wholesaler_gives_warranty=None)


def chosen(name: str | None) -> Assignment:
    return assign_chosen(ALL, SALE, START, tag=Tag.END_USER, chosen=name)


def test_the_chosen_policy_is_granted() -> None:
    granted = chosen("EU-5")
    assert (granted.policy, granted.policy_number, granted.policy_version) == ("EU-5", 3, 1)
    assert granted.durations == (grant(Tier.FULL, 5), grant(Tier.COMPRESSOR, 5))
    assert [period.end for period in granted.tiers] == [date(2031, 11, 1)] * 2


@pytest.mark.parametrize("name", [None, "EU-OFF", "STD", "unheard of"])
def test_nothing_is_granted_for_a_choice_that_does_not_fit(name: str | None) -> None:
    assert chosen(name).policy is None
    assert chosen(name).tiers == ()


def test_the_trace_says_of_each_policy_why_not_or_that_it_can_be_chosen() -> None:
    trace = [(one.policy, one.outcome, one.rule, one.detail) for one in chosen("EU-5").trace]
    assert trace == [
        ("STD", "excluded", "tag", "tagged standard, needed end_user"),
        ("EU-2", "excluded", "chosen", "can be chosen as warranty type"),
        ("EU-5", "selected", None, None),
        ("EU-OFF", "excluded", "state", "policy is not_effective"),
    ]


@settings(deadline=None)
@given(CATALOGUES, SALES, st.sampled_from(Tag), st.none() | st.sampled_from(["P1", "P2", "P3"]))
def test_only_the_chosen_is_ever_granted_and_every_policy_is_traced(
    policies: tuple[object, ...], sold: object, tag: Tag, name: str | None
) -> None:
    granted = assign_chosen(policies, sold, START, tag=tag, chosen=name)  # type: ignore[arg-type]
    assert granted.policy in {None, name}
    assert len(granted.trace) == len(policies)
    assert [one.policy for one in granted.trace if one.outcome == "selected"] == (
        [] if granted.policy is None else [granted.policy]
    )


def of(**years: int) -> tuple[TierGrant, ...]:
    return tuple(grant(Tier(name), count) for name, count in years.items())


BASE = moved(Assignment("EU", 1, 1, durations=of(full=5, compressor=7)), START)


def test_extra_years_begin_where_the_warranty_ends() -> None:
    full, compressor = extended(BASE, of(full=2))
    assert full == TierPeriod(Tier.FULL, START, date(2033, 11, 1), 2557)
    assert compressor == BASE.tiers[1], "a tier that the extra years do not name keeps its own"


def test_extra_years_for_a_tier_that_the_warranty_does_not_have_add_nothing() -> None:
    base = moved(Assignment("EU", 1, 1, durations=of(full=5)), START)
    assert extended(base, of(compressor=2)) == base.tiers


def test_month_ends_clamp_twice() -> None:
    """29 February + 1 year = 28 February; + 3 years stays there."""
    leap = moved(Assignment("EU", 1, 1, durations=of(full=1)), date(2024, 2, 29))
    assert extended(leap, of(full=3))[0].end == date(2028, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 600), st.integers(1, 600))
def test_extra_days_prolong_by_just_as_many(start: date, days: int, more: int) -> None:
    base = moved(Assignment(durations=(TierGrant(Tier.FULL, Duration(days, DurationUnit.DAYS)),)), start)
    (longer,) = extended(base, (TierGrant(Tier.FULL, Duration(more, DurationUnit.DAYS)),))
    assert (longer.start, longer.end, longer.days) == (start, start + timedelta(days + more), days + more)


@pytest.mark.parametrize(
    ("day", "alive"),
    [
        (date(2026, 10, 31), False),
        (START, True),
        (date(2031, 11, 1), True),
        (date(2033, 10, 31), True),
        (date(2033, 11, 1), False),
    ],
)
def test_a_warranty_lives_while_any_tier_covers_the_day(day: date, alive: bool) -> None:
    assert live(BASE, day) is alive


def test_no_warranty_is_never_alive() -> None:
    assert not live(Assignment(), START)
