"""Bodies as sent and as shown: what is shown, sent again, is the same request."""

import copy
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from api.schemas.registry import shown
from api.schemas.requests import DecisionBody, SaveBody
from api.schemas.warranties import EXAMPLE, MAX_DOCUMENTS, MAX_UNITS, CommissioningBody
from configuration.fields import pointed
from domain.policies import SalesMethod
from domain.requests import UnitRole

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=15)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The example with one field changed; `...` takes it away."""
    body: Any = copy.deepcopy(EXAMPLE)
    place = body
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    found: dict[str, Any] = body
    return found


def pointers(body: Any) -> set[str]:
    with pytest.raises(ValidationError) as refused:
        CommissioningBody.model_validate(body)
    return {field.pointer for field in pointed(refused.value.errors())}


def test_the_example_of_the_contract_is_parsed_and_normalised() -> None:
    parsed = CommissioningBody.model_validate(EXAMPLE).parsed()
    assert [unit.serial for unit in parsed.units] == ["44810001A", "55100001"]
    assert [unit.role for unit in parsed.units] == [UnitRole.OUTDOOR, UnitRole.INDOOR]
    assert parsed.end_user.name == "Lucía Pérez"
    assert parsed.documents[0].document_id == EXAMPLE["documents"][0]["document_id"]


def test_optional_fields_have_their_defaults() -> None:
    body = copy.deepcopy(EXAMPLE)
    for name in ("sales_method", "documents", "remarks"):
        del body[name]
    del body["end_user"]["phone"], body["end_user"]["email"]
    parsed = CommissioningBody.model_validate(body).parsed()
    assert (parsed.sales_method, parsed.documents, parsed.remarks) == (SalesMethod.DIRECT_SALE, (), "")
    assert (parsed.end_user.phone, parsed.end_user.email) == ("", "")


@settings(deadline=None, max_examples=50)
@given(WORDS, WORDS, st.lists(st.tuples(st.sampled_from(UnitRole), WORDS, st.text(max_size=10)), max_size=4))
def test_what_is_shown_is_the_body_that_would_give_it(
    name: str, remarks: str, units: list[tuple[UnitRole, str, str]]
) -> None:
    body = copy.deepcopy(EXAMPLE) | {"remarks": remarks}
    body["end_user"]["name"] = name
    body["units"] = [{"role": role, "product": product, "serial": serial} for role, product, serial in units]
    try:
        parsed = CommissioningBody.model_validate(body).parsed()
    except ValidationError:
        return
    seen = shown(parsed)
    assert CommissioningBody.model_validate(seen).parsed() == parsed
    assert shown(CommissioningBody.model_validate(seen).parsed()) == seen


@pytest.mark.parametrize(
    "path",
    [
        *("country", "wholesaler", "line_up", "commissioned_on", "end_user", "units"),
        *("end_user/name", "end_user/address", "end_user/postcode", "end_user/city"),
        *("units/0/role", "units/0/product", "units/1/serial", "documents/0/requirement", "documents/1/document_id"),
    ],
)
def test_a_field_that_is_missing_is_pointed_at(path: str) -> None:
    assert pointers(changed(path, ...)) == {f"/{path}"}
    assert pointers(changed(path, None)) == {f"/{path}"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sales_method", "gift"),
        ("units/0/role", "attic"),
        ("units/0/serial", 44810001),
        ("units/0/serial", "4" * 101),
        ("documents/0/document_id", "invoice.pdf"),
        ("end_user/postcode", "2" * 21),
        ("end_user/phone", "6" * 51),
        ("end_user/name", " "),
        ("remarks", "x" * 4001),
        ("remarks", "\x00"),
        ("colour", "blue"),
        ("end_user/age", 7),
        ("units/0/note", ""),
    ],
)
def test_a_field_that_cannot_be_is_pointed_at(path: str, value: Any) -> None:
    assert pointers(changed(path, value)) == {f"/{path}"}


def test_there_are_limits_to_lists() -> None:
    unit, document = EXAMPLE["units"][0], EXAMPLE["documents"][0]
    assert len(CommissioningBody.model_validate(changed("units", [unit] * MAX_UNITS)).units) == MAX_UNITS
    assert pointers(changed("units", [unit] * (MAX_UNITS + 1))) == {"/units"}
    assert pointers(changed("documents", [document] * (MAX_DOCUMENTS + 1))) == {"/documents"}


@pytest.mark.parametrize("body", [None, [], "x", 1, {}])
def test_what_is_no_body_at_all_is_refused(body: Any) -> None:
    assert pointers(body)


@pytest.mark.parametrize("version", [0, -1, 2_000_000_001, "one", 1.5, None, True])
def test_a_version_is_a_number_that_the_database_can_hold(version: Any) -> None:
    for body in (SaveBody, DecisionBody):
        with pytest.raises(ValidationError):
            body.model_validate({"version": version})


def test_a_denial_names_requirements_and_an_answer_brings_documents() -> None:
    number = uuid4()
    named = DecisionBody.model_validate({"version": 1, "documents": ["invoice"]})
    assert named.documents == ["invoice"]
    brought = DecisionBody.model_validate(
        {"version": 1, "documents": [{"requirement": "invoice", "document_id": str(number)}]}
    )
    assert brought.documents is not None
    assert not isinstance(brought.documents[0], str)
    assert brought.documents[0].parsed().document_id == str(number)
    assert DecisionBody.model_validate({"version": 1}).documents is None
