"""The lines of a points request as fields of a form, and the fields as lines again.

A row says which line it `was`, so that lines can be taken away and added, and what it keeps of that line's documents.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from store.offered import Offer

Line = dict[str, Any]


def line_fields(lines: Sequence[Line]) -> dict[str, str]:
    """The fields that mean these lines (as `RequestView.data` has them), beside those that `forms.flat` gives."""
    fields = {}
    for index, line in enumerate(lines):
        fields[f"lines/{index}/was"] = str(index + 1)
        for one in line["documents"]:
            fields[f"lines/{index}/documents/{one['requirement']}/{one['document_id']}"] = "on"
    return fields


def lines_from(
    rows: Sequence[Mapping[str, Any]],
    before: Sequence[Line],
    credited: Collection[int],
    offer: Offer,
    fresh: Sequence[Mapping[str, str]] = (),
) -> list[Line]:
    """The lines that the rows mean. `before` are the lines of the request, of which the `credited` ones stay.

    A `fresh` document serves every line whose product asks for it and that keeps no other one for that.
    """
    lines = []
    for row in rows:
        was = str(row.get("was", ""))
        known = before[int(was) - 1] if was.isdigit() and 0 < int(was) <= len(before) else None
        lines.append(known if known is not None and int(was) in credited else _line(row, offer, fresh))
    return lines


def changed(line: Line, fields: Mapping[str, str], offer: Offer, fresh: Sequence[Mapping[str, str]]) -> Line:
    """A line of the request with what its own fields say (`product`, `quantity`, `info/site`), if they say anything."""
    info = {name.removeprefix("info/"): value for name, value in fields.items() if name.startswith("info/")}
    row = {
        "product": fields.get("product", line["product"]).strip(),
        "quantity": fields.get("quantity", str(line["quantity"])).strip(),
        "info": {name: value.strip() for name, value in info.items()} if fields else line["info"],
    }
    wanted = _line(row, offer, fresh)
    same = {**wanted, "quantity": str(wanted["quantity"])} == {**line, "quantity": str(line["quantity"])}
    return line if same else wanted


def _line(row: Mapping[str, Any], offer: Offer, fresh: Sequence[Mapping[str, str]]) -> Line:
    info, kept = row.get("info"), row.get("documents")
    documents = [
        {"requirement": requirement, "document_id": document_id}
        for requirement, ticked in (kept.items() if isinstance(kept, dict) else ())
        for document_id in (ticked if isinstance(ticked, dict) else ())
    ]
    there = {one["requirement"] for one in documents}
    asked = offer.documents_for(str(row.get("product", "")))
    documents += [
        {"requirement": one["requirement"], "document_id": one["document_id"]}
        for one in fresh
        if one["requirement"] in asked and one["requirement"] not in there
    ]
    return {
        "product": row.get("product", ""),
        "quantity": row.get("quantity", ""),
        "info": {name: value for name, value in info.items() if value} if isinstance(info, dict) else {},
        "documents": documents,
    }
