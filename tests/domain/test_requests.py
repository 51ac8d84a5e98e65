"""What a commissioning request carries."""

from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest

from domain.policies import SalesMethod
from domain.requests import Attachment, Commissioning, EndUser, Unit, UnitRole
from tests.domain.submissions import commissioning

OUTDOOR, INDOOR = UnitRole.OUTDOOR, UnitRole.INDOOR


def test_outdoor_serials_are_sorted_and_named_once() -> None:
    units = (
        Unit(OUTDOOR, "CU", "B2000"),
        Unit(INDOOR, "CS", "A0000"),
        Unit(OUTDOOR, "CU", "A1000"),
        Unit(OUTDOOR, "CU", "B2000"),
    )
    assert commissioning(units=units).outdoor_serials == ("A1000", "B2000")


def test_indoor_units_alone_claim_nothing() -> None:
    assert commissioning(units=(Unit(INDOOR, "CS", "A0000"),)).outdoor_serials == ()


def test_other_documents_change_nothing_else() -> None:
    before, invoice = commissioning(), Attachment("invoice", "b")
    after = before.with_documents((invoice,))
    assert after.documents == (invoice,)
    assert after.with_documents(before.documents) == before == replace(after, documents=before.documents)


def test_what_nobody_says_is_a_plain_direct_sale() -> None:
    plain = Commissioning("ES", "DEF", "residential", date(2026, 11, 1), EndUser("L", "C", "28013", "M"), ())
    assert (plain.documents, plain.sales_method, plain.remarks) == ((), SalesMethod.DIRECT_SALE, "")
    assert (plain.end_user.email, plain.end_user.phone) == ("", "")


def test_a_request_is_not_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        commissioning().remarks = "changed"  # type: ignore[misc]


def test_roles_are_stored_by_these_names() -> None:
    assert [str(role) for role in UnitRole] == ["outdoor", "indoor"]
