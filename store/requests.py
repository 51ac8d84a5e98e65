"""Requests and their journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, and_, any_, false, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller, Owner, Role
from domain.requests import CARRIED, Attachment, Carried, Points, WarrantyRequest
from domain.serials import normalise_postcode, normalise_serial
from domain.states import Kind, State
from store.snapshots import from_json, to_json
from store.tables.countries import Company
from store.tables.effects import Card, PoolNumber
from store.tables.requests import JournalEntry, Request, RequestDocument, RequestUnit


async def locked(session: AsyncSession, request_id: str) -> Request | None:
    """The request, locked until the transaction ends: every move and every SAVE starts here."""
    return await session.get(Request, request_id, with_for_update={"key_share": True}, populate_existing=True)


async def hold(session: AsyncSession, row: Request) -> None:
    """Lock a request that was read before, as `locked` does, and read it anew."""
    await session.refresh(row, with_for_update={"key_share": True})


async def request(session: AsyncSession, request_id: str) -> Request | None:
    """The request as it stands; None also for an id with NUL, about which PostgreSQL cannot even be asked."""
    return None if "\0" in request_id else await session.get(Request, request_id, populate_existing=True)


def owner_of(row: Request) -> Owner:
    """Whose request it is."""
    return Owner(country=row.country, login=row.login, company_id=row.company_id)


async def carried(session: AsyncSession, row: Request) -> Carried:
    """What the request carries, with its documents."""
    documents = await attached(session, row.id)
    return from_json(CARRIED[Kind(row.kind)], row.data).with_documents(
        tuple(Attachment(one.requirement, str(one.document_id)) for one in documents)
    )


async def carried_warranty(session: AsyncSession, row: Request) -> WarrantyRequest:
    """What a request for a warranty carries. Raises TypeError for a kind that is none."""
    data = await carried(session, row)
    if not isinstance(data, WarrantyRequest):
        raise TypeError(f"{row.kind} is no request for a warranty")
    return data


def carry(row: Request, data: Carried) -> None:
    """Write what the request carries, and the columns that searches use. Documents have their own table."""
    row.data = to_json(data.with_documents(()))
    if isinstance(data, WarrantyRequest):
        row.line_up = data.line_up
        row.postcode = normalise_postcode(data.end_user.postcode)
        row.commissioned_on = data.commissioned_on
    if isinstance(data, Points):
        row.campaign = data.campaign


def differences(before: Carried, after: Carried) -> dict[str, Any]:
    """`{field: {"from", "to"}}` for every field of the two that differs; nested fields as `end_user/city`."""
    old, new = _flat(to_json(before)), _flat(to_json(after))
    return {
        name: {"from": old.get(name), "to": new.get(name)} for name in {**old, **new} if old.get(name) != new.get(name)
    }


def _flat(document: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in document.items():
        flat |= {f"{name}/{inner}": kept for inner, kept in value.items()} if isinstance(value, dict) else {name: value}
    return flat


async def attached(session: AsyncSession, request_id: str) -> list[RequestDocument]:
    """The documents that count now, in the order in which they came."""
    return list(
        await session.scalars(
            select(RequestDocument)
            .where(RequestDocument.request_id == request_id, RequestDocument.replaced.is_(False))
            .order_by(RequestDocument.id)
        )
    )


async def attach(session: AsyncSession, request_id: str, wanted: tuple[Attachment, ...]) -> None:
    """Make exactly these documents count. One that stays keeps its verdict; one that goes is kept out of sight."""
    present = {Attachment(one.requirement, str(one.document_id)): one for one in await attached(session, request_id)}
    for attachment, row in present.items():
        row.replaced = attachment not in wanted
    session.add_all(
        RequestDocument(request_id=request_id, requirement=one.requirement, document_id=UUID(one.document_id))
        for one in wanted
        if one not in present
    )
    await session.flush()


@dataclass(frozen=True)
class Step:
    """One line of the journal, before it is written."""

    actor: str
    action: str
    to_state: State
    at: datetime
    comment: str = ""
    changes: Mapping[str, Any] | None = None


def journalise(session: AsyncSession, row: Request, step: Step) -> None:
    """Move the locked request to the step's state and write the step down under the next version."""
    row.version += 1
    session.add(
        JournalEntry(
            request_id=row.id,
            version=row.version,
            at=step.at,
            actor=step.actor,
            action=step.action,
            from_state=row.state if row.version > 1 else None,
            to_state=step.to_state.value,
            comment=step.comment,
            changes=dict(step.changes or {}),
        )
    )
    row.state = step.to_state.value


async def journal(session: AsyncSession, request_id: str) -> list[JournalEntry]:
    """The whole journal, oldest first."""
    return list(
        await session.scalars(
            select(JournalEntry).where(JournalEntry.request_id == request_id).order_by(JournalEntry.version)
        )
    )


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; None means everything. `q` finds serial, postcode, card number and request id.

    `turn` is the side that is to act; `search` is what people type: what `q` finds, or a request of one of the
    `companies`, those in whose name it stands (`companies_like`). `also` is a second state beside `state`.
    """

    country: str | None = None
    kind: str | None = None
    state: str | None = None
    company: str | None = None
    line_up: str | None = None
    campaign: str | None = None
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    q: str | None = None
    turn: str | None = None
    search: str | None = None
    companies: tuple[int, ...] = ()
    also: str | None = None


class Order(StrEnum):
    """How a list is sorted."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"


SOME_DAY = datetime(9999, 1, 1, tzinfo=UTC)
ORDERS: dict[Order, tuple[ColumnElement[Any], ...]] = {
    Order.NEWEST: (Request.submitted_at.desc(), Request.id.desc()),
    Order.OLDEST: (Request.submitted_at.asc(), Request.id.asc()),
    Order.DUE: (func.coalesce(Request.due_at, SOME_DAY).asc(), Request.id.asc()),
}


def listing(caller: Caller, wanted: Wanted, order: Order = Order.NEWEST) -> Select[Request]:
    """Requests that the caller may see, narrowed to what is wanted."""
    query = select(Request).where(within_sight(caller)).order_by(*ORDERS[order])
    equal = {
        Request.country: wanted.country,
        Request.kind: wanted.kind,
        Request.line_up: wanted.line_up,
        Request.turn: wanted.turn,
        Request.campaign: wanted.campaign,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.state is not None:
        query = query.where(Request.state.in_([one for one in (wanted.state, wanted.also) if one is not None]))
    if wanted.company is not None:
        query = query.where(Request.company_id.in_(select(Company.id).where(Company.name == wanted.company)))
    if wanted.submitted_from is not None:
        query = query.where(Request.submitted_at >= wanted.submitted_from)
    if wanted.submitted_before is not None:
        query = query.where(Request.submitted_at < wanted.submitted_before)
    if wanted.q is not None:
        query = query.where(_found_by(wanted.q))
    if wanted.search is not None:
        theirs = literal(list(wanted.companies), ARRAY(Integer))  # one parameter, however many there are
        query = query.where(or_(_found_by(wanted.search), Request.company_id == any_(theirs)))
    return query


async def companies_like(session: AsyncSession, part: str) -> tuple[int, ...]:
    """The companies in whose name this part stands, upper and lower case alike. A list that knows how many there are
    is planned well; one that looks them up itself reads every request."""
    return tuple(await session.scalars(select(Company.id).where(Company.name.icontains(part.strip(), autoescape=True))))


def within_sight(caller: Caller) -> ColumnElement[bool]:
    """`domain.access.may_see` and `in_scope` as a condition on rows."""
    theirs = _of_role(caller)
    return theirs if caller.kinds is None else and_(theirs, Request.kind.in_(caller.kinds))


def _of_role(caller: Caller) -> ColumnElement[bool]:
    match caller.role:
        case Role.OPS:
            return Request.id.is_not(None)
        case Role.KEYUSER:
            return Request.country == caller.country
        case Role.INSTALLER | Role.PRO_PARTNER | Role.PARTICIPANT:
            mine = Request.login == caller.login
            if caller.company_id is not None:
                mine = or_(mine, Request.company_id == caller.company_id)
            return and_(Request.country == caller.country, mine)
        case Role.ADMIN:
            return false()


def _found_by(q: str) -> ColumnElement[bool]:
    """One look into the index of each: a condition on rows would be tried on every request of the country."""
    typed = q.strip().upper()
    found = union_all(
        select(Request.id).where(Request.id == typed),
        select(Request.id).where(Request.postcode == normalise_postcode(q)),
        select(RequestUnit.request_id).where(RequestUnit.serial == normalise_serial(q)),
        select(Card.request_id).where(Card.number == typed),
        select(func.coalesce(PoolNumber.request_id, PoolNumber.held_by)).where(PoolNumber.number == typed),
    )
    return Request.id == any_(func.array(found.scalar_subquery()))
