"""Cards on which a unit stands in place of another: what they grant now, and that nothing else moved."""

from dataclasses import replace
from datetime import date

import pytest

from activities.faces import card_tiers, reissued, warranty_summary, with_replaced
from activities.rendering.cards import card_pdf
from activities.rendering.face import CardFace, CardTier, CardUnit, RenderFailed
from domain.calendar import Duration, DurationUnit
from domain.periods import TierPeriod
from domain.policies import Tier, TierGrant
from domain.warranties import Assignment
from store.snapshots import from_json, to_json
from tests.activities.rendering.faces import FACE, pages, squeezed

SINCE = date(2026, 11, 20)
LEFT = (CardTier("compressor", "1807 days", SINCE, date(2031, 10, 31)),)
NEW = CardUnit("outdoor", "CU-Z25TKE", "NEW00001", replaces="44810001A", since=SINCE, tiers=LEFT)
ALONE = replace(FACE, units=FACE.units[:1])


def next_face(face: CardFace = FACE, serial: str = "44810001A", unit: CardUnit = NEW) -> CardFace:
    return reissued(
        face, serial, unit, version=face.version + 1, verify_url="https://desk.example/verify/y", issued_on=SINCE
    )


def text_of(face: CardFace) -> str:
    return squeezed(" ".join(pages(card_pdf(face))))


def test_the_new_unit_stands_where_the_old_one_stood_and_nothing_else_moves() -> None:
    face = next_face()
    assert face.units == (replace(NEW, origin="44810001A"), FACE.units[1])
    assert (face.version, face.supersedes, face.tiers) == (2, 1, FACE.tiers)
    assert face.shared_tiers == FACE.tiers
    assert face.all_tiers == (*FACE.tiers, *LEFT)
    text = text_of(face)
    assert squeezed("in place of 44810001A since 2026-11-20: Compressor warranty, 2026-11-20 to 2031-10-31") in text
    assert squeezed("2 indoor CS-Z25TKEW 55100001") in text


def test_a_card_of_one_unit_shows_what_that_one_has() -> None:
    face = next_face(ALONE)
    assert face.shared_tiers == face.all_tiers == LEFT
    text = text_of(face)
    assert squeezed("1807 days Compressor warranty") in text
    assert squeezed("1 year") not in text


def test_a_unit_without_warranty_says_so() -> None:
    face = next_face(ALONE, unit=replace(NEW, tiers=()))
    assert (face.shared_tiers, face.all_tiers) == ((), ())
    assert squeezed("in place of 44810001A since 2026-11-20: no warranty") in text_of(face)


def test_units_that_differ_share_nothing() -> None:
    other = replace(NEW, serial="NEW00002", replaces="55100001", tiers=())
    face = next_face(next_face(), "55100001", other)
    assert (face.shared_tiers, face.all_tiers) == ((), LEFT)


def test_a_chain_remembers_the_unit_that_the_request_names() -> None:
    third = replace(NEW, serial="NEW00003", replaces="NEW00001")
    face = next_face(next_face(), "NEW00001", third)
    assert face.units[0].origin == "44810001A"
    amended = with_replaced(replace(FACE, version=4, city="Getafe"), face)
    assert (amended.units, amended.city) == (face.units, "Getafe")
    back = next_face(next_face(face, "NEW00003", NEW), "NEW00001", FACE.units[0])
    assert back.units == FACE.units


def test_a_stored_face_with_a_replaced_unit_comes_back_the_same() -> None:
    assert from_json(CardFace, to_json(next_face())) == next_face()


def test_a_tier_that_no_card_has_blocks_it() -> None:
    with pytest.raises(RenderFailed):
        card_pdf(next_face(unit=replace(NEW, tiers=(replace(LEFT[0], tier="platinum"),))))


def test_days_are_said_where_they_were_carried_over() -> None:
    one = TierPeriod(Tier.FULL, SINCE, date(2026, 11, 21), 1, used_days=364, remaining_days=1)
    over = replace(one, tier=Tier.COMPRESSOR, end=SINCE, days=0, remaining_days=0)
    granted = Assignment("STD-1-5", 1, 1, tiers=(one, over))
    assert card_tiers(granted, "es") == (CardTier("full", "1 día", SINCE, SINCE),)
    assert warranty_summary(replace(granted, tiers=(one,)), "en") == "1 day full"
    years = Assignment("X", 1, 1, durations=(TierGrant(Tier.FULL, Duration(2, DurationUnit.YEARS)),))
    assert warranty_summary(years, "en") == "2 years full"
