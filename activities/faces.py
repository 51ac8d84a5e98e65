"""What stands on a card: pure, from what was granted; frozen by whoever promises the card."""

from datetime import date

from activities.rendering.cards import CardFace, CardTier, CardUnit
from activities.rendering.words import duration_in_words, words_in
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
    durations = tier_durations(assignment, language)
    return CardFace(
        number=number,
        version=version,
        kind=kind.value,
        country=data.country,
        country_name=country_name,
        units=tuple(CardUnit(unit.role.value, unit.product, unit.serial) for unit in data.units),
        tiers=tuple(
            CardTier(period.tier.value, durations[period.tier], period.start, period.last_covered_day)
            for period in assignment.tiers
        ),
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


def tier_durations(assignment: Assignment, language: str) -> dict[Tier, str]:
    """How long each tier lasts, in words; with extra years `5 years + 2 years`."""
    words: dict[Tier, str] = {}
    for grant in (*assignment.base_durations, *assignment.durations):
        lasts = duration_in_words(grant.duration.count, grant.duration.unit, language)
        words[grant.tier] = f"{words[grant.tier]} + {lasts}" if grant.tier in words else lasts
    return words


def warranty_summary(assignment: Assignment | None, language: str) -> str:
    """The grant in a few words: `1 year full + 5 years compressor`."""
    words = words_in(language)
    durations = tier_durations(assignment, language) if assignment else {}
    return " + ".join(f"{lasts} {words.in_short[tier]}" for tier, lasts in durations.items()) or words.none
