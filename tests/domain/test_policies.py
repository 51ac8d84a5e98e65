"""Policies as they are configured and stored."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter, ValidationError

from domain.policies import (
    CoverageReason,
    GoodsRow,
    InstallerClass,
    Policy,
    Replacement,
    Scheme,
    Tier,
)
from domain.states import Kind
from tests.domain.strategies import grant, policies, policy

STORED = TypeAdapter(Policy)


def test_a_row_of_goods_names_something() -> None:
    with pytest.raises(ValueError, match="names a product, brand, type, family or line-up"):
        GoodsRow()


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_row_of_goods_names_nothing_blank(blank: str) -> None:
    with pytest.raises(ValueError, match="names nothing blank"):
        GoodsRow(product="CU-2Z50TBE", brand=blank)


def test_a_tier_stands_in_a_policy_once() -> None:
    with pytest.raises(ValueError, match="tier full stands in the policy twice"):
        policy(tiers=(grant(Tier.FULL, 1), grant(Tier.FULL, 2)))


def test_a_coverage_reason_stands_in_a_policy_once() -> None:
    reason = CoverageReason("misuse", covered=False, replacement=Replacement.NO_WARRANTY)
    with pytest.raises(ValueError, match="coverage reason misuse stands in the policy twice"):
        policy(coverage_reasons=(reason, reason))


def test_the_moment_of_creation_has_a_time_zone() -> None:
    with pytest.raises(ValueError, match="created_at has no time zone"):
        policy(created_at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_moment_of_creation_is_kept_in_utc() -> None:
    made = policy(created_at=datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))))
    assert made.created_at.isoformat() == "2026-01-01T00:00:00+00:00"


def test_of_two_made_in_the_hour_that_comes_twice_the_later_one_comes_first() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    earlier = policy("EARLIER", created_at=datetime(2026, 10, 25, 2, 45, tzinfo=madrid, fold=0))
    later = policy("LATER", created_at=datetime(2026, 10, 25, 2, 15, tzinfo=madrid, fold=1))
    assert later.precedence > earlier.precedence


@pytest.mark.parametrize(
    ("field", "given_as", "kept_as"),
    [
        (
            "kinds",
            [Kind.WARRANTY_EXTENSION, Kind.COMMISSIONING],
            (Kind.COMMISSIONING, Kind.WARRANTY_EXTENSION),
        ),
        ("organisational_units", {"South", "North"}, ("North", "South")),
        (
            "installer_classes",
            (InstallerClass.STANDARD, InstallerClass.ACCREDITED, InstallerClass.STANDARD),
            (InstallerClass.ACCREDITED, InstallerClass.STANDARD),
        ),
        ("schemes", frozenset({Scheme.AH1, Scheme.AC1}), (Scheme.AC1, Scheme.AH1)),
    ],
)
def test_what_is_a_set_is_kept_sorted_and_once(field: str, given_as: Any, kept_as: tuple[str, ...]) -> None:
    assert getattr(policy(**{field: given_as}), field) == kept_as


@pytest.mark.parametrize(
    ("kind", "tiers"),
    [
        (Kind.COMMISSIONING, (Tier.FULL, Tier.COMPRESSOR)),
        (Kind.END_USER_WARRANTY, (Tier.FULL, Tier.COMPRESSOR)),
        (Kind.WARRANTY_EXTENSION, (Tier.FULL,)),
    ],
)
def test_an_extension_gets_full_tiers_only_and_full_comes_first(kind: Kind, tiers: tuple[Tier, ...]) -> None:
    both = policy(tiers=(grant(Tier.COMPRESSOR, 5), grant(Tier.FULL, 1)))
    assert tuple(one.tier for one in both.granted_to(kind)) == tiers


JANUARY, MARCH = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("winner", "loser", "why"),
    [
        (
            {"effective_from": date(2020, 1, 1), "created_at": JANUARY, "number": 1},
            {"effective_from": None, "created_at": MARCH, "number": 2},
            "W comes first: effective from 2020-01-01, this one from no date",
        ),
        (
            {"effective_from": date(2026, 3, 1), "created_at": JANUARY, "number": 1},
            {"effective_from": date(2026, 1, 1), "created_at": MARCH, "number": 2},
            "W comes first: effective from 2026-03-01, this one from 2026-01-01",
        ),
        (
            {"created_at": MARCH, "number": 1},
            {"created_at": JANUARY, "number": 2},
            "W comes first: created 2026-03-01T00:00:00+00:00, this one 2026-01-01T00:00:00+00:00",
        ),
        ({"number": 10}, {"number": 9}, "W comes first: number 10, this one 9"),
    ],
)
def test_each_step_of_precedence_outranks_all_that_follow(
    winner: dict[str, Any], loser: dict[str, Any], why: str
) -> None:
    first, second = policy("W", **winner), policy("L", **loser)
    assert first.precedence > second.precedence
    assert second.beaten_by(first) == why


def test_dated_goes_before_undated_even_from_the_first_date() -> None:
    assert policy(effective_from=date.min).precedence > policy(effective_from=None, number=2).precedence


@settings(deadline=None)
@given(policies(1))
def test_a_stored_policy_comes_back_the_same_and_is_stored_the_same(made: Policy) -> None:
    stored = STORED.dump_json(made)
    back = STORED.validate_json(stored)
    assert back == made
    assert STORED.dump_json(back) == stored


def test_a_stored_policy_that_breaks_a_rule_is_refused() -> None:
    facts = STORED.dump_python(policy(), mode="json") | {"goods": [{}]}
    with pytest.raises(ValidationError, match="a row of allowed goods names"):
        STORED.validate_python(facts)
