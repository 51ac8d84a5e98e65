"""What a country still lacks before it can go live."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.configuring import REFUSALS, ReaderOf
from api.dependencies import PartsOf
from api.errors import documented
from configuration.readiness import readiness

router = APIRouter(prefix="/countries/{country}/readiness", tags=["configuration"])


class StepView(BaseModel):
    """One step of the set-up, done when nothing is missing. What is `open` keeps nobody from going live."""

    step: str
    title: str
    done: bool
    missing: list[str]
    open: list[str]


class Readiness(BaseModel):
    """The steps in the order in which a country is set up; `ready` when all are done."""

    ready: bool
    steps: list[StepView]


@router.get("", responses=documented(*REFUSALS))
async def read_readiness(country: str, _: ReaderOf, parts: PartsOf) -> Readiness:
    """What is missing before the country can go live."""
    async with parts.sessions() as session:
        steps = await readiness(session, country)
    return Readiness(
        ready=not any(one.missing for one in steps),
        steps=[
            StepView(
                step=one.name,
                title=one.title,
                done=not one.missing,
                missing=list(one.missing),
                open=list(one.open),
            )
            for one in steps
        ],
    )
