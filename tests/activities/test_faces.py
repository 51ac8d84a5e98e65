"""What stands on a card: what was granted, and nothing personal (`domain.md` §3)."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from activities.faces import face_of, warranty_summary
from activities.rendering.face import CardFace, CardTier, CardUnit
from domain.calendar import Duration, DurationUnit
from domain.policies import Tier, TierGrant
from domain.requests import EndUser
from domain.states import Kind
from domain.warranties import Assignment, moved
from tests.domain.submissions import commissioning

ONE_FIVE = (
    TierGrant(Tier.FULL, Duration(1, DurationUnit.YEARS)),
    TierGrant(Tier.COMPRESSOR, Duration(5, DurationUnit.YEARS)),
)
START = date(2026, 11, 1)
GRANTED = moved(Assignment("STD-1-5", 1, 1, durations=ONE_FIVE, responsibilities="Parts and labour."), START)
DATA = commissioning(
    end_user=EndUser("Lucía Pérez", "Calle Mayor 1", "28013", "Madrid", "lucia@example.org", "+34 600"),
    remarks="the dog bites",
)


def face(**changed: Any) -> CardFace:
    facts: dict[str, Any] = {
        "kind": Kind.COMMISSIONING,
        "country_name": "España",
        "language": "en",
        "installer": "ABC",
        "number": "ES-ABCD2345",
        "version": 1,
        "text": "The country's text.",
        "verify_url": "https://desk.example/verify/x",
        "issued_on": date(2026, 11, 4),
    }
    return face_of(DATA, GRANTED, **(facts | changed))


def test_a_card_shows_the_grant_to_the_last_covered_day() -> None:
    assert face().tiers == (
        CardTier("full", "1 year", START, date(2027, 10, 31)),
        CardTier("compressor", "5 years", START, date(2031, 10, 31)),
    )


def test_a_card_shows_units_installer_and_place() -> None:
    shown = face()
    assert shown.units == (
        CardUnit("outdoor", "CU-2Z50TBE", "44810001A"),
        CardUnit("indoor", "CS-Z25TKEW", "55100001"),
    )
    assert (shown.installer, shown.postcode, shown.city, shown.country) == ("ABC", "28013", "Madrid", "ES")
    assert (shown.commissioned_on, shown.issued_on) == (START, date(2026, 11, 4))
    assert (shown.text, shown.responsibilities) == ("The country's text.", "Parts and labour.")
    assert (shown.number, shown.kind, shown.country_name) == ("ES-ABCD2345", "commissioning", "España")


@pytest.mark.parametrize("personal", ["Lucía", "Pérez", "Calle Mayor", "lucia@example.org", "+34 600", "dog"])
def test_nothing_personal_stands_on_a_card(personal: str) -> None:
    shown = face()
    assert not [field.name for field in fields(shown) if personal in str(getattr(shown, field.name))]


def test_a_later_version_says_which_one_it_replaces() -> None:
    assert face().supersedes is None
    assert face(version=2).supersedes == 1
    assert face(version=7).supersedes == 6


def test_an_extension_is_marked() -> None:
    assert not face().extension
    assert face(kind=Kind.WARRANTY_EXTENSION).extension


def test_an_amended_start_keeps_the_durations_in_words() -> None:
    later = moved(GRANTED, date(2024, 2, 29))
    shown = face_of(
        replace(DATA, commissioned_on=date(2024, 2, 29)),
        later,
        kind=Kind.COMMISSIONING,
        country_name="España",
        language="es",
        installer="",
        number="N",
        version=2,
        text="",
        verify_url="",
        issued_on=START,
    )
    assert shown.tiers[0] == CardTier("full", "1 año", date(2024, 2, 29), date(2025, 2, 27))
    assert shown.commissioned_on == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("assignment", "language", "summary"),
    [
        (GRANTED, "en", "1 year full + 5 years compressor"),
        (GRANTED, "es", "1 año completa + 5 años compresor"),
        (GRANTED, "pt", "1 ano completa + 5 anos compressor"),
        (replace(GRANTED, durations=ONE_FIVE[1:]), "en", "5 years compressor"),
        (Assignment(), "en", "no warranty"),
        (None, "es", "sin garantía"),
    ],
)
def test_the_grant_in_a_few_words(assignment: Assignment | None, language: str, summary: str) -> None:
    assert warranty_summary(assignment, language) == summary


def test_extra_years_come_on_top_and_a_tier_without_them_keeps_its_own() -> None:
    two_more = (TierGrant(Tier.FULL, Duration(2, DurationUnit.YEARS)),)
    extra = Assignment("XEU-2", 5, 1, durations=two_more, base_durations=ONE_FIVE)
    assert warranty_summary(extra, "en") == "1 year + 2 years full + 5 years compressor"
