"""API keys for machines: given out and revoked by admins, who see each key's text once."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from api.fields import Body, Email, Line, Whole
from domain.access import Caller, Role
from domain.errors import AlreadyExists, FieldError, Forbidden, Invalid, NotAuthenticated, NotFound
from domain.states import Kind
from store import accounts, api_keys, audit
from store.accounts import PRO_PARTNER
from store.api_keys import Machine
from store.tables.access import ApiKey
from store.tables.countries import Account, Country

router = APIRouter(prefix="/api-keys", tags=["accounts"], responses=documented(NotAuthenticated, Forbidden))
RESOURCE = "api-keys"
LONGEST_LIFE = 3650
OF_THE_DESK = Role.OPS
OF_COMPANIES = {Role.INSTALLER, Role.PRO_PARTNER}


class KeyBody(Body):
    """What a machine may do. Not everything fits together: ops have no country, installers have a company."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$", examples=["erp-es"], description="the machine's account")
    role: Literal["installer", "pro_partner", "participant", "keyuser", "ops"]
    country: Line | None = Field(None, examples=["ES"])
    company: Line | None = Field(None, examples=["ABC"])
    email: Email = Field(description="who is told what is told a requester, and whom to ask about the machine")
    kinds: list[Kind] | None = Field(
        None, min_length=1, description="the only kinds of request that exist for the key; null: all of its role"
    )
    days: Whole | None = Field(None, ge=1, le=LONGEST_LIFE, description="so long the key is good; null: until revoked")

    @model_validator(mode="after")
    def _fits(self) -> "KeyBody":
        if (self.role == OF_THE_DESK) != (self.country is None):
            raise ValueError("every role but ops has a country, ops has none")
        if (self.role in OF_COMPANIES) != (self.company is not None):
            raise ValueError("installers and PRO Partners have a company, nobody else has")
        return self


class KeyView(BaseModel):
    """One key, without its text."""

    id: int
    name: str
    role: str
    country: str | None
    email: str
    kinds: list[Kind] | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_on: date | None


class NewKeyView(KeyView):
    """The one time that the key's text is shown."""

    key: str = Field(examples=["kdk_…"], description="send it as a bearer token; it cannot be shown again")


class KeysView(BaseModel):
    """Every key, newest first."""

    items: list[KeyView]


async def admin(caller: CallerOf) -> Caller:
    """An admin. Raises Forbidden for everybody else."""
    if caller.role is not Role.ADMIN:
        raise Forbidden("Only admins give out API keys.")
    return caller


AdminOf = Annotated[Caller, Depends(admin)]


@router.get("")
async def list_keys(_: AdminOf, parts: PartsOf) -> KeysView:
    """Every key that there is and was."""
    async with parts.sessions() as session:
        return KeysView(items=[KeyView(**_shown(*row)) for row in await api_keys.listed(session)])


@router.post("", status_code=201, responses=documented(Invalid, AlreadyExists))
async def create_key(body: KeyBody, author: AdminOf, parts: PartsOf) -> NewKeyView:
    """A new key. For a machine that has one, this is a second one: change over, then revoke the first."""
    now = parts.now()
    async with parts.sessions.begin() as session:
        machine = await _machine(session, body)
        until = now + timedelta(days=body.days) if body.days else None
        kinds = set(body.kinds) if body.kinds else None
        key, text = await api_keys.issue(session, machine, kinds, author.login, now, until)
        account = await session.get_one(Account, key.login)
        shown = _shown(key, account)
        _note(session, author, now, key, account, "create")
    return NewKeyView(**shown, key=text)


@router.delete("/{key_id}", status_code=204, responses=documented(NotFound))
async def revoke_key(key_id: Annotated[int, Path(ge=1, le=2**31 - 1)], author: AdminOf, parts: PartsOf) -> None:
    """The key is good for nothing from now on. Revoking it again changes nothing."""
    async with parts.sessions.begin() as session:
        key = await api_keys.locked(session, key_id)
        if key is None:
            raise NotFound("There is no such API key.")
        if key.revoked_at is None:
            key.revoked_at = parts.now()
            await session.flush()
            _note(session, author, key.revoked_at, key, await session.get_one(Account, key.login), "revoke")


async def _machine(session: AsyncSession, body: KeyBody) -> Machine:
    """The machine's account, with country and company as they are here. Raises Invalid."""
    if body.country is not None and await session.get(Country, body.country) is None:
        raise Invalid("There is no such country.", fields=[FieldError("/country", "unknown")])
    company_id = None
    if body.country is not None and body.company is not None:
        company = await accounts.company_named(session, body.country, body.company)
        if company is None or (Role(body.role) is Role.PRO_PARTNER) != (company.company_class == PRO_PARTNER):
            raise Invalid("There is no such company for this role.", fields=[FieldError("/company", "unknown")])
        company_id = company.id
    return Machine(body.name, Role(body.role), body.country, company_id, body.email)


def _shown(key: ApiKey, account: Account) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": account.login.removeprefix(api_keys.MACHINES),
        "role": account.role,
        "country": account.country,
        "email": account.email,
        "kinds": key.kinds,
        "created_by": key.created_by,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_on": key.last_used_on,
    }


def _note(
    session: AsyncSession,
    author: Caller,
    at: datetime,
    key: ApiKey,
    account: Account,
    action: Literal["create", "revoke"],
) -> None:
    """In the audit log: who gave or took what from which machine, never the key itself."""
    facts = {"login": account.login, "role": account.role, "kinds": key.kinds}
    created = action == "create"
    audit.note(
        session,
        account.country,
        RESOURCE,
        str(key.id),
        audit.FIRST if created else audit.FIRST + 1,
        action,
        audit.Author(author.login, at),
        before=None if created else facts,
        after=facts if created else None,
    )
