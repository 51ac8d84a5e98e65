"""From the fields of a draft to the body that the API would be sent, by kind."""

from typing import Any

from api.pages import words
from api.pages.forms import nested
from api.pages.lines import lines_from
from api.pages.visits import Visit
from domain.states import Kind
from store.offered import Offer
from store.tables.pages import Draft

ATTEMPT = "_attempt"
BESIDE = (ATTEMPT, "country", "documents")


def body_of(draft: Draft, offer: Offer) -> dict[str, Any]:
    """The body of a new request; `offer` is that of the campaign, for points."""
    body: dict[str, Any] = {**nested(draft.fields, but=BESIDE), "country": draft.country}
    documents = attached(draft)
    match draft.kind:
        case Kind.POINTS:
            body["lines"] = lines_from(rows_of(body), (), (), offer, documents)
        case Kind.UNIT_REPLACEMENT:
            body["documents"] = documents
            body["old_unit_returned"] = body.get("old_unit_returned") == "on"
            body["coverage_reason"] = body.get("coverage_reason") or None
        case _:
            body["documents"] = documents
    return body


def attached(draft: Draft) -> list[dict[str, str]]:
    """What was uploaded to the draft, as a body names it."""
    return [{"requirement": one["requirement"], "document_id": one["document_id"]} for one in draft.documents]


def rows_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of lines in what `nested` made of a form."""
    rows = body.get("lines")
    return rows if isinstance(rows, list) else []


def title_of(visit: Visit, draft: Draft) -> str:
    """What the page of a draft is called."""
    kind = visit.say(words.KINDS[Kind(draft.kind)])
    return f"{kind}: {draft.request_id}" if draft.request_id else kind
