"""What a points request must fulfil before the desk takes it (`domain.md` §2.4)."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.claiming import check, check_fields, concerns, field_errors
from domain.errors import CodeInvalid, DocumentMissing, Invalid, KeydeskError, RegistrationLate
from domain.requests import Attachment, Line, Points
from tests.domain.claims import BILL, SECOND, THIRD, campaign, claim, known

PRODUCT = "CS-Z25TKEW"
BARE = Line("BARE", 1, {"site": "Madrid"})


def test_nothing_is_wrong_with_a_good_claim() -> None:
    good = claim(Line(PRODUCT, 2, {}, (BILL,)), BARE)
    check(good, known())
    assert (field_errors(good, known()), concerns(good, known())) == ((), ())


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        (Line("CU", 1), "/lines/1/product"),
        (Line("BARE", 1, {"site": "Madrid", "colour": "red"}), "/lines/1/info"),
        (Line(PRODUCT, 1, {}, (BILL, Attachment("receipt", "bill"))), "/lines/1/documents/1/requirement"),
        (Line(PRODUCT, 1, {}, (BILL, Attachment("photo", "lost"))), "/lines/1/documents/1/document_id"),
        (Line(PRODUCT, 1, {}, (BILL, BILL)), "/lines/1/documents/1/document_id"),
        (Line(PRODUCT, 1, {}, (SECOND,)), "/lines/1/documents/0/document_id"),
        (Line(PRODUCT, 1, {}, (THIRD,)), "/lines/1/documents/0/document_id"),
    ],
)
def test_a_wrong_field_is_pointed_at(line: Line, pointer: str) -> None:
    wrong = claim(BARE, line)
    assert [one.pointer for one in field_errors(wrong, known())] == [pointer]
    with pytest.raises(Invalid):
        check_fields(wrong, known())
    assert field_errors(wrong, known(settled=frozenset({2}))) == (), "a credited line is settled"


def test_what_hangs_on_a_line_already_is_not_held_to_what_the_campaign_asks_for_now() -> None:
    old = Attachment("receipt", "lost")
    kept = known(attached=frozenset({(1, old)}))
    assert field_errors(claim(Line(PRODUCT, 1, {}, (BILL, old))), kept) == ()
    elsewhere = claim(BARE, Line(PRODUCT, 1, {}, (BILL, old)))
    assert {one.pointer for one in field_errors(elsewhere, kept)} == {
        "/lines/1/documents/1/requirement",
        "/lines/1/documents/1/document_id",
    }


def test_without_a_campaign_that_admits_nothing_else_is_told() -> None:
    wrong = claim(Line("CU", 1))
    assert [one.pointer for one in field_errors(wrong, known(campaign=None))] == ["/campaign"]
    assert concerns(claim(), known(campaign=None)) == ()


def test_a_claim_has_lines() -> None:
    empty = Points(country="ES", campaign="SPRING", lines=())
    assert [one.pointer for one in field_errors(empty, known())] == ["/lines"]


def test_one_document_serves_several_lines() -> None:
    shared = claim(Line(PRODUCT, 3, {}, (BILL,)), Line(PRODUCT, 1, {}, (BILL,)))
    check(shared, known())
    assert shared.documents == (BILL,)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"coupon": "another"}, CodeInvalid),
        ({"lines": (Line(PRODUCT, 1),)}, DocumentMissing),
        ({"lines": (Line("BARE", 1),)}, Invalid),
    ],
)
def test_what_is_missing_refuses_a_participant(changed: dict[str, Any], refusal: type[KeydeskError]) -> None:
    with pytest.raises(refusal):
        check(claim(**changed), known())
    check_fields(claim(**changed), known())


def test_what_is_missing_is_named_by_line() -> None:
    [missing] = concerns(claim(BARE, Line(PRODUCT, 1)), known())
    assert missing.facts == {"missing": [{"line": 2, "requirement": "invoice"}]}
    assert [one.pointer for one in missing.fields] == ["/lines/1/documents"]
    [information] = concerns(claim(Line("BARE", 1, {"site": "", "note": "n"})), known())
    assert [one.pointer for one in information.fields] == ["/lines/0/info/site"]


def test_an_unknown_product_is_missing_nothing_more() -> None:
    assert concerns(claim(Line("CU", 1)), known()) == ()


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (campaign().starts_on - timedelta(1), Invalid),
        (campaign().starts_on, None),
        (campaign().ends_on + timedelta(1), None),
        (campaign().claim_deadline, None),
        (campaign().claim_deadline + timedelta(1), RegistrationLate),
    ],
)
def test_claims_are_taken_from_the_start_to_the_claim_deadline(day: date, refusal: type[KeydeskError] | None) -> None:
    found = concerns(claim(), known(as_of=day))
    assert [type(one) for one in found] == ([] if refusal is None else [refusal])


def test_coupon_and_days_are_asked_at_the_first_submission_only() -> None:
    later = known(as_of=date(2030, 1, 1), first=False)
    assert concerns(claim(coupon="another"), later) == ()
