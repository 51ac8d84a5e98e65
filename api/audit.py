"""The audit log: who changed what of a country's configuration, when, from what to what."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict

from api.configuring import REFUSALS, ReaderOf
from api.dependencies import PartsOf
from api.errors import documented
from api.fields import Line, iso
from store import audit
from store.audit import Wanted

router = APIRouter(prefix="/countries/{country}/audit", tags=["configuration"])
HIGHEST = 2**31 - 1
Instant = Annotated[AwareDatetime, BeforeValidator(iso)]


class AuditView(BaseModel):
    """One change. `before` is null where something was created, `after` where it was deleted."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor: str
    resource: str
    key: str
    version: int
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditPage(BaseModel):
    """Changes, newest first. `next_cursor` asks for older ones."""

    items: list[AuditView]
    next_cursor: int | None


@router.get("", responses=documented(*REFUSALS))
async def read_audit(
    country: str,
    _: ReaderOf,
    parts: PartsOf,
    resource: Line | None = None,
    key: Line | None = None,
    action: Line | None = None,
    actor: Line | None = None,
    since: Annotated[Instant | None, Query(description="an instant, inclusive")] = None,
    before: Annotated[Instant | None, Query(description="an instant, exclusive")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[int | None, Query(ge=1, le=HIGHEST, description="next_cursor of the page before")] = None,
) -> AuditPage:
    """Every change of the country's configuration, newest first."""
    wanted = Wanted(resource=resource, key=key, action=action, actor=actor, since=since, before=before)
    async with parts.sessions() as session:
        rows = await audit.changes(session, country, wanted, below=cursor, limit=limit + 1)
    items = [AuditView.model_validate(row) for row in rows[:limit]]
    return AuditPage(items=items, next_cursor=items[-1].id if len(rows) > limit else None)
