"""Countries and their settings: made by admins, changed by their keyusers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.configuring import REFUSALS, ConfigurerOf, ReaderOf, author_of, change_of
from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from configuration import countries, settings
from configuration.countries import CountryShape
from configuration.settings import SettingsShape
from domain import errors
from domain.access import Caller, Role
from domain.errors import Forbidden
from store.tables.countries import Country

router = APIRouter(prefix="/countries", tags=["configuration"])
SettingsChange = change_of(SettingsShape, "settings")


class SettingsView(SettingsShape):
    """The settings of a country, and their version."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)

    version: int


class CountryView(BaseModel):
    """A country of the desk."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    time_zone: str
    language: str


class Countries(BaseModel):
    """The countries that the caller may see."""

    items: list[CountryView]


@router.get("", responses=documented(errors.NotAuthenticated))
async def list_countries(caller: CallerOf, parts: PartsOf) -> Countries:
    """All countries for admins and ops, their own one for everybody else."""
    only = None if caller.role in {Role.ADMIN, Role.OPS} else caller.country
    async with parts.sessions() as session:
        rows = await countries.countries(session, only)
    return Countries(items=[CountryView.model_validate(row) for row in rows])


def admin(caller: CallerOf) -> Caller:
    """The caller, if an admin. Raises Forbidden."""
    if caller.role is not Role.ADMIN:
        raise Forbidden("Only admins make countries.")
    return caller


@router.post(
    "",
    status_code=201,
    responses=documented(errors.NotAuthenticated, errors.Forbidden, errors.Invalid, errors.AlreadyExists),
)
async def create_country(body: CountryShape, caller: Annotated[Caller, Depends(admin)], parts: PartsOf) -> CountryView:
    """A new, empty country, by an admin. `GET /countries/{country}/readiness` says what it needs to go live."""
    async with parts.sessions.begin() as session:
        row = await countries.create_country(session, body, author_of(caller, parts))
        return CountryView.model_validate(row)


@router.get("/{country}/settings", responses=documented(*REFUSALS))
async def read_settings(country: str, _: ReaderOf, parts: PartsOf) -> SettingsView:
    """The settings of a country."""
    async with parts.sessions() as session:
        return SettingsView.model_validate(await session.get_one(Country, country))


@router.patch("/{country}/settings", responses=documented(*REFUSALS, errors.StaleVersion))
async def change_settings(
    country: str,
    body: SettingsChange,  # type: ignore[valid-type]  # made at run time
    caller: ConfigurerOf,
    parts: PartsOf,
) -> SettingsView:
    """Change settings. What is not named stays. They apply to a pending request from its next move on."""
    named: dict[str, Any] = body.model_dump(exclude_unset=True)  # type: ignore[attr-defined]  # as above
    version = named.pop("version")
    async with parts.sessions.begin() as session:
        row = await settings.change_settings(session, country, version, named, author_of(caller, parts))
        return SettingsView.model_validate(row)
