"""What clients read about a request, and what they send to change it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Discriminator, Field, Tag

from api.fields import Body, Line, Required, Text, Whole
from api.schemas.bodies import AnswerBody, LineNumber
from api.schemas.points import PointsNumber, PointsView
from api.schemas.replacements import ReplacementView

Version = Annotated[Whole, Field(ge=1, le=2_000_000_000, description="the version that the caller has seen")]


class RequesterView(BaseModel):
    """Who submitted the request. Without a login an end user did, naming the company."""

    login: str | None
    company: str | None


class DocumentView(BaseModel):
    """An attached document and what the keyuser thinks of it."""

    requirement: str
    document_id: str
    filename: str
    verdict: str | None
    reason: str | None


class TierView(BaseModel):
    """One tier: `end` is the first day that is not covered."""

    tier: str
    start: date
    end: date
    days: int


class TraceView(BaseModel):
    """What became of one policy, and by which rule."""

    policy: str
    outcome: str
    rule: str | None = None
    detail: str | None = None


class AssignmentView(BaseModel):
    """The warranty: a preview for keyusers while the request is pending, then what was granted."""

    policy: str | None
    policy_version: int | None
    tiers: list[TierView]
    trace: list[TraceView]


class CardView(BaseModel):
    """One printed version of the card."""

    number: str
    version: int
    status: str
    sha256: str
    href: str


class EmailView(BaseModel):
    """One email of the request; `at` is when it was sent or given up."""

    event: str
    to: str
    status: str
    at: datetime | None
    error: str | None = None


class WarningView(BaseModel):
    """Something a requester would have been refused for, or that keeps the desk from going on."""

    code: str
    detail: str


class RequestView(BaseModel):
    """One request, as its caller may see it."""

    id: str = Field(examples=["ES-COM-000001"])
    kind: str
    country: str
    state: str
    label: str
    version: int
    submitted_at: datetime
    requester: RequesterView
    warranty_type: str | None
    data: dict[str, Any]
    documents: list[DocumentView]
    allowed_actions: list[str]
    turn: str | None = Field(description="the side that is to act: keyuser or requester")
    due_at: datetime | None = Field(description="when that side will have used up all its time")
    unread_messages: int
    cancelled_by: str | None
    warnings: list[WarningView]
    assignment: AssignmentView | None
    cards: list[CardView]
    points: PointsView | None = None
    replacement: ReplacementView | None = None
    emails: list[EmailView]


class RequestPage(BaseModel):
    """One page of a list, newest first. `next_cursor` asks for the next one; None: this was the last."""

    items: list[RequestView]
    next_cursor: str | None


class HistoryEntry(BaseModel):
    """One line of the journal."""

    version: int
    at: datetime
    actor: str
    action: str
    from_state: str | None
    to_state: str
    comment: str
    changes: dict[str, Any]


class History(BaseModel):
    """The whole journal, oldest first."""

    items: list[HistoryEntry]


def _branch(named: object) -> str:
    return "name" if isinstance(named, str) else "attachment"


Named = Annotated[Annotated[Required, Tag("name")] | Annotated[AnswerBody, Tag("attachment")], Discriminator(_branch)]


def _shallow(patch: dict[str, Any]) -> dict[str, Any]:
    """What is nested more deeply than any request can only be refused, and would be too deep for what reads it."""
    level: list[Any] = [patch]
    for _ in range(DEEPEST):
        level = [inner for one in level if isinstance(one, dict | list) for inner in _members(one)]
    if level:
        raise ValueError("is nested too deeply")
    return patch


def _members(one: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return one.values() if isinstance(one, dict) else one


DEEPEST = 10
Patch = Annotated[dict[str, Any], AfterValidator(_shallow)]


class SaveBody(Body):
    """SAVE: a JSON merge patch; `units` and `documents` are replaced whole."""

    version: Version
    data: Patch = Field(default_factory=dict, examples=[{"end_user": {"city": "Getafe"}}])
    warranty_type: Line | None = Field(None, description="end-user kinds: the policy that the keyuser chooses")


class DecisionBody(Body):
    """PROCESS. Which of the fields a trigger takes stands in its documentation."""

    version: Version
    comment: Text = ""
    documents: Annotated[list[Named], Field(max_length=40)] | None = Field(
        None, description="deny: the denied requirements; resubmit: the new documents"
    )
    data: Patch | None = Field(
        None,
        description="resubmit (wrong data) and amend: a JSON merge patch; resubmit of denied points: `lines`, of which "
        "only those that were denied without a document may differ",
    )
    line: LineNumber | None = Field(None, description="adjust: the line")
    points: PointsNumber | None = Field(None, description="adjust: its new final value")
    reason: Text | None = Field(None, description="adjust: why; `comment` does as well")
