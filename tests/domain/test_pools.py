"""What a country of each mode asks of a submission (`domain.md` §4)."""

import pytest

from domain.errors import CodeInvalid, CodeTaken
from domain.pools import Code, ExtensionMode, Pool, check_code

FREE = Code("ESX-1", None, free=True)
OURS = Code("ESX-1", 7, free=True)


def test_modes_and_pools_are_stored_by_these_names() -> None:
    assert [str(one) for one in ExtensionMode] == ["a", "b"]
    assert [str(one) for one in Pool] == ["card", "extension"]


@pytest.mark.parametrize("code", [None, FREE])
def test_mode_a_asks_for_no_code(code: Code | None) -> None:
    check_code(ExtensionMode.A, "", code, 7)


@pytest.mark.parametrize("code", [None, FREE, OURS])
def test_mode_a_takes_no_code(code: Code | None) -> None:
    with pytest.raises(CodeInvalid) as refused:
        check_code(ExtensionMode.A, "ESX-1", code, 7)
    assert [field.pointer for field in refused.value.fields] == ["/warranty_code"]


@pytest.mark.parametrize("code", [FREE, OURS], ids=["of nobody", "of the company"])
def test_mode_b_takes_a_free_code(code: Code) -> None:
    check_code(ExtensionMode.B, "ESX-1", code, 7)


@pytest.mark.parametrize(
    ("given", "code", "company_id"),
    [
        ("", None, 7),
        ("ESX-2", None, 7),
        ("ESX-1", OURS, 8),
        ("ESX-1", OURS, None),
        ("ESX-1", Code("ESX-1", 7, free=False), 8),
    ],
    ids=["missing", "unknown", "another company's", "of a company, for somebody without one", "another's and bound"],
)
def test_mode_b_refuses_what_is_not_the_companys_code(given: str, code: Code | None, company_id: int | None) -> None:
    with pytest.raises(CodeInvalid) as refused:
        check_code(ExtensionMode.B, given, code, company_id)
    assert [field.pointer for field in refused.value.fields] == ["/warranty_code"]


@pytest.mark.parametrize("owner", [None, 7])
def test_mode_b_refuses_a_code_that_somebody_holds(owner: int | None) -> None:
    with pytest.raises(CodeTaken) as refused:
        check_code(ExtensionMode.B, "ESX-1", Code("ESX-1", owner, free=False), 7)
    assert [field.pointer for field in refused.value.fields] == ["/warranty_code"]
