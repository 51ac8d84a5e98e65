"""Pools of numbers and warranty codes (`domain.md` §4): made in advance by keyusers, released by them."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from api.configuring import REFUSALS, ConfigurerOf, Limit, ReaderOf, author_of, routes
from api.dependencies import PartsOf
from api.errors import documented
from api.fields import Body, Line, Text, Whole
from configuration import changing, codes
from configuration.registry import CODES
from domain import errors
from domain.errors import MoveRefused, NotFound
from domain.pools import Pool
from domain.states import State
from store import pools, requests

router = APIRouter(prefix="/countries/{country}", tags=["configuration"])
MOST_AT_ONCE = 20_000
HIGHEST = 2**31 - 1
After = Annotated[int, Query(ge=0, description="next_after of the page before")]


class PoolView(BaseModel):
    """How many numbers a pool has, and how many of them are free."""

    pool: Pool
    total: int
    free: int


class Pools(BaseModel):
    """Both pools of a country."""

    items: list[PoolView]


class GenerateBody(Body):
    """How many new numbers, with which prefix, and for which company, if they are one company's own."""

    count: Annotated[Whole, Field(ge=1, le=MOST_AT_ONCE)]
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,10}$")]
    owner: Line | None = None


class CodeView(BaseModel):
    """A warranty code; `holder` is the request to which it is bound, or that consumed it."""

    number: str
    owner: str | None
    holder: str | None
    consumed: bool


class Codes(BaseModel):
    """Warranty codes in the order in which they were made. `next_after` asks for the ones that follow."""

    items: list[CodeView]
    next_after: int | None


class ReleaseBody(Body):
    """Why the code is given back."""

    comment: Annotated[Text, StringConstraints(min_length=1)]


@router.get("/pools", responses=documented(*REFUSALS))
async def read_pools(country: str, _: ReaderOf, parts: PartsOf) -> Pools:
    """The pools of a country."""
    async with parts.sessions() as session:
        counted = [(pool, *await pools.count(session, country, pool)) for pool in Pool]
    return Pools(items=[PoolView(pool=pool, total=total, free=free) for pool, total, free in counted])


@router.post("/pools/{pool}/numbers", status_code=201, responses=documented(*REFUSALS))
async def generate(country: str, pool: Pool, body: GenerateBody, caller: ConfigurerOf, parts: PartsOf) -> PoolView:
    """Make new numbers for a pool, at most 20,000 at once. Only warranty codes have owners."""
    async with parts.sessions.begin() as session:
        author = author_of(caller, parts)
        total, free = await codes.generate(session, country, pool, body.count, body.prefix, body.owner, author)
    return PoolView(pool=pool, total=total, free=free)


@router.get("/codes", responses=documented(*REFUSALS))
async def read_codes(country: str, _: ReaderOf, parts: PartsOf, after: After = 0, limit: Limit = 100) -> Codes:
    """The warranty codes of a country, with owners and holders."""
    async with parts.sessions() as session:
        rows = await pools.codes_after(session, country, min(after, HIGHEST), limit)
    items = [
        CodeView(
            number=row.number, owner=owner, holder=row.request_id or row.held_by, consumed=row.request_id is not None
        )
        for row, owner in rows
    ]
    return Codes(items=items, next_after=rows[-1][0].id if len(rows) == limit else None)


@router.post("/codes/{code}/release", responses=documented(*REFUSALS, errors.MoveRefused))
async def release(country: str, code: str, body: ReleaseBody, caller: ConfigurerOf, parts: PartsOf) -> CodeView:
    """Give back a code that was bound and never consumed, once its request has ended. It is journalled there."""
    async with parts.sessions.begin() as session:
        await changing.lock(session, country)
        holder = await pools.holder_of(session, country, code)
        row = await requests.locked(session, holder) if holder else None
        if row is None:
            raise MoveRefused(
                "This code is not bound, or it is consumed.", facts={"state": None, "allowed_actions": []}
            )
        if row.state != State.CANCELLED:
            raise MoveRefused(
                f"The code belongs to {row.id}, which is {row.state}.",
                facts={"state": row.state, "allowed_actions": [], "holder": row.id},
            )
        if await pools.free(session, row.id) != code:
            raise NotFound(f"There is no code {code} in {country}.")
        changes = {"warranty_code": {"from": code, "to": None}}
        step = requests.Step(caller.login, "release_code", State(row.state), parts.now(), body.comment, changes)
        requests.journalise(session, row, step)
        await codes.note_release(session, country, code, row.id, author_of(caller, parts))
        owner = await pools.owner_name(session, code)
    return CodeView(number=code, owner=owner, holder=None, consumed=False)


entries = routes(CODES, without=frozenset({"list_entries"}))
