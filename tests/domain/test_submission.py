"""What a request must fulfil before the desk takes it (`domain.md` §2.1, §3, §6)."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from domain.errors import (
    DocumentMissing,
    FieldError,
    Invalid,
    KeydeskError,
    RegistrationLate,
    WholesalerNotConfigured,
    WholesalerNotDistributing,
)
from domain.requests import Attachment, Commissioning, Unit, UnitRole, WarrantyExtension
from domain.submission import Catalogue, WholesalerCell, check, check_fields, concerns, field_errors
from tests.domain.submissions import CATALOGUES, INDOOR, OUTDOOR, REQUESTS, catalogue, commissioning


def pointers(request: Commissioning, known: Catalogue) -> list[str]:
    return [error.pointer for error in field_errors(request, known)]


def bad(**changed: Any) -> tuple[FieldError, ...]:
    """What is wrong with the plain request, so changed."""
    return field_errors(commissioning(**changed), catalogue())


def test_a_request_that_fits_is_taken() -> None:
    check(commissioning(), catalogue())


@pytest.mark.parametrize(
    ("changed", "pointer", "detail"),
    [
        ({"wholesaler": "XYZ"}, "/wholesaler", "XYZ is not on the country's wholesaler list"),
        ({"commissioned_on": date(2026, 11, 5)}, "/commissioned_on", "2026-11-05 is in the future"),
        ({"units": (INDOOR,)}, "/units", "at least one outdoor unit is needed"),
        ({"units": ()}, "/units", "at least one outdoor unit is needed"),
        (
            {"units": (OUTDOOR, Unit(UnitRole.INDOOR, "XX-1", "55100001"))},
            "/units/1/product",
            "XX-1 is not a product of this country",
        ),
        (
            {"units": (OUTDOOR, Unit(UnitRole.OUTDOOR, "WH-UD05HE5", "55100001"))},
            "/units/1/product",
            "WH-UD05HE5 does not belong to residential",
        ),
        (
            {"units": (OUTDOOR, Unit(UnitRole.OUTDOOR, "CS-Z25TKEW", "55100001"))},
            "/units/1/role",
            "CS-Z25TKEW is an indoor unit",
        ),
        (
            {"units": (OUTDOOR, Unit(UnitRole.INDOOR, "CS-Z25TKEW", "44810001A"))},
            "/units/1/serial",
            "this serial number is named twice",
        ),
        (
            {"units": (Unit(UnitRole.OUTDOOR, "CU-2Z50TBE", "AB1"),)},
            "/units/0/serial",
            "not a serial number: 4 to 30 letters and digits are expected",
        ),
    ],
)
def test_a_field_that_cannot_be_right_is_named(changed: dict[str, Any], pointer: str, detail: str) -> None:
    assert bad(**changed) == (FieldError(pointer, detail),)


def test_today_is_not_the_future() -> None:
    assert bad(commissioned_on=date(2026, 11, 4)) == ()


def test_an_unknown_line_up_is_named_before_its_products() -> None:
    assert [error.pointer for error in bad(line_up="pools")] == ["/line_up", "/units/0/product", "/units/1/product"]


def test_the_stricter_pattern_of_a_country_holds() -> None:
    assert pointers(commissioning(), catalogue(serial_pattern="44.*|55.*")) == []
    assert pointers(commissioning(), catalogue(serial_pattern="44.*")) == ["/units/1/serial"]


@pytest.mark.parametrize(
    ("attached", "pointer", "detail"),
    [
        (Attachment("unheard-of", "bill"), "/documents/0/requirement", "unheard-of is not asked for here"),
        (Attachment("photo", "lost"), "/documents/0/document_id", "no such document"),
        (Attachment("photo", "sheet"), "/documents/0/document_id", "application/pdf is not taken for photo"),
        (
            Attachment("invoice", "virus"),
            "/documents/0/document_id",
            "application/x-msdownload is not taken for invoice",
        ),
        (Attachment("invoice", "scan"), "/documents/0/document_id", "larger than 100 bytes"),
    ],
)
def test_a_document_that_does_not_fit_is_named(attached: Attachment, pointer: str, detail: str) -> None:
    assert bad(documents=(attached,)) == (FieldError(pointer, detail),)


def test_a_document_of_nobody_for_nothing_is_wrong_twice() -> None:
    assert [error.pointer for error in bad(documents=(Attachment("unheard-of", "lost"),))] == [
        "/documents/0/requirement",
        "/documents/0/document_id",
    ]


def test_what_is_attached_already_is_not_held_to_what_is_asked_for_now() -> None:
    old, gone = Attachment("unheard-of", "bill"), Attachment("invoice", "lost")
    assert bad(documents=(old, gone)) != ()
    kept = catalogue(attached=frozenset({old, gone}))
    assert pointers(commissioning(documents=(old, gone)), kept) == []
    assert pointers(commissioning(documents=(old, old)), kept) == ["/documents/1/document_id"]
    assert pointers(commissioning(documents=(Attachment("unheard-of", "lost"),)), kept) == [
        "/documents/0/requirement",
        "/documents/0/document_id",
    ]


def test_one_document_may_answer_two_requirements_but_none_twice() -> None:
    bill, photo = Attachment("invoice", "bill"), Attachment("photo", "bill")
    assert bad(documents=(bill, photo)) == ()
    assert bad(documents=(bill, photo, bill)) == (
        FieldError("/documents/2/document_id", "this document is attached twice"),
    )


@pytest.mark.parametrize(
    ("known", "refusal", "detail", "facts"),
    [
        (
            {"cell": None},
            WholesalerNotConfigured,
            "Nobody has said yet whether DEF distributes residential.",
            {"wholesaler": "DEF", "line_up": "residential"},
        ),
        (
            {"cell": WholesalerCell(distributes=False, gives_warranty=True)},
            WholesalerNotDistributing,
            "DEF does not distribute residential.",
            {"wholesaler": "DEF", "line_up": "residential"},
        ),
        (
            {"registration_limit": timedelta(days=2)},
            RegistrationLate,
            "Registered on day 3 after commissioning, the limit is 2.",
            {"day": 3, "limit": 2},
        ),
    ],
)
def test_a_requester_is_refused_and_told_why(
    known: dict[str, Any], refusal: type[KeydeskError], detail: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(refusal) as refused:
        check(commissioning(), catalogue(**known))
    assert (refused.value.detail, refused.value.facts) == (detail, facts)


def test_the_last_day_of_the_registration_limit_counts() -> None:
    assert concerns(commissioning(), catalogue(registration_limit=timedelta(days=3))) == ()


def test_the_deadline_counts_from_the_first_submission_not_from_today() -> None:
    late_today = catalogue(registration_limit=timedelta(days=3), today=date(2027, 6, 1))
    assert concerns(commissioning(), late_today) == ()


def test_missing_documents_are_all_named_at_once() -> None:
    with pytest.raises(DocumentMissing) as refused:
        check(commissioning(documents=()), catalogue())
    assert refused.value.detail == "These documents are required and missing: commissioning-sheet, invoice."
    assert refused.value.facts == {"missing": ["commissioning-sheet", "invoice"]}
    assert [field.detail for field in refused.value.fields] == ["commissioning-sheet is missing", "invoice is missing"]


def test_a_keyuser_is_warned_of_everything_that_a_requester_is_refused_for() -> None:
    known = catalogue(cell=None, registration_limit=timedelta())
    found = concerns(commissioning(documents=()), known)
    assert [concern.code for concern in found] == ["wholesaler_not_configured", "registration_late", "document_missing"]
    check_fields(commissioning(documents=()), known)


def test_all_bad_fields_are_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        check(commissioning(wholesaler="XYZ", units=()), catalogue())
    assert type(refused.value) is Invalid
    assert [field.pointer for field in refused.value.fields] == ["/wholesaler", "/units"]


@settings(deadline=None, max_examples=150)
@given(REQUESTS, CATALOGUES)
def test_a_request_passes_if_and_only_if_nothing_is_against_it(request: Commissioning, known: Catalogue) -> None:
    errors, found = field_errors(request, known), concerns(request, known)
    if not errors and not found:
        check(request, known)
        return
    with pytest.raises(KeydeskError) as refused:
        check(request, known)
    if errors:
        assert (type(refused.value), refused.value.fields) == (Invalid, errors)
    else:
        assert refused.value.as_facts() == found[0].as_facts()


@settings(deadline=None, max_examples=150)
@given(REQUESTS, CATALOGUES)
def test_every_pointer_leads_to_a_field_of_the_body(request: Commissioning, known: Catalogue) -> None:
    for pointer in pointers(request, known):
        place: Any = request
        for part in pointer.removeprefix("/").split("/"):
            place = place[int(part)] if part.isdigit() else getattr(place, part)


@settings(deadline=None, max_examples=100)
@given(REQUESTS, CATALOGUES)
def test_a_request_that_is_taken_names_each_serial_once_and_answers_what_is_required(
    request: Commissioning, known: Catalogue
) -> None:
    if field_errors(request, known) or concerns(request, known):
        return
    serials = [unit.serial for unit in request.units]
    assert len(serials) == len(set(serials))
    assert request.outdoor_serials
    assert {one.code for one in known.requirements if one.required} <= {one.requirement for one in request.documents}


def extension(**changed: Any) -> WarrantyExtension:
    own = {field.name: getattr(commissioning(), field.name) for field in fields(commissioning())}
    return WarrantyExtension(**(own | changed))


@pytest.mark.parametrize("wholesaler", ["", "GHI"])
@pytest.mark.parametrize("cell", [None, WholesalerCell(distributes=False, gives_warranty=True)])
def test_a_kind_that_does_not_ask_the_matrix_needs_no_wholesaler(wholesaler: str, cell: WholesalerCell | None) -> None:
    check(extension(wholesaler=wholesaler), catalogue(cell=cell))


def test_a_wholesaler_who_is_named_must_be_known_even_where_nobody_asks() -> None:
    found = field_errors(extension(wholesaler="XYZ"), catalogue())
    assert [one.pointer for one in found] == ["/wholesaler"]
