"""What a list of requests looks like as a whole, and what stands beside one request. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller
from domain.states import Side
from store.requests import ORDERS, Order, within_sight
from store.tables.countries import Company
from store.tables.pages import KeptFilter
from store.tables.requests import Request, RequestUnit


@dataclass(frozen=True)
class Counted:
    """How many requests of a kind are in a state, and whose turn they are."""

    kind: str
    state: str
    turn: str | None
    count: int


@dataclass(frozen=True)
class SameSerial:
    """Another request of the country that names one of the serials."""

    serial: str
    request_id: str
    kind: str
    state: str
    company: str | None


async def counted(session: AsyncSession, caller: Caller) -> list[Counted]:
    """Everything that the caller may see, by kind and state."""
    rows = await session.execute(
        select(Request.kind, Request.state, Request.turn, func.count())
        .where(within_sight(caller))
        .group_by(Request.kind, Request.state, Request.turn)
    )
    return [Counted(*row) for row in rows]


async def next_to_decide(session: AsyncSession, caller: Caller, but: str) -> str | None:
    """The request that has waited longest for the keyuser, other than `but`."""
    return await session.scalar(
        select(Request.id)
        .where(within_sight(caller), Request.turn == Side.KEYUSER, Request.id != but)
        .order_by(*ORDERS[Order.DUE])
        .limit(1)
    )


async def same_serials(session: AsyncSession, row: Request, serials: Sequence[str]) -> list[SameSerial]:
    """Other requests of the country, of any kind and state, that name one of the serials; newest first."""
    rows = await session.execute(
        select(RequestUnit.serial, Request.id, Request.kind, Request.state, Company.name)
        .join(Request, Request.id == RequestUnit.request_id)
        .outerjoin(Company, Company.id == Request.company_id)
        .where(RequestUnit.serial.in_(serials), Request.country == row.country, Request.id != row.id)
        .order_by(Request.submitted_at.desc(), Request.id.desc(), RequestUnit.serial)
        .limit(50)
    )
    return [SameSerial(*one) for one in rows]


async def kept_filters(session: AsyncSession, login: str) -> list[KeptFilter]:
    """The filters that somebody keeps, by name."""
    return list(await session.scalars(select(KeptFilter).where(KeptFilter.login == login).order_by(KeptFilter.name)))


async def keep_filter(session: AsyncSession, login: str, name: str, query: str) -> None:
    """Keep a filter under a name; the name's former filter is forgotten."""
    found = await session.scalar(select(KeptFilter).where(KeptFilter.login == login, KeptFilter.name == name))
    if found is None:
        session.add(KeptFilter(login=login, name=name, query=query))
    else:
        found.query = query


async def forget_filter(session: AsyncSession, login: str, filter_id: int) -> None:
    """Forget one of somebody's own filters."""
    found = await session.get(KeptFilter, filter_id)
    if found is not None and found.login == login:
        await session.delete(found)
