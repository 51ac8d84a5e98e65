"""What a unit replacement must fulfil before the desk takes it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import Invalid, KeydeskError
from domain.policies import CoverageReason, Replacement, SalesMethod
from domain.replacements import OldUnit
from domain.replacing import Installed, Known, check, check_fields, concerns, field_errors, swap_of
from domain.requests import CARRIED, Attachment, NewUnit, UnitReplacement, UnitRole
from domain.states import Kind
from domain.submission import Product, Requirement, Upload
from tests.domain.strategies import HEATING, OUTDOOR
from tests.domain.test_replacements import REASONS, START, TWO_YEARS

TODAY = date(2023, 9, 20)
OLD = Installed(
    OldUnit("OLD1", START, "ES-COM-000001", (TWO_YEARS,)),
    UnitRole.OUTDOOR,
    "CU-2Z50TBE",
    "residential",
    "28013",
    "Madrid",
)
KNOWN = Known(
    today=TODAY,
    filed_on=TODAY,
    limit=timedelta(days=30),
    old=OLD,
    replaced=False,
    new_is_known=False,
    product=Product(UnitRole.OUTDOOR, OUTDOOR),
    requirements=(Requirement("invoice", required=True, media_types=("application/pdf",), max_bytes=100),),
    uploads={"1": Upload("application/pdf", 10)},
)
DATA = UnitReplacement(
    country="ES",
    old_serial="OLD1",
    new_unit=NewUnit("CU-2Z50TBE", "NEW1"),
    replaced_on=date(2023, 9, 1),
    coverage_reason=REASONS[0].code,
    documents=(Attachment("invoice", "1"),),
)


def pointers(data: UnitReplacement, known: Known = KNOWN) -> list[str]:
    return [one.pointer for one in field_errors(data, known)]


def codes(data: UnitReplacement, known: Known = KNOWN) -> list[str]:
    return [one.code for one in concerns(data, known)]


def test_what_is_right_passes() -> None:
    check(DATA, KNOWN)
    assert swap_of(DATA).sales_method is SalesMethod.DIRECT_SALE
    assert DATA.claimed_serials == ("OLD1",)
    assert DATA.with_documents(()).documents == ()
    assert CARRIED[Kind.UNIT_REPLACEMENT] is UnitReplacement


@pytest.mark.parametrize(
    ("data", "known", "pointer"),
    [
        ({}, {"old": None}, "/old_serial"),
        ({"replaced_on": TODAY + timedelta(days=1)}, {}, "/replaced_on"),
        ({"replaced_on": START - timedelta(days=1)}, {}, "/replaced_on"),
        ({}, {"product": None}, "/new_unit/product"),
        ({}, {"product": Product(UnitRole.INDOOR, OUTDOOR)}, "/new_unit/product"),
        ({}, {"product": Product(UnitRole.OUTDOOR, HEATING)}, "/new_unit/product"),
        ({"new_unit": NewUnit("CU-2Z50TBE", "N")}, {}, "/new_unit/serial"),
        ({"new_unit": NewUnit("CU-2Z50TBE", "OLD1")}, {}, "/new_unit/serial"),
        ({}, {"serial_pattern": "[0-9]+"}, "/new_unit/serial"),
        ({"documents": (Attachment("invoice", "2"),)}, {}, "/documents/0/document_id"),
    ],
)
def test_what_cannot_be_right_is_refused_whoever_writes_it(
    data: dict[str, Any], known: dict[str, Any], pointer: str
) -> None:
    changed, about = replace(DATA, **data), replace(KNOWN, **known)
    assert pointers(changed, about) == [pointer]
    for rule in (check, check_fields):
        with pytest.raises(Invalid) as refused:
            rule(changed, about)
        assert refused.value.code == "invalid"


@pytest.mark.parametrize("day", [START, TODAY])
def test_the_first_and_the_last_possible_day_pass(day: date) -> None:
    assert pointers(replace(DATA, replaced_on=day)) == []


@pytest.mark.parametrize(
    ("data", "known", "code"),
    [
        ({}, {"replaced": True}, "already_replaced"),
        ({}, {"new_is_known": True}, "duplicate_serial"),
        ({}, {"filed_on": date(2023, 10, 2)}, "registration_late"),
        ({"coverage_reason": ""}, {}, "reason_required"),
        ({"coverage_reason": "rust"}, {}, "reason_not_allowed"),
        ({}, {"old": replace(OLD, unit=replace(OLD.unit, warranties=()))}, "reason_not_allowed"),
        ({"documents": ()}, {}, "document_missing"),
    ],
)
def test_a_requester_is_refused_for_what_a_keyuser_is_warned_of(
    data: dict[str, Any], known: dict[str, Any], code: str
) -> None:
    changed, about = replace(DATA, **data), replace(KNOWN, **known)
    assert codes(changed, about) == [code]
    check_fields(changed, about)
    with pytest.raises(KeydeskError) as refused:
        check(changed, about)
    assert refused.value.code == code


def test_the_last_day_of_the_limit_is_in_time() -> None:
    assert codes(DATA, replace(KNOWN, filed_on=date(2023, 10, 1))) == []


def test_of_an_unknown_unit_no_reason_is_judged() -> None:
    assert codes(DATA, replace(KNOWN, old=None)) == []


def test_a_reason_counts_by_the_version_that_was_granted() -> None:
    """The policy of today may list others: the old unit's warranty keeps the list it came with."""
    only = CoverageReason("only", covered=True, replacement=Replacement.CARRY_OVER)
    old = replace(OLD, unit=replace(OLD.unit, warranties=(replace(TWO_YEARS, reasons=(only,)),)))
    assert codes(replace(DATA, coverage_reason="only"), replace(KNOWN, old=old)) == []
    assert codes(DATA, replace(KNOWN, old=old)) == ["reason_not_allowed"]
