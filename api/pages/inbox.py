"""The list of requests: the keyuser's inbox, and what partners and ops see of theirs."""

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from api.fields import Line
from api.listing import Moment, after, instant, one_page
from api.pages.visits import KeyuserOf, MemberOf, Visit
from api.presenting import present
from domain.access import Role
from domain.errors import Forbidden
from domain.states import Kind, Side, State
from store import offered, overview, requests
from store.requests import Order
from store.tables.requests import Request

router = APIRouter()
PER_PAGE = 50


def _or_none(value: object) -> object:
    """A form sends its empty fields, too."""
    return None if isinstance(value, str) and not value.strip() else value


Empty = BeforeValidator(_or_none)


class Filter(BaseModel):
    """What the list is narrowed to and sorted by: the query of its address, so that it can be kept."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[Line | None, Empty] = None
    kind: Annotated[Kind | None, Empty] = None
    state: Annotated[State | None, Empty] = None
    turn: Annotated[Side | None, Empty] = None
    line_up: Annotated[Line | None, Empty] = None
    company: Annotated[Line | None, Empty] = None
    submitted_from: Annotated[Moment | None, Empty] = None
    submitted_to: Annotated[Moment | None, Empty] = None
    sort: Annotated[Order | None, Empty] = None
    cursor: Annotated[Annotated[str, StringConstraints(max_length=500)] | None, Empty] = None

    def query(self, **changes: Any) -> str:
        """The query of the same filter with changes; what is empty is left out."""
        wanted = {**self.model_dump(mode="json", exclude={"cursor"}), **changes}
        return urlencode({name: str(value) for name, value in wanted.items() if value is not None})

    async def chosen(self, visit: Visit, session: AsyncSession) -> Select[Request]:
        """The requests within the visitor's sight that pass. Raises Invalid for a day out of reach."""
        wanted = requests.Wanted(
            kind=self.kind,
            state=self.state,
            also=State.ACCEPTED if self.state is State.SUBMITTED and not visit.desk else None,
            turn=self.turn,
            line_up=self.line_up,
            company=self.company,
            submitted_from=instant(self.submitted_from, visit.zone, "/submitted_from"),
            submitted_before=after(self.submitted_to, visit.zone),
            search=self.q,
            companies=await requests.companies_like(session, self.q) if self.q else (),
        )
        usual = Order.DUE if self.turn is Side.KEYUSER else Order.NEWEST
        return requests.listing(visit.who, wanted, self.sort or usual)


@router.get("/requests")
async def show(visit: MemberOf, wanted: Annotated[Filter, Query()]) -> Response:
    """One page of the list."""
    if visit.who.role is Role.ADMIN:
        raise Forbidden("Your role does not read requests.")
    if visit.who.role is Role.KEYUSER and not visit.request.url.query:
        wanted = Filter(turn=Side.KEYUSER)
    async with visit.parts.sessions() as session:
        rows, following = await one_page(session, await wanted.chosen(visit, session), PER_PAGE, wanted.cursor)
        return visit.page(
            "inbox.html",
            wanted=wanted,
            items=await present(session, rows, visit.who),
            following=following,
            first=wanted.cursor is None,
            counted=[one if visit.desk else _as_told(one) for one in await overview.counted(session, visit.who)],
            kept=await overview.kept_filters(session, visit.who.login),
            line_ups=await offered.range_names(session, visit.who.country),
            kinds=list(Kind),
            states=[one for one in State if visit.desk or one is not State.ACCEPTED],
            orders=list(Order),
        )


@router.post("/filters")
async def keep(visit: KeyuserOf, name: Annotated[Line, Form(min_length=1)], query: Annotated[Line, Form()]) -> Response:
    """Keep the filter of the list under a name."""
    async with visit.parts.sessions.begin() as session:
        await overview.keep_filter(session, visit.who.login, name, query)
    return visit.go(f"/requests?{query}")


@router.post("/filters/{filter_id}/forget")
async def forget(visit: KeyuserOf, filter_id: int) -> Response:
    """Forget a filter."""
    async with visit.parts.sessions.begin() as session:
        await overview.forget_filter(session, visit.who.login, filter_id)
    return visit.go("/requests")


def _as_told(count: overview.Counted) -> overview.Counted:
    """Requesters are told one thing of what is submitted and of what is accepted, but not processed yet."""
    return replace(count, state=State.SUBMITTED) if count.state == State.ACCEPTED else count
