"""Serials and postcodes, as people paste them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.serials import SERIAL, is_serial, normalise_postcode, normalise_serial, pattern_error

SEPARATORS = [
    " ",
    "\t",
    "\n",
    "\u00a0",
    "\u2009",
    "\u3000",
    "-",
    "\u2010",
    "\u2013",
    "\u2014",
    "\u2212",
    "\uff0d",
]
INVISIBLE = ["\u00ad", "\u200b", "\u2060", "\ufeff"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("4481-0001 a", "44810001A"),
        ("  5510 0001\n", "55100001"),
        ("ab12", "AB12"),
        ("", ""),
        ("ñ1", "ñ1"),
        ("ß12", "ß12"),
        ("ı12x", "ı12X"),
        ("12.34/56_7", "12.34/56_7"),
    ],
)
def test_a_serial_is_stored_upper_case_without_spaces_and_dashes(typed: str, stored: str) -> None:
    assert normalise_serial(typed) == stored


@pytest.mark.parametrize("between", SEPARATORS + INVISIBLE)
def test_whatever_separates_the_groups_is_dropped(between: str) -> None:
    assert normalise_serial(f"{between}44{between}81a{between}") == "4481A"
    assert normalise_postcode(f"{between}28{between}013{between}") == "28013"


@pytest.mark.parametrize(
    ("serial", "good"),
    [
        ("A123", True),
        ("A12", False),
        ("A" * 30, True),
        ("A" * 31, False),
        ("a123", False),
        ("A123\n", False),
        ("A12 3", False),
        ("", False),
        ("ß123", False),
        ("١٢٣٤", False),
    ],
)
def test_a_serial_has_4_to_30_capitals_and_digits(serial: str, good: bool) -> None:
    assert is_serial(serial) is good


@pytest.mark.parametrize(
    ("serial", "stricter", "good"),
    [
        ("44810001", "[0-9]{8}", True),
        ("44810001A", "[0-9]{8}", False),
        ("A44810001", "[0-9]{8}", False),
        ("44810001A", "[0-9]{8}|[0-9]{8}A", True),
        ("123", "[0-9]{3}", False),
        ("A123", "", False),
    ],
)
def test_a_country_can_be_stricter_never_looser(serial: str, stricter: str, good: bool) -> None:
    assert is_serial(serial, stricter) is good


@pytest.mark.parametrize("pattern", ["[", "(", r"(A)\1", "(?=A)B", "A{1001}", "*"])
def test_a_pattern_that_is_none_or_could_run_away_is_named(pattern: str) -> None:
    assert pattern_error(pattern)


@pytest.mark.parametrize("pattern", ["[0-9]{8}", "", "(A+)+B"])
def test_any_other_pattern_matches_in_linear_time(pattern: str) -> None:
    assert pattern_error(pattern) is None
    assert not is_serial("A" * 30, pattern)


@pytest.mark.parametrize(("one", "other"), [("28013", " 28 013"), ("1234-567", "1234567"), ("sw1a 1aa", "SW1A1AA")])
def test_postcodes_compare_without_spaces_dashes_and_case(one: str, other: str) -> None:
    assert normalise_postcode(one) == normalise_postcode(other)


def test_different_postcodes_stay_different() -> None:
    assert normalise_postcode("28013") != normalise_postcode("28031")


@settings(deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise_serial(normalise_serial(text)) == normalise_serial(text)
    assert normalise_postcode(normalise_postcode(text)) == normalise_postcode(text)


@settings(deadline=None)
@given(st.from_regex(SERIAL, fullmatch=True).map(str.strip), st.data())
def test_any_typing_of_a_serial_leads_back_to_it(serial: str, data: st.DataObject) -> None:
    gaps = st.sampled_from(["", *SEPARATORS, *INVISIBLE])
    typed = "".join(data.draw(st.sampled_from([char, char.lower()])) + data.draw(gaps) for char in serial)
    assert normalise_serial(typed) == serial
    assert is_serial(serial)
