"""What a points request must fulfil before the desk takes it (`domain.md` §2.4).

Two lists, as in `domain.submission`: what makes a body wrong for anybody, and what only a participant is held to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from domain.campaigns import Campaign, ParticipatingProduct
from domain.errors import CodeInvalid, DocumentMissing, FieldError, Invalid, KeydeskError, RegistrationLate
from domain.requests import Attachment, Line, Points
from domain.submission import Requirement, Upload, document_errors


@dataclass(frozen=True)
class CampaignKnown:
    """What bears on one points request. `campaign` is None if there is none, or none that admits the participant.

    `uploads` holds only what the participant may attach; `as_of` is the day of the first submission. `first`: this
    is it; audience, coupon and days are asked then, never again. Lines in `settled` are credited and stay.
    `attached` hangs on these lines already: it was taken.
    """

    campaign: Campaign | None
    products: Mapping[str, ParticipatingProduct]
    uploads: Mapping[str, Upload]
    as_of: date
    first: bool = True
    settled: frozenset[int] = frozenset()
    attached: frozenset[tuple[int, Attachment]] = frozenset()


def field_errors(request: Points, known: CampaignKnown) -> tuple[FieldError, ...]:
    """Unknown campaign, products, information and documents: wrong whoever writes it."""
    if known.campaign is None:
        return (FieldError("/campaign", f"{request.campaign} is no campaign that admits you"),)
    if not request.lines:
        return (FieldError("/lines", "at least one line is needed"),)
    return tuple(error for index, line in _open(request, known) for error in _line_errors(index, line, known))


def concerns(request: Points, known: CampaignKnown) -> tuple[KeydeskError, ...]:
    """What a participant is refused for and a keyuser is warned of: days, coupon, what is missing."""
    return (*_campaign_concerns(request, known), *_missing_information(request, known), *_missing(request, known))


def check(request: Points, known: CampaignKnown) -> None:
    """Hold a participant to everything. Raises Invalid with every bad field, else the first concern."""
    check_fields(request, known)
    for concern in concerns(request, known):
        raise concern


def check_fields(request: Points, known: CampaignKnown) -> None:
    """Hold a keyuser's correction to shape and references only. Raises Invalid with every bad field."""
    if errors := field_errors(request, known):
        raise Invalid("The request has fields that cannot be right; see errors.", fields=errors)


def _open(request: Points, known: CampaignKnown) -> Iterator[tuple[int, Line]]:
    """The lines that are still to be judged, with their index."""
    for index, line in enumerate(request.lines):
        if index + 1 not in known.settled:
            yield index, line


def _line_errors(index: int, line: Line, known: CampaignKnown) -> Iterator[FieldError]:
    product = known.products.get(line.product)
    if product is None:
        yield FieldError(f"/lines/{index}/product", f"{line.product} does not take part in the campaign")
        return
    fields = {field.name for field in product.information}
    for name in line.info:
        if name not in fields:
            yield FieldError(f"/lines/{index}/info", f"{name} is not asked for here")
    asked = [Requirement(one.requirement, one.required, one.media_types, one.max_bytes) for one in product.documents]
    attached = {attachment for number, attachment in known.attached if number == index + 1}
    for error in document_errors(line.documents, asked, known.uploads, attached):
        yield FieldError(f"/lines/{index}{error.pointer}", error.detail)


def _campaign_concerns(request: Points, known: CampaignKnown) -> Iterator[KeydeskError]:
    campaign = known.campaign
    if campaign is None or not known.first:
        return
    if not campaign.takes(request.coupon):
        yield CodeInvalid(
            "This is not the coupon code of the campaign.", fields=[FieldError("/coupon", "not the coupon code")]
        )
    if known.as_of < campaign.starts_on:
        yield Invalid(
            f"The campaign begins on {campaign.starts_on}.", fields=[FieldError("/campaign", "has not begun")]
        )
    if known.as_of > campaign.claim_deadline:
        yield RegistrationLate(
            f"Points of this campaign could be claimed until {campaign.claim_deadline}.",
            facts={"claim_deadline": campaign.claim_deadline.isoformat()},
        )


def _missing_information(request: Points, known: CampaignKnown) -> Iterator[KeydeskError]:
    missing = [
        FieldError(f"/lines/{index}/info/{field.name}", "is missing")
        for index, line in _open(request, known)
        if (product := known.products.get(line.product))
        for field in product.information
        if field.required and not line.info.get(field.name)
    ]
    if missing:
        yield Invalid("The campaign asks for more information.", fields=missing)


def _missing(request: Points, known: CampaignKnown) -> Iterator[KeydeskError]:
    missing = [
        (index, one.requirement)
        for index, line in _open(request, known)
        if (product := known.products.get(line.product))
        for one in product.documents
        if one.required and one.requirement not in {attached.requirement for attached in line.documents}
    ]
    if missing:
        names = ", ".join(f"{name} of line {index + 1}" for index, name in missing)
        yield DocumentMissing(
            f"These documents are required and missing: {names}.",
            fields=[FieldError(f"/lines/{index}/documents", f"{name} is missing") for index, name in missing],
            facts={"missing": [{"line": index + 1, "requirement": name} for index, name in missing]},
        )
