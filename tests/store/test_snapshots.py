"""What the domain decided, as JSON in the database: it comes back the same, in every later release."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from activities.rendering.face import CardFace, CardTier, CardUnit
from domain.calendar import Duration, DurationUnit
from domain.clocks import Patience
from domain.messages import Booked
from domain.periods import TierPeriod
from domain.policies import (
    CoverageReason,
    GoodsRow,
    InstallerClass,
    Policy,
    PolicyState,
    Replacement,
    Scheme,
    Tag,
    Tier,
    TierGrant,
)
from domain.requests import Commissioning
from domain.states import Kind, State
from domain.warranties import Assignment, TraceEntry
from store.snapshots import from_json, to_json
from tests.domain.strategies import policies
from tests.domain.submissions import REQUESTS, commissioning

FIVE_YEARS = TierGrant(Tier.COMPRESSOR, Duration(5, DurationUnit.YEARS))
WEEK = timedelta(days=7)

POLICY = Policy(
    number=1,
    name="STD-1-5",
    alternative_code="ES-1",
    description="1 year full + 5 years compressor",
    state=PolicyState.EFFECTIVE,
    tag=Tag.STANDARD,
    tiers=(FIVE_YEARS,),
    goods=(GoodsRow(line_up="residential"), GoodsRow(product="WH-UD05HE5")),
    created_at=datetime(2026, 1, 1, 12, 30, tzinfo=UTC),
    version=3,
    effective_from=date(2026, 1, 1),
    effective_to=date(2027, 1, 1),
    kinds=(Kind.UNIT_REPLACEMENT, Kind.COMMISSIONING),
    organisational_units=("South", "North"),
    installer_classes=(InstallerClass.ACCREDITED,),
    schemes=(Scheme.AH1, Scheme.AC1),
    wholesaler_gives_warranty=False,
    registered_within_days=30,
    responsibilities="Parts und Löhne.\n\nNext paragraph.",
    coverage_reasons=(CoverageReason("misuse", covered=False, replacement=Replacement.NO_WARRANTY),),
)
ASSIGNMENT = Assignment(
    policy="STD-1-5",
    policy_number=1,
    policy_version=3,
    durations=(FIVE_YEARS,),
    tiers=(TierPeriod(Tier.COMPRESSOR, date(2026, 11, 1), date(2031, 11, 1), 1826),),
    trace=(TraceEntry("STD-1-5", "selected"), TraceEntry("EXT-5", "excluded", "kind", "request is commissioning")),
    responsibilities="Parts.",
)
FACE = CardFace(
    number="ES-ABCD2345",
    version=2,
    kind="commissioning",
    country="ES",
    country_name="España",
    units=(CardUnit("outdoor", "CU-2Z50TBE", "44810001A"),),
    tiers=(CardTier("full", "1 year", date(2026, 11, 1), date(2027, 10, 31)),),
    installer="ABC",
    postcode="28013",
    city="Madrid",
    commissioned_on=date(2026, 11, 1),
    text="…",
    responsibilities="",
    verify_url="https://desk.example/verify/x",
    issued_on=date(2026, 11, 4),
    extension=True,
    supersedes=1,
)
BOOKED = Booked(State.ACCEPTED, 2, card=True, emails=(1, 2), patience=Patience(WEEK, WEEK, WEEK, WEEK))
STORED: list[Any] = [POLICY, ASSIGNMENT, Assignment(), commissioning(), FACE, BOOKED]

stored = pytest.mark.parametrize("value", STORED, ids=lambda value: type(value).__name__)


def through_the_database(document: dict[str, Any]) -> dict[str, Any]:
    """As JSONB gives it back: keys in another order, nothing but JSON."""
    found: dict[str, Any] = json.loads(json.dumps(document, sort_keys=True))
    return found


@stored
def test_a_snapshot_comes_back_the_same(value: Any) -> None:
    assert from_json(type(value), through_the_database(to_json(value))) == value


@stored
def test_equal_values_have_equal_json(value: Any) -> None:
    document = to_json(value)
    assert json.dumps(document) == json.dumps(to_json(replace(value))), "whoever compares JSON compares values"
    assert to_json(from_json(type(value), through_the_database(document))) == document


@stored
def test_what_a_newer_release_added_is_ignored(value: Any) -> None:
    document = to_json(value) | {"added_later": {"by": "a newer release"}}
    assert from_json(type(value), document) == value


def test_a_nested_newcomer_is_ignored_too() -> None:
    document = to_json(ASSIGNMENT)
    for entry in (*document["tiers"], *document["trace"], *document["durations"]):
        entry["added_later"] = 1
    assert from_json(Assignment, document) == ASSIGNMENT


def test_what_an_older_release_did_not_know_gets_its_default() -> None:
    assert from_json(Booked, {"state": "submitted", "version": 1}) == Booked(State.SUBMITTED, 1)
    assert from_json(Assignment, {"policy": None}) == Assignment()


def test_the_json_is_readable() -> None:
    document = to_json(commissioning())
    assert document["commissioned_on"] == "2026-11-01"
    assert document["units"][0] == {"role": "outdoor", "product": "CU-2Z50TBE", "serial": "44810001A"}
    assert document["sales_method"] == "direct_sale"
    assert to_json(POLICY)["created_at"] == "2026-01-01T12:30:00Z"
    assert to_json(POLICY)["kinds"] == ["commissioning", "unit-replacement"], "sets are sorted"


@pytest.mark.parametrize("document", [{}, {"state": "no such state", "version": 1}, {"state": "denied"}])
def test_a_snapshot_that_is_none_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        from_json(Booked, document)


@settings(deadline=None, max_examples=30)
@given(policies(1))
def test_any_policy_comes_back_the_same(policy: Policy) -> None:
    assert from_json(Policy, through_the_database(to_json(policy))) == policy


@settings(deadline=None, max_examples=40)
@given(REQUESTS, st.text(max_size=20))
def test_any_request_comes_back_the_same(request: Commissioning, remarks: str) -> None:
    request = replace(request, remarks=remarks)
    assert from_json(Commissioning, through_the_database(to_json(request))) == request
