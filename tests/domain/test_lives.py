"""The timeline of a unit: what happened, and what is to come."""

from datetime import date

import pytest

from domain.lives import Grant, Happening, Moment, closing, timeline
from domain.periods import TierPeriod
from domain.policies import Tier

START, END = date(2026, 11, 1), date(2027, 11, 1)
FULL = TierPeriod(Tier.FULL, START, END, 365)
PARTS = TierPeriod(Tier.COMPRESSOR, START, date(2031, 11, 1), 1826)


def grant(period: TierPeriod, closed_on: date | None = None) -> Grant:
    return Grant("ES-COM-000001", "STD-1-5", 1, period, closed_on)


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2026, 10, 31), "coming"), (START, "live"), (date(2027, 10, 31), "live"), (END, "over")],
)
def test_a_tier_comes_lives_and_is_over(day: date, state: str) -> None:
    assert grant(FULL).state(day) == state
    assert grant(FULL, closed_on=date(2026, 12, 1)).state(day) == "replaced"


def test_a_replacement_closes_what_was_not_over_by_then() -> None:
    assert closing(FULL, None) is None
    assert closing(FULL, date(2027, 10, 31)) == date(2027, 10, 31)
    assert closing(FULL, END) is None


def test_what_was_cut_short_has_no_end_of_its_own() -> None:
    day = date(2028, 1, 1)
    installed = Moment(START, Happening.INSTALLED, "ES-COM-000001")
    replaced = Moment(day, Happening.REPLACED, "ES-REP-000001", other="NEW1")
    assert timeline(installed, [grant(PARTS, day), grant(FULL)], replaced) == (
        installed,
        Moment(START, Happening.WARRANTY_STARTS, "ES-COM-000001", Tier.COMPRESSOR),
        Moment(START, Happening.WARRANTY_STARTS, "ES-COM-000001", Tier.FULL),
        Moment(END, Happening.WARRANTY_ENDS, "ES-COM-000001", Tier.FULL),
        replaced,
    )


def test_a_unit_that_nobody_installed_has_no_life_yet() -> None:
    assert timeline(None, [], None) == ()
