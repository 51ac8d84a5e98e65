"""Verdicts and points of the lines of a points request: plain changes of a keyuser, which decide nothing yet."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from activities.judging import Judgement, judge, set_points
from activities.move import Changes
from api.deciding import not_on_offer, refuse_stale, sight
from api.dependencies import CallerOf, Parts, PartsOf
from api.errors import documented
from api.presenting import present_one
from api.schemas.bodies import MAX_LINES
from api.schemas.points import OverrideBody, VerdictBody, VerdictsBody
from api.schemas.requests import RequestView
from domain import access, errors
from domain.access import Caller
from domain.errors import FieldError, Forbidden, Invalid, ReasonRequired
from domain.points import Verdict
from domain.states import Kind, State
from store import requests
from store.tables.requests import Request

router = APIRouter(prefix="/requests/{request_id}", tags=["requests"])
RESPONSES = documented(
    errors.NotAuthenticated,
    errors.Forbidden,
    errors.NotFound,
    errors.MoveRefused,
    errors.StaleVersion,
    errors.Invalid,
    errors.NotEditable,
    errors.ReasonRequired,
)
N = Annotated[int, Path(ge=1, le=MAX_LINES, description="number of the line, counted from 1")]


@router.put("/documents/{document_id}/verdict", responses=RESPONSES)
async def judge_document(
    request_id: str, document_id: UUID, body: VerdictBody, caller: CallerOf, parts: PartsOf
) -> RequestView:
    """Accept or deny a document, on every line that it serves and that is not credited. A denial needs a reason."""
    judgement = _with_reason(Judgement(body.verdict, body.reason, document_id=document_id), "/reason")
    return await _judged(parts, caller, request_id, body.version, (judgement,))


@router.put("/lines/{n}/verdict", responses=RESPONSES)
async def judge_line(request_id: str, n: N, body: VerdictBody, caller: CallerOf, parts: PartsOf) -> RequestView:
    """Accept or deny a line that has no documents. A denial needs a reason."""
    judgement = _with_reason(Judgement(body.verdict, body.reason, line=n), "/reason")
    return await _judged(parts, caller, request_id, body.version, (judgement,))


@router.put("/verdicts", responses=RESPONSES)
async def judge_many(request_id: str, body: VerdictsBody, caller: CallerOf, parts: PartsOf) -> RequestView:
    """Many verdicts at once, all of them or none."""
    judgements = (
        *(
            _with_reason(Judgement(one.verdict, one.reason, document_id=one.document_id), f"/documents/{n}/reason")
            for n, one in enumerate(body.documents)
        ),
        *(
            _with_reason(Judgement(one.verdict, one.reason, line=one.line), f"/lines/{n}/reason")
            for n, one in enumerate(body.lines)
        ),
    )
    if not judgements:
        raise Invalid("No verdict is given.", fields=[FieldError("/documents", "is missing")])
    return await _judged(parts, caller, request_id, body.version, judgements)


@router.put("/lines/{n}/points", responses=RESPONSES)
async def override_points(request_id: str, n: N, body: OverrideBody, caller: CallerOf, parts: PartsOf) -> RequestView:
    """Set the final value of an accepted line. It is not multiplied, and goes if the line is denied after all."""

    async def override(session: AsyncSession, row: Request) -> Changes:
        return await set_points(session, row, n, body.points)

    return await _change(parts, caller, request_id, body.version, "set_points", override)


def _with_reason(judgement: Judgement, pointer: str) -> Judgement:
    if judgement.verdict is Verdict.DENIED and not judgement.reason:
        raise ReasonRequired("A denial needs a reason.", fields=[FieldError(pointer, "is missing")])
    return judgement


async def _judged(
    parts: Parts, caller: Caller, request_id: str, version: int, judgements: tuple[Judgement, ...]
) -> RequestView:
    async def give(session: AsyncSession, row: Request) -> Changes:
        return await judge(session, row, judgements)

    return await _change(parts, caller, request_id, version, "judge", give)


async def _change(
    parts: Parts,
    caller: Caller,
    request_id: str,
    version: int,
    action: str,
    make: Callable[[AsyncSession, Request], Awaitable[Changes]],
) -> RequestView:
    """Make a change of the submitted request and journal it, in one transaction."""
    async with parts.sessions.begin() as session:
        row = await sight(session, request_id, caller)
        if not access.is_keyuser(caller, row.country):
            raise Forbidden("Only keyusers judge.")
        await requests.hold(session, row)
        refuse_stale(row, version)
        if row.kind != Kind.POINTS or row.state != State.SUBMITTED:
            raise not_on_offer(row, caller, action)
        if changes := await make(session, row):
            step = requests.Step(caller.login, action, State(row.state), parts.now(), changes=changes)
            requests.journalise(session, row, step)
        await session.flush()
        return await present_one(session, row, caller)
