"""What stands on a card: pure, from what was granted; frozen by whoever promises the card."""

from datetime import date

from activities.rendering.cards import CardFace, CardTier, CardUnit
from domain.requests import Commissioning
from domain.states import Kind
from domain.warranties import Assignment


def face_of(
    data: Commissioning,
    assignment: Assignment,
    *,
    kind: Kind,
    country_name: str,
    installer: str,
    number: str,
    version: int,
    text: str,
    verify_url: str,
    issued_on: date,
) -> CardFace:
    """Units, tiers, installer and place, the country's text; nothing personal (`domain.md` §3)."""
    durations = {grant.tier: str(grant.duration) for grant in assignment.durations}
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
    )


def warranty_summary(assignment: Assignment | None) -> str:
    """The grant in a few words: `1 year full + 5 years compressor`."""
    durations = assignment.durations if assignment else ()
    return " + ".join(f"{grant.duration} {grant.tier}" for grant in durations) or "no warranty"
