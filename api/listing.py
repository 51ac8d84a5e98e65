"""Lists of requests, paged by keyset: a page costs the same wherever it is in the list."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field
from sqlakeyset import InvalidPage, serialize_bookmark, unserialize_bookmark
from sqlakeyset.asyncio import select_page
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from api.fields import Line, iso
from api.presenting import present
from api.schemas.requests import RequestPage
from domain import errors
from domain.access import Caller, Role
from domain.errors import FieldError, Forbidden, Invalid
from domain.states import Kind, State
from store import requests
from store.tables.countries import Country
from store.tables.requests import Request

router = APIRouter(prefix="/requests", tags=["requests"])
Moment = Annotated[date | datetime, Field(union_mode="left_to_right"), BeforeValidator(iso)]
EARLIEST, LATEST = date(1900, 1, 1), date(9998, 1, 1)


@router.get("", responses=documented(errors.NotAuthenticated, errors.Forbidden, errors.Invalid))
async def list_requests(
    caller: CallerOf,
    parts: PartsOf,
    country: Line | None = None,
    kind: Kind | None = None,
    state: State | None = None,
    company: Annotated[Line | None, Query(description="name of the requester's company")] = None,
    line_up: Line | None = None,
    campaign: Annotated[Line | None, Query(description="code of the campaign that points are asked from")] = None,
    submitted_from: Annotated[Moment | None, Query(description="a local day, or an instant; inclusive")] = None,
    submitted_to: Annotated[Moment | None, Query(description="a local day, or an instant; inclusive")] = None,
    q: Annotated[Line | None, Query(description="serial, postcode, card number or request id")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="next_cursor of the page before")] = None,
) -> RequestPage:
    """The requests that the caller may see, newest first. Previews and warnings stand in the single request."""
    if caller.role is Role.ADMIN:
        raise Forbidden("Your role does not read requests.")
    async with parts.sessions() as session:
        zone = await zone_of(session, caller)
        wanted = requests.Wanted(
            country=country,
            kind=kind,
            state=state,
            company=company,
            line_up=line_up,
            campaign=campaign,
            submitted_from=instant(submitted_from, zone, "/submitted_from"),
            submitted_before=after(submitted_to, zone),
            q=q or None,
        )
        rows, next_cursor = await one_page(session, requests.listing(caller, wanted), limit, cursor)
        return RequestPage(items=await present(session, rows, caller), next_cursor=next_cursor)


async def one_page(
    session: AsyncSession, query: Select[Request], limit: int, cursor: str | None
) -> tuple[list[Request], str | None]:
    """One page of a list, and the cursor of the next one. Raises Invalid for a cursor that is not ours."""
    page = await select_page(
        session,
        query,  # type: ignore[type-var]  # typed for SQLAlchemy 2.0, works with 2.1
        per_page=limit,
        page=_checked(cursor) if cursor else None,
    )
    return [row for (row,) in page], serialize_bookmark(page.paging.next) if page.paging.has_next else None


async def zone_of(session: AsyncSession, caller: Caller) -> str:
    """Where the caller's days begin."""
    country = await session.get(Country, caller.country) if caller.country else None
    return country.time_zone if country else "UTC"


def instant(moment: Moment | None, zone: str, pointer: str) -> datetime | None:
    """The instant that is meant, a day's beginning in the zone. Raises Invalid beyond what people mean."""
    if moment is None:
        return None
    if not EARLIEST <= (moment.date() if isinstance(moment, datetime) else moment) <= LATEST:
        raise Invalid("This day is out of reach.", fields=[FieldError(pointer, "out of reach")])
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.combine(moment, time(), ZoneInfo(zone))


def after(moment: Moment | None, zone: str) -> datetime | None:
    """The first instant after `moment`: after the whole day, if it is a day."""
    found = instant(moment, zone, "/submitted_to")
    if found is None or isinstance(moment, datetime):
        return None if found is None else found + timedelta(microseconds=1)
    return instant(found.date() + timedelta(days=1), zone, "/submitted_to")


def _checked(cursor: str) -> str:
    """A cursor that one of our pages gave. Raises Invalid for anything else."""
    try:
        place = unserialize_bookmark(cursor).place
    except (InvalidPage, ValueError, csv.Error):  # a bookmark is a line of CSV inside
        place = None
    if place is None or [type(part) for part in place] != [datetime, str]:
        raise Invalid("This cursor is not one of ours.", fields=[FieldError("/cursor", "not a cursor")])
    return cursor
