"""What stands on a card: pure, from what was granted; frozen by whoever promises the card."""

from dataclasses import replace
from datetime import date

from activities.rendering.face import CardFace, CardTier, CardUnit
from activities.rendering.words import duration_in_words, words_in
from domain.calendar import DurationUnit
from domain.policies import Tier
from domain.requests import WarrantyRequest
from domain.states import Kind
from domain.warranties import Assignment


def face_of(
    data: WarrantyRequest,
    assignment: Assignment,
    *,
    kind: Kind,
    country_name: str,
    language: str,
    installer: str,
    number: str,
    version: int,
    text: str,
    verify_url: str,
    issued_on: date,
) -> CardFace:
    """Units, tiers, installer and place, the country's text; nothing personal (`domain.md` §3)."""
    return CardFace(
        number=number,
        version=version,
        kind=kind.value,
        country=data.country,
        country_name=country_name,
        units=tuple(CardUnit(unit.role.value, unit.product, unit.serial) for unit in data.units),
        tiers=card_tiers(assignment, language),
        installer=installer,
        postcode=data.end_user.postcode,
        city=data.end_user.city,
        commissioned_on=data.commissioned_on,
        text=text,
        responsibilities=assignment.responsibilities,
        verify_url=verify_url,
        issued_on=issued_on,
        extension=kind is Kind.WARRANTY_EXTENSION,
        supersedes=version - 1 if version > 1 else None,
        language=language,
    )


def replacement_face(
    unit: CardUnit,
    assignment: Assignment,
    *,
    country: str,
    country_name: str,
    language: str,
    installer: str,
    postcode: str,
    city: str,
    replaced_on: date,
    number: str,
    version: int,
    text: str,
    verify_url: str,
    issued_on: date,
) -> CardFace:
    """The card of a new unit whose predecessor had none."""
    return CardFace(
        number=number,
        version=version,
        kind=Kind.UNIT_REPLACEMENT.value,
        country=country,
        country_name=country_name,
        units=(unit,),
        tiers=card_tiers(assignment, language),
        installer=installer,
        postcode=postcode,
        city=city,
        commissioned_on=replaced_on,
        text=text,
        responsibilities=assignment.responsibilities,
        verify_url=verify_url,
        issued_on=issued_on,
        supersedes=version - 1 if version > 1 else None,
        language=language,
    )


def reissued(
    face: CardFace, serial: str, unit: CardUnit, *, version: int, verify_url: str, issued_on: date
) -> CardFace:
    """The next version of a card on which `unit` stands where `serial` stood; nothing else changes."""
    return replace(
        face,
        units=tuple(_instead(one, unit) if one.serial == serial else one for one in face.units),
        version=version,
        supersedes=version - 1,
        verify_url=verify_url,
        issued_on=issued_on,
    )


def _instead(before: CardUnit, unit: CardUnit) -> CardUnit:
    """The unit, knowing whose place of the request's own units it has; back in its own place it need not."""
    origin = before.origin or before.serial
    return replace(unit, origin="" if unit.serial == origin else origin)


def with_replaced(face: CardFace, before: CardFace) -> CardFace:
    """The face with the units that took others' places, as they stood on the card before."""
    stand = {unit.origin: unit for unit in before.units if unit.origin}
    return replace(face, units=tuple(stand.get(unit.serial, unit) for unit in face.units))


def card_tiers(assignment: Assignment, language: str) -> tuple[CardTier, ...]:
    """The tiers of a grant, in words: days where they were carried over."""
    durations = tier_durations(assignment, language)
    return tuple(
        CardTier(
            period.tier.value,
            durations[period.tier]
            if period.remaining_days is None
            else duration_in_words(period.remaining_days, DurationUnit.DAYS, language),
            period.start,
            period.last_covered_day,
        )
        for period in assignment.tiers
        if period.days
    )


def tier_durations(assignment: Assignment, language: str) -> dict[Tier, str]:
    """How long each tier lasts, in words; with extra years `5 years + 2 years`; carried over, the longest."""
    words: dict[Tier, str] = {}
    for period in sorted(assignment.tiers, key=lambda one: one.days):
        if period.remaining_days is not None:
            words[period.tier] = duration_in_words(period.remaining_days, DurationUnit.DAYS, language)
    for grant in (*assignment.base_durations, *assignment.durations):
        lasts = duration_in_words(grant.duration.count, grant.duration.unit, language)
        words[grant.tier] = f"{words[grant.tier]} + {lasts}" if grant.tier in words else lasts
    return words


def warranty_summary(assignment: Assignment | None, language: str) -> str:
    """The grant in a few words: `1 year full + 5 years compressor`."""
    words = words_in(language)
    durations = tier_durations(assignment, language) if assignment else {}
    return " + ".join(f"{lasts} {words.in_short[tier]}" for tier, lasts in durations.items()) or words.none
