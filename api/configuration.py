"""A country's settings and texts, changed by its keyusers. (More of `domain.md` §8 follows here.)"""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, EmailStr, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.configuring import REFUSALS, ConfigurerOf, ReaderOf
from api.dependencies import PartsOf
from api.errors import documented
from api.fields import Body, Text
from api.schemas.requests import Version
from domain import errors
from domain.errors import FieldError, Invalid, NotFound, StaleVersion
from domain.policies import Tag
from domain.pools import ExtensionMode
from store.tables.configuration import CardText, LineUp
from store.tables.countries import Country

router = APIRouter(prefix="/countries/{country}", tags=["configuration"])
LONGEST = timedelta(days=3650)


def _written_out(value: object) -> object:
    if isinstance(value, timedelta) or (isinstance(value, str) and value.startswith("P")):
        return value
    raise ValueError("must be a duration as P14D or PT2S")


def _bounded(value: timedelta) -> timedelta:
    if not timedelta() < value <= LONGEST:
        raise ValueError("must be longer than nothing and at most ten years")
    return value


Lasting = Annotated[timedelta, BeforeValidator(_written_out), AfterValidator(_bounded)]


class Settings(BaseModel):
    """How a country works. Durations are ISO 8601; reminders count from when a side got its turn."""

    model_config = ConfigDict(from_attributes=True, ser_json_timedelta="iso8601")

    version: int
    name: str
    time_zone: str
    language: str
    card_language: str
    keyuser_email: str
    escalation_email: str
    withdrawal_period: timedelta = Field(examples=["P14D"])
    registration_limit: timedelta | None
    replacement_limit: timedelta = Field(description="how long after a replacement it may be filed", examples=["P30D"])
    keyuser_reminder: timedelta
    keyuser_escalation: timedelta
    requester_reminder: timedelta
    requester_expiry: timedelta
    extension_mode: ExtensionMode
    end_user_warranties: bool
    extra_years_message: str
    cancellation_message: str


class SettingsPatch(Body):
    """What is to change; what is not named stays. They apply to a pending request from its next move on."""

    version: Version
    language: Literal["en", "es", "pt"] | None = Field(None, description="of the emails")
    card_language: Literal["en", "es", "pt"] | None = Field(None, description="of the cards; cards issued keep theirs")
    keyuser_email: EmailStr | None = None
    escalation_email: EmailStr | None = None
    withdrawal_period: Lasting | None = None
    registration_limit: Lasting | None = None
    replacement_limit: Lasting | None = None
    keyuser_reminder: Lasting | None = None
    keyuser_escalation: Lasting | None = None
    requester_reminder: Lasting | None = None
    requester_expiry: Lasting | None = None
    extension_mode: ExtensionMode | None = None
    end_user_warranties: bool | None = None
    extra_years_message: Text | None = None
    cancellation_message: Text | None = None


class CardTextBody(Body):
    """Two plain texts: for goods of a distributor without and with a warranty of its own."""

    distributor_without_warranty: Text
    distributor_with_warranty: Text


@router.get("/settings", responses=documented(*REFUSALS))
async def read_settings(country: str, _: ReaderOf, parts: PartsOf) -> Settings:
    """The settings of a country."""
    async with parts.sessions() as session:
        return Settings.model_validate(await session.get_one(Country, country))


@router.patch("/settings", responses=documented(*REFUSALS, errors.StaleVersion))
async def change_settings(country: str, body: SettingsPatch, _: ConfigurerOf, parts: PartsOf) -> Settings:
    """Change settings of a country."""
    async with parts.sessions.begin() as session:
        row = await session.get_one(Country, country, with_for_update=True)
        if row.version != body.version:
            raise StaleVersion(f"The settings are at version {row.version} by now.", facts={"version": row.version})
        named = body.model_dump(exclude_unset=True, exclude={"version"})
        if empty := [name for name, value in named.items() if value is None and name != "registration_limit"]:
            raise Invalid("These may not be empty.", fields=[FieldError(f"/{name}", "is needed") for name in empty])
        for name, value in named.items():
            setattr(row, name, value)
        row.version += 1
        _refuse_order(row)
        return Settings.model_validate(row)


def _refuse_order(row: Country) -> None:
    """A reminder that comes after what it warns of is of no use."""
    wrong = []
    if row.keyuser_reminder > row.keyuser_escalation:
        wrong.append(FieldError("/keyuser_reminder", "comes after the escalation"))
    if row.requester_reminder > row.requester_expiry:
        wrong.append(FieldError("/requester_reminder", "comes after the expiry"))
    if wrong:
        raise Invalid("These durations do not go together.", fields=wrong)


@router.put("/card-texts/{product_range}/{warranty_type}", responses=documented(*REFUSALS))
async def write_card_text(
    country: str,
    product_range: str,
    warranty_type: Literal[Tag.STANDARD, Tag.EXTENSION, Tag.END_USER, Tag.EXTRA_END_USER],
    body: CardTextBody,
    _: ConfigurerOf,
    parts: PartsOf,
) -> CardTextBody:
    """The texts on the cards of a range. They are plain text: cards already issued keep theirs."""
    async with parts.sessions.begin() as session:
        await _refuse_unknown_range(session, country, product_range)
        key = {"country": country, "product_range": product_range, "warranty_type": warranty_type.value}
        row = await session.get(CardText, key)
        if row is None:
            row = CardText(**key)
            session.add(row)
        row.distributor_without_warranty = body.distributor_without_warranty
        row.distributor_with_warranty = body.distributor_with_warranty
    return body


async def _refuse_unknown_range(session: AsyncSession, country: str, product_range: str) -> None:
    if await session.get(LineUp, {"country": country, "code": product_range}) is None:
        raise NotFound(f"There is no range {product_range} in {country}.")
