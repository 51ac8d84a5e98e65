"""The filtered list as a spreadsheet."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from activities.spreadsheets.files import MEDIA_TYPES, Format
from activities.spreadsheets.xlsx_files import report
from api.pages import words
from api.pages.inbox import Filter
from api.pages.visits import MemberOf, Visit
from api.pages.words import n_
from api.presenting import present
from api.schemas.requests import RequestView
from domain.access import Role
from domain.errors import Forbidden
from domain.states import Kind, State

router = APIRouter()
MOST_ROWS = 10_000
AT_ONCE = 500
HEADINGS = (
    n_("Request"),
    n_("Kind"),
    n_("State"),
    n_("Company"),
    n_("Submitted by"),
    n_("City"),
    n_("Postcode"),
    n_("Units"),
    n_("Submitted"),
    n_("Due"),
    n_("Product range"),
    n_("Warranty card"),
)
Row = list[str | datetime | None]


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
    headings = [visit.say(one) for one in HEADINGS]
    content = await asyncio.to_thread(report, visit.say(n_("Requests")), headings, rows)
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
        yield [
            one.id,
            visit.say(words.KINDS[Kind(one.kind)]),
            visit.say(words.STATES[State(one.state)]),
            one.requester.company or None,
            one.requester.login or None,
            end_user.get("city") or None,
            end_user.get("postcode") or None,
            ", ".join(_units(one.data)),
            _local(one.submitted_at, visit.zone),
            _local(one.due_at, visit.zone) if one.due_at else None,
            one.data.get("line_up") or None,
            next((card.number for card in one.cards if card.status == "valid"), None),
        ]


def _local(moment: datetime, zone: str) -> datetime:
    """The moment on the country's clock; spreadsheets know no zones."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)


def _units(data: Mapping[str, Any]) -> Iterator[str]:
    """The serial numbers of a request; of points, the products."""
    yield from (unit["serial"] for unit in data.get("units") or ())
    yield from (f"{line['product']} × {line['quantity']}" for line in data.get("lines") or ())
    if "old_serial" in data:
        yield f"{data['old_serial']} → {data['new_unit']['serial']}"
