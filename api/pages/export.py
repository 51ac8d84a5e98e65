"""The filtered list as a spreadsheet."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from activities.spreadsheets.files import MEDIA_TYPES, Format, written
from api.pages import words
from api.pages.inbox import Filter
from api.pages.pages import shown_moment
from api.pages.visits import MemberOf, Visit
from api.presenting import present
from api.schemas.requests import RequestView
from domain.access import Role
from domain.columns import text
from domain.errors import Forbidden
from domain.sheets import Row, Sheet
from domain.states import Kind, State

router = APIRouter()
MOST_ROWS = 10_000
AT_ONCE = 500
COLUMNS = ("request", "kind", "state", "company", "requester", "city", "postcode", "units", "submitted", "due")
SHEET = Sheet("Requests", tuple(text(name, name) for name in COLUMNS), ("request",))


@router.get("/requests.xlsx")
async def export(visit: MemberOf, wanted: Annotated[Filter, Query()]) -> Response:
    """What the list shows under this filter, at most 10,000 requests. Raises Forbidden unless the desk asks."""
    if visit.who.role not in {Role.KEYUSER, Role.OPS}:
        raise Forbidden("Only the desk exports lists.")
    rows: list[Row] = []
    async with visit.parts.sessions() as session:
        chosen = await wanted.chosen(visit, session)
        found = list(await session.scalars(chosen.limit(MOST_ROWS)))
        for start in range(0, len(found), AT_ONCE):
            part = found[start : start + AT_ONCE]
            rows += _rows(visit, await present(session, part, visit.who))
            session.expunge_all()
    content = await asyncio.to_thread(written, Format.XLSX, SHEET, rows)
    return Response(
        content,
        media_type=MEDIA_TYPES[Format.XLSX],
        headers={
            "Content-Disposition": 'attachment; filename="requests.xlsx"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _rows(visit: Visit, views: Sequence[RequestView]) -> Iterator[Row]:
    for one in views:
        end_user = one.data.get("end_user") or {}
        yield {
            "request": one.id,
            "kind": visit.say(words.KINDS[Kind(one.kind)]),
            "state": visit.say(words.STATES[State(one.state)]),
            "company": one.requester.company or "",
            "requester": one.requester.login or "",
            "city": end_user.get("city", ""),
            "postcode": end_user.get("postcode", ""),
            "units": ", ".join(_units(one.data)),
            "submitted": shown_moment(one.submitted_at, visit.language, visit.zone),
            "due": shown_moment(one.due_at, visit.language, visit.zone) if one.due_at else "",
        }


def _units(data: Mapping[str, Any]) -> Iterator[str]:
    """The serial numbers of a request; of points, the products."""
    yield from (unit["serial"] for unit in data.get("units") or ())
    yield from (f"{line['product']} × {line['quantity']}" for line in data.get("lines") or ())
    if "old_serial" in data:
        yield f"{data['old_serial']} → {data['new_unit']['serial']}"
