"""Field types: parsed, trimmed and bounded at the edge."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api import fields
from api.fields import Body
from domain.serials import normalise_serial


def taken(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refusal(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        taken(kind, value)
    return str(refused.value.errors()[0]["msg"])


@pytest.mark.parametrize("value", ["2026-11-01", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_is_written_as_iso(value: str) -> None:
    assert taken(fields.Day, value) == date.fromisoformat(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", "2026-11-1", "2026-1-001", " 2026-11-1", "20261101", "2026-11-01T00:00", "01.11.2026", "11/01/2026"),
        *("2026-02-30", "2026-13-01", "0000-01-01", "2026-W44-1", "２０２６-11-01", "2026-11-0١", "2026-11-01\n"),
        *("1234569600", "0086400000", "1e10000000", 1234569600, 86400.0, True, None, [], {}),
    ],
)
def test_nothing_else_is_a_day(value: object) -> None:
    refusal(fields.Day, value)


def test_a_day_of_our_own_is_taken() -> None:
    assert taken(fields.Day, date(2026, 11, 1)) == date(2026, 11, 1)
    assert taken(fields.Day, datetime(2026, 11, 1)) == date(2026, 11, 1)  # noqa: DTZ001


@settings(deadline=None)
@given(st.text("0123456789-TZ:.+eW ", min_size=8, max_size=12))
def test_a_text_is_a_day_only_as_iso_writes_it(value: str) -> None:
    try:
        found = taken(fields.Day, value)
    except ValidationError:
        return
    assert found.isoformat() == value


@pytest.mark.parametrize("kind", [fields.Text, fields.Line, fields.Required])
@pytest.mark.parametrize("bad", ["a\x00b", "\x1b[2J", "a\x7f", "a\x85b", "\ud800", "\udfff x", 5, None, ["a"]])
def test_what_no_database_or_card_can_hold_is_refused(kind: Any, bad: object) -> None:
    refusal(kind, bad)


@pytest.mark.parametrize("kind", [fields.Text, fields.Line, fields.Required])
def test_text_is_trimmed_and_otherwise_kept(kind: Any) -> None:
    assert taken(kind, "  Calle  Mayor 1, Ñuñoa – 東京 🏠 \t") == "Calle  Mayor 1, Ñuñoa – 東京 🏠"


@pytest.mark.parametrize("breaking", ["a\nb", "a\rb", "a\tb", "a\u2028b", "a\u2029b"])
def test_a_line_is_one_line_and_a_text_may_have_several(breaking: str) -> None:
    assert refusal(fields.Line, breaking) == "Value error, must be one line"
    assert taken(fields.Text, breaking) == breaking


@pytest.mark.parametrize(
    ("kind", "longest"),
    [(fields.Text, 4000), (fields.Line, 200), (fields.Required, 200), (fields.Serial, 100)],
)
def test_each_field_has_its_greatest_length(kind: Any, longest: int) -> None:
    assert len(taken(kind, "X" * longest)) == longest
    refusal(kind, "X" * (longest + 1))


def test_required_means_more_than_blanks() -> None:
    assert taken(fields.Line, "   ") == ""
    refusal(fields.Required, "")
    refusal(fields.Required, " \t\n ")


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e \ufeff", "\u00ad", "\u3000\u2060"])
def test_required_means_something_that_can_be_seen(unseen: str) -> None:
    assert refusal(fields.Required, unseen).startswith("String should have at least 1")
    assert taken(fields.Required, f"{unseen}a") == f"{unseen}a".strip()


@pytest.mark.parametrize("empty", ["-", " – ", "\u200b", "—-—"])
def test_a_postcode_is_more_than_what_groups_it(empty: str) -> None:
    """They compare without spaces and dashes: one of nothing else would fit any that is made of nothing else."""
    assert refusal(fields.Postcode, empty).startswith("String should have at least 1")
    assert taken(fields.Postcode, " T12 A1-B2 ") == "T12 A1-B2"


@pytest.mark.parametrize("kind", [fields.Whole, fields.Whole | None])
def test_true_is_no_number(kind: Any) -> None:
    assert taken(kind, 3) == taken(kind, "3") == 3
    for flag in (True, False):
        assert refusal(kind, flag) == "Value error, must be a whole number"


@pytest.mark.parametrize("guess", ["true", "yes", "on", "1", 1, 0, 1.0, "", None])
def test_only_true_and_false_are_flags(guess: object) -> None:
    assert taken(fields.Flag, value=True) is True
    refusal(fields.Flag, guess)


@settings(deadline=None)
@given(st.text(max_size=100))
def test_a_serial_comes_in_normalised_once(typed: str) -> None:
    try:
        serial = taken(fields.Serial, typed)
    except ValidationError:
        return
    assert serial == normalise_serial(typed) == normalise_serial(serial)


@pytest.mark.parametrize("bad", ["4481\x00", "\ud800", None, 4481])
def test_a_serial_is_a_text_without_control_characters(bad: object) -> None:
    refusal(fields.Serial, bad)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("lucia@example.org", "lucia@example.org"),
        ("LUCIA@EXAMPLE.ORG", "LUCIA@example.org"),
        ("lucía@exämple.org", "lucía@exämple.org"),
    ],
)
def test_an_address_is_kept_as_it_is_meant(typed: str, kept: str) -> None:
    assert taken(fields.Email, typed) == kept


@pytest.mark.parametrize(
    "bad",
    [
        *("", "lucia", "@example.org", "a@b..c", "a b@example.org", "a@example.org\nBcc: x@example.org"),
        *("a@example.org,b@example.org", "a\x00@example.org", "\ud800@example.org", f"{'x' * 190}@example.org"),
    ],
)
def test_what_cannot_be_mailed_to_is_refused(bad: str) -> None:
    refusal(fields.Email, bad)


class Sample(Body):
    line: fields.Line = ""


def test_a_typing_error_never_passes_silently() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Sample.model_validate({"lnie": "x"})


def test_bodies_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Sample(line="x").line = "y"  # type: ignore[misc]
