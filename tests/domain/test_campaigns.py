"""Audience, coupon and push periods of a campaign (`domain.md` §2.4)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.campaigns import Audience, PushPeriod, period_of
from tests.domain.claims import campaign

PERIOD = PushPeriod("CS", date(2026, 5, 1), date(2026, 5, 31), 3)


@pytest.mark.parametrize(
    ("audience", "login", "company", "admitted"),
    [
        (Audience(), "ana", None, True),
        (Audience(logins=("ana",)), "ana", None, True),
        (Audience(logins=("ana",)), "leo", "ABC", False),
        (Audience(companies=("ABC",)), "leo", "ABC", True),
        (Audience(companies=("ABC",)), "ana", None, False),
        (Audience(("ana",), ("ABC",)), "leo", "ABC", True),
        (Audience(company_classes=("standard",)), "leo", "ABC", True),
        (Audience(company_classes=("standard",)), "ana", None, False),
        (Audience(company_classes=("accredited",)), "leo", "ABC", False),
    ],
)
def test_nobody_named_means_every_participant(
    audience: Audience, login: str, company: str | None, admitted: bool
) -> None:
    assert audience.admits(login, company, "standard" if company else None) is admitted


@pytest.mark.parametrize(
    ("asked", "given_", "taken"),
    [("Sol-26", "Sol-26", True), ("Sol-26", " sol-26 ", True), ("Sol-26", "", False), ("", "whatever", True)],
)
def test_the_coupon_is_the_code_however_it_is_written(asked: str, given_: str, taken: bool) -> None:
    assert campaign(coupon=asked).takes(given_) is taken


def test_both_ends_of_a_push_period_count() -> None:
    days = [PERIOD.first_day - timedelta(1), PERIOD.first_day, PERIOD.last_day, PERIOD.last_day + timedelta(1)]
    assert [PERIOD.contains(day) for day in days] == [False, True, True, False]
    assert [period_of([PERIOD], "CS", day) is PERIOD for day in days] == [False, True, True, False]
    assert period_of([PERIOD], "CU", PERIOD.first_day) is None


DAYS = st.dates(date(2026, 4, 1), date(2026, 6, 30))


@settings(deadline=None)
@given(st.tuples(DAYS, DAYS).map(sorted))
def test_periods_overlap_exactly_if_a_day_lies_in_both(days: list[date]) -> None:
    other = PushPeriod("CS", days[0], days[1], 2)
    shared = any(PERIOD.contains(days[0] + timedelta(n)) for n in range((days[1] - days[0]).days + 1))
    assert PERIOD.overlaps(other) is other.overlaps(PERIOD) is shared
    assert not PERIOD.overlaps(replace(other, product="CU"))
