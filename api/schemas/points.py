"""The bodies of points requests, as sent and as shown, and what is decided about their lines."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.fields import Body, Line, Required, Text, Whole
from api.schemas.bodies import MAX_LINES, AttachmentBody, LineNumber, RequestBody
from domain import requests
from domain.points import JudgedLine, Verdict
from domain.requests import Attachment

MAX_DOCUMENTS = 40
MAX_INFORMATION = 40
MAX_QUANTITY = 1_000
MAX_POINTS = 1_000_000_000

PointsNumber = Annotated[Whole, Field(ge=0, le=MAX_POINTS, description="the final value of a line")]
VersionSeen = Annotated[Whole, Field(ge=1, le=2_000_000_000, description="the version that the caller has seen")]

EXAMPLE: dict[str, Any] = {
    "country": "ES",
    "campaign": "SPRING",
    "coupon": "SPRING",
    "lines": [
        {
            "product": "CS-Z35TKEW",
            "quantity": 2,
            "info": {"serials": "55100001, 55100002"},
            "documents": [{"requirement": "invoice", "document_id": "8a0c3a0e-3f5b-4f52-8a4e-0b6f6f1f9b11"}],
        },
    ],
}


class LineBody(Body):
    """So many pieces of a product. A document that serves several lines is named on each, and uploaded once."""

    product: Required
    quantity: Annotated[Whole, Field(ge=1, le=MAX_QUANTITY)]
    info: Annotated[dict[Required, Line], Field(max_length=MAX_INFORMATION)] = Field(
        default_factory=dict, description="the information fields of the product, by name"
    )
    documents: Annotated[tuple[AttachmentBody, ...], Field(max_length=MAX_DOCUMENTS)] = ()


class PointsBody(RequestBody):
    """What a participant sends to claim points."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})
    carried = requests.Points

    campaign: Required
    coupon: Line = ""
    lines: Annotated[tuple[LineBody, ...], Field(max_length=MAX_LINES)]

    def parsed(self) -> requests.Points:
        """As the domain has it."""
        return requests.Points(
            country=self.country,
            campaign=self.campaign,
            coupon=self.coupon,
            lines=tuple(
                requests.Line(
                    product=line.product,
                    quantity=line.quantity,
                    info=dict(line.info),
                    documents=tuple(one.parsed() for one in line.documents),
                )
                for line in self.lines
            ),
        )


class VerdictBody(Body):
    """What the keyuser thinks of a document, or of a line without any; a denial says why."""

    version: VersionSeen
    verdict: Verdict
    reason: Text = ""


class DocumentVerdictBody(Body):
    """A verdict about a document, on every line that it serves and that is not credited."""

    document_id: UUID
    verdict: Verdict
    reason: Text = ""


class LineVerdictBody(Body):
    """A verdict about a line without documents."""

    line: LineNumber
    verdict: Verdict
    reason: Text = ""


class VerdictsBody(Body):
    """Many verdicts at once: all of them, or none."""

    version: VersionSeen
    documents: Annotated[tuple[DocumentVerdictBody, ...], Field(max_length=MAX_LINES * MAX_DOCUMENTS)] = ()
    lines: Annotated[tuple[LineVerdictBody, ...], Field(max_length=MAX_LINES)] = ()


class OverrideBody(Body):
    """The final value of an accepted line; null goes back to the computed one."""

    version: VersionSeen
    points: PointsNumber | None


class PushView(BaseModel):
    """The push period that a multiplier came from, in local days, bounds inclusive."""

    first_day: date
    last_day: date


class LineDocumentView(BaseModel):
    """A document of a line and its verdict there."""

    requirement: str
    document_id: str
    verdict: Verdict | None
    reason: str | None


class LineView(BaseModel):
    """One line. `points` is its worth: the override, else default points × quantity × multiplier.

    A line that is denied is worth nothing, and so is every line of a cancelled request.
    """

    n: int
    product: str
    quantity: int
    verdict: Verdict | None
    reason: str | None
    default_points: int
    multiplier: int
    push: PushView | None
    override: int | None
    points: int
    credited: bool
    documents: list[LineDocumentView]


class PointsView(BaseModel):
    """The lines with their points. `push`: a push period multiplies at least one of them."""

    total: int
    push: bool
    lines: list[LineView]


def points_view(lines: tuple[JudgedLine, ...], *, cancelled: bool) -> PointsView:
    """The points of a request as clients read them: what it brings, or would; a cancelled one brings nothing."""
    shown = [_line_view(line, 0 if cancelled else line.points) for line in lines]
    return PointsView(
        total=sum(line.points for line in shown),
        push=any(line.rate.pushed for line in lines),
        lines=shown,
    )


def _line_view(line: JudgedLine, points: int) -> LineView:
    first, last = line.rate.first_day, line.rate.last_day
    return LineView(
        n=line.n,
        product=line.product,
        quantity=line.quantity,
        verdict=line.verdict,
        reason=line.reason,
        default_points=line.rate.default_points,
        multiplier=line.rate.multiplier,
        push=PushView(first_day=first, last_day=last) if first and last else None,
        override=line.override,
        points=points,
        credited=line.credited,
        documents=[
            LineDocumentView(
                requirement=one.attachment.requirement,
                document_id=one.attachment.document_id,
                verdict=one.verdict,
                reason=one.reason,
            )
            for one in line.documents
        ],
    )


def verdict_on(attachment: Attachment, lines: tuple[JudgedLine, ...]) -> tuple[Verdict | None, str | None]:
    """What stands about a document in all lines: undecided while one line is, denied if it is on any."""
    found = [one for line in lines for one in line.documents if one.attachment == attachment]
    verdicts = {one.verdict for one in found}
    if None in verdicts:
        return None, None
    denied = next((one for one in found if one.verdict is Verdict.DENIED), None)
    return (Verdict.DENIED, denied.reason) if denied else (Verdict.ACCEPTED, None)
