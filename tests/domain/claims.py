"""Points requests and a small campaign that knows what bears on them: builders."""

from datetime import date
from typing import Any

from domain.campaigns import Audience, Campaign, CampaignDocument, InformationField, ParticipatingProduct
from domain.claiming import CampaignKnown
from domain.points import JudgedDocument, JudgedLine, Rate, Verdict
from domain.requests import Attachment, Line, Points
from domain.submission import Upload

PDF, PNG = "application/pdf", "image/png"
TODAY = date(2026, 11, 4)
INVOICE = CampaignDocument("invoice", "Invoice", (PDF,), 100)
PHOTO = CampaignDocument("photo", "Photo", (PDF, PNG), 100, required=False)
SITE = InformationField("site", "Site", required=True)
PRODUCTS = {
    "CS-Z25TKEW": ParticipatingProduct("CS-Z25TKEW", 11, (INVOICE, PHOTO)),
    "BARE": ParticipatingProduct("BARE", 5, (), (SITE, InformationField("note", "Note"))),
}
BILL, SECOND, THIRD = (Attachment("invoice", name) for name in ("bill", "second", "third"))


def campaign(**changed: Any) -> Campaign:
    """A campaign that runs on `TODAY`, unless `changed`."""
    facts: dict[str, Any] = {
        "country": "ES",
        "code": "SPRING",
        "name": "Spring",
        "audience": Audience(),
        "coupon": "Sol-26",
        "starts_on": date(2026, 11, 1),
        "ends_on": date(2026, 11, 30),
        "claim_deadline": date(2026, 12, 31),
    }
    return Campaign(**(facts | changed))


def claim(*lines: Line, **changed: Any) -> Points:
    """A request that `known()` has nothing against, unless `changed`."""
    facts: dict[str, Any] = {"country": "ES", "campaign": "SPRING", "coupon": "Sol-26"}
    return Points(**(facts | {"lines": lines or (Line("CS-Z25TKEW", 1, {}, (BILL,)),)} | changed))


def known(**changed: Any) -> CampaignKnown:
    """What the campaign says, unless `changed`."""
    facts: dict[str, Any] = {
        "campaign": campaign(),
        "products": PRODUCTS,
        "uploads": {"bill": Upload(PDF, 100), "second": Upload(PNG, 1), "third": Upload(PDF, 101)},
        "as_of": TODAY,
    }
    return CampaignKnown(**(facts | changed))


def judged(n: int = 1, *verdicts: Verdict | None, **changed: Any) -> JudgedLine:
    """Line `n`, 20 points times 3, two pieces, with a document per verdict."""
    documents = tuple(
        JudgedDocument(Attachment("invoice", f"{n}-{index}"), verdict) for index, verdict in enumerate(verdicts)
    )
    facts: dict[str, Any] = {
        "product": "CS-Z35TKEW",
        "quantity": 2,
        "rate": Rate(20, 3, date(2026, 11, 1), date(2026, 11, 30)),
        "documents": documents,
    }
    return JudgedLine(n, **(facts | changed))
