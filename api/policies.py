"""The versions of a policy: the current one, and those that warranties were granted by."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.configuring import REFUSALS, ReaderOf
from api.dependencies import PartsOf
from api.errors import documented
from configuration import policies, reading
from configuration.policy_shape import PolicyShape
from configuration.registry import POLICIES

router = APIRouter(prefix="/countries/{country}/policies", tags=["configuration"])


class PolicyVersionView(BaseModel):
    """One version of a policy, as the engine reads it."""

    policy_version: int
    current: bool
    created_at: datetime
    policy: PolicyShape


class PolicyVersions(BaseModel):
    """The versions of a policy, newest first."""

    items: list[PolicyVersionView]


@router.get("/{name}/versions", responses=documented(*REFUSALS))
async def read_versions(country: str, name: str, _: ReaderOf, parts: PartsOf) -> PolicyVersions:
    """Every version of a policy. A change of one that is effective, or was applied, makes the next."""
    async with parts.sessions() as session:
        entry = await reading.read(session, POLICIES, country, name)
        rows = await policies.versions_of(session, country, entry.value)
    items = [
        PolicyVersionView(
            policy_version=row.version, current=row.is_current, created_at=row.created_at, policy=policies.shape_of(row)
        )
        for row in rows
    ]
    return PolicyVersions(items=items)
