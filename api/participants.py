"""What participants have: the balance of their points and where it comes from."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from domain import access, errors
from domain.access import Owner, Role
from domain.errors import NotFound
from store import accounts, ledger

router = APIRouter(prefix="/participants", tags=["participants"])


class EntryView(BaseModel):
    """One entry of the ledger: a grant, `adjust:<version>`, or the cancellation of a request."""

    at: datetime
    request: str = Field(examples=["ES-PTS-000001"])
    line: int
    cause: str = Field(examples=["grant"])
    points: int


class Statement(BaseModel):
    """The sum of all entries, and the entries, oldest first. A balance may be negative."""

    balance: int
    entries: list[EntryView]


@router.get("/{login}/points", responses=documented(errors.NotAuthenticated, errors.NotFound))
async def read_points(login: str, caller: CallerOf, parts: PartsOf) -> Statement:
    """The points of a participant: for the account itself, colleagues, keyusers of the country, and ops."""
    async with parts.sessions() as session:
        account = await accounts.account_of(session, login)
        if account is None or account.role != Role.PARTICIPANT or account.country is None:
            raise NotFound(f"There is no participant {login}.")
        if not access.may_see(caller, Owner(account.country, account.login, account.company_id)):
            raise NotFound(f"There is no participant {login}.")
        entries = await ledger.statement(session, account.login)
    return Statement(
        balance=sum(entry.points for entry in entries),
        entries=[
            EntryView(at=one.at, request=one.request_id, line=one.line, cause=one.cause, points=one.points)
            for one in entries
        ],
    )
