"""Durations and sizes as people write and read them."""

import pytest

from api.pages import measures


@pytest.mark.parametrize(
    ("iso", "count", "unit", "told"),
    [
        ("P14D", 14, "days", "14 días"),
        ("P1D", 1, "days", "1 día"),
        ("P1DT12H", 36, "hours", "36 horas"),
        ("PT5S", 5, "seconds", "5 segundos"),
        ("PT90M", 90, "minutes", "90 minutos"),
    ],
)
def test_a_duration_is_a_number_and_a_unit(iso: str, count: int, unit: str, told: str) -> None:
    assert measures.count_and_unit(iso) == (count, unit)
    again = measures.iso_of(str(count), unit)
    assert again is not None
    assert measures.count_and_unit(again) == (count, unit)
    assert measures.said_lasting(iso, "es") == told


def test_what_is_no_duration_and_no_size_is_left_to_the_rules() -> None:
    for count, unit in (("", "days"), ("-1", "days"), ("1.5", "days"), ("²", "days"), ("3", "years")):
        assert measures.iso_of(count, unit) is None
    for size in ("", "x", "-1", "1e9", "1.2.3"):
        assert measures.bytes_of(size) is None
    assert measures.said_lasting("soon", "en") == "soon"


@pytest.mark.parametrize(("typed", "size", "told"), [("10", 10 * 2**20, "10 MB"), ("0,5", 2**19, "0,5 MB")])
def test_a_size_is_in_megabytes(typed: str, size: int, told: str) -> None:
    assert measures.bytes_of(typed) == size
    assert measures.said_size(size, "pt") == told
