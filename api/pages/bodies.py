"""From the fields of a draft to the body that the API would be sent, by kind."""

from collections.abc import Sequence
from typing import Any

from api.pages import words
from api.pages.forms import nested
from api.pages.visits import Visit
from domain.states import Kind
from store.tables.loyalty import CampaignProduct
from store.tables.pages import Draft

BESIDE = ("_attempt", "country", "documents")


def body_of(draft: Draft, products: Sequence[CampaignProduct] = ()) -> dict[str, Any]:
    """The body of the request; `products` are those of the campaign, for points."""
    body: dict[str, Any] = {**nested(draft.fields, but=BESIDE), "country": draft.country}
    documents = [{"requirement": one["requirement"], "document_id": one["document_id"]} for one in draft.documents]
    match draft.kind:
        case Kind.POINTS:
            asked = {one.product: {*one.required_documents} for one in products}
            body["lines"] = [_line(line, documents, asked.get(line["product"])) for line in body.get("lines", [])]
        case Kind.UNIT_REPLACEMENT:
            body["documents"] = documents
            body["old_unit_returned"] = body.get("old_unit_returned") == "on"
            body["coverage_reason"] = body.get("coverage_reason") or None
        case _:
            body["documents"] = documents
    return body


def _line(line: dict[str, str], documents: list[dict[str, str]], asked: set[str] | None) -> dict[str, Any]:
    """A document serves every line whose product asks for it: nothing is uploaded twice."""
    info = {name.removeprefix("info-"): value for name, value in line.items() if name.startswith("info-") and value}
    fitting = [one for one in documents if asked is None or one["requirement"] in asked]
    return {"product": line["product"], "quantity": line.get("quantity") or "", "info": info, "documents": fitting}


def title_of(visit: Visit, draft: Draft) -> str:
    """What the page of a draft is called."""
    kind = visit.say(words.KINDS[Kind(draft.kind)])
    return f"{kind}: {draft.request_id}" if draft.request_id else kind
