"""What a commissioning request carries."""

from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest

from domain.policies import SalesMethod, Tag
from domain.pools import Pool
from domain.requests import (
    CARRIED,
    Attachment,
    Carried,
    Commissioning,
    EndUser,
    EndUserWarranty,
    ExtraYears,
    Line,
    Points,
    Unit,
    UnitRole,
    WarrantyExtension,
    WarrantyRequest,
)
from domain.states import Kind
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
    plain = Commissioning("ES", "residential", date(2026, 11, 1), EndUser("L", "C", "28013", "M"), ())
    assert (plain.documents, plain.sales_method, plain.remarks) == ((), SalesMethod.DIRECT_SALE, "")
    assert plain.wholesaler == ""
    assert (plain.end_user.email, plain.end_user.phone) == ("", "")


def test_a_request_is_not_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        commissioning().remarks = "changed"  # type: ignore[misc]


def test_roles_are_stored_by_these_names() -> None:
    assert [str(role) for role in UnitRole] == ["outdoor", "indoor"]


@pytest.mark.parametrize(
    ("carried", "kind", "pool", "asks", "chosen_by"),
    [
        (Commissioning, Kind.COMMISSIONING, Pool.CARD, True, None),
        (WarrantyExtension, Kind.WARRANTY_EXTENSION, Pool.EXTENSION, False, None),
        (EndUserWarranty, Kind.END_USER_WARRANTY, Pool.CARD, False, Tag.END_USER),
        (ExtraYears, Kind.EXTRA_YEARS, Pool.CARD, False, Tag.EXTRA_END_USER),
    ],
)
def test_each_kind_says_what_is_its_own(
    carried: type[WarrantyRequest], kind: Kind, pool: Pool, asks: bool, chosen_by: Tag | None
) -> None:
    assert (carried.kind, carried.pool, carried.asks_wholesaler, carried.chosen_by) == (kind, pool, asks, chosen_by)
    assert CARRIED[kind] is carried


def test_a_request_of_which_nothing_is_known_has_neither_documents_nor_serials() -> None:
    bare = Carried("ES")
    assert (bare.documents, bare.claimed_serials) == ((), ())
    assert bare.with_documents((Attachment("invoice", "b"),)) is bare


def test_the_documents_of_a_claim_are_those_of_its_lines_each_once() -> None:
    bill, photo = Attachment("invoice", "b"), Attachment("photo", "p")
    lines = (Line("CS", 1, {}, (bill, photo)), Line("CU", 2, {}, (bill,)), Line("CU", 1))
    claim = Points(country="ES", campaign="SPRING", lines=lines)
    assert claim.documents == (bill, photo)
    assert claim.with_documents(()) == claim, "they hang on the lines"
    assert CARRIED[Kind.POINTS] is Points


def test_a_warranty_claims_the_serials_of_its_outdoor_units() -> None:
    assert commissioning().claimed_serials == commissioning().outdoor_serials != ()
