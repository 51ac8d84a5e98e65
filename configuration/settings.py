"""A country's settings (`domain.md` §6, §8): one entry, always there, whose version stands in its row."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, EmailStr, Field
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.changing import changed, lock
from configuration.fields import Body, Flag, Required, Text
from domain.calendar import is_time_zone
from domain.errors import FieldError, Invalid, StaleVersion
from domain.pools import ExtensionMode
from domain.serials import pattern_error
from store import audit
from store.audit import Author
from store.tables.countries import Country

NAME = "settings"
LONGEST = timedelta(days=3650)


def _written_out(value: object) -> object:
    if isinstance(value, timedelta) or (isinstance(value, str) and value.startswith("P")):
        return value
    raise ValueError("must be a duration as P14D or PT2S")


def _bounded(value: timedelta) -> timedelta:
    if not timedelta() < value <= LONGEST:
        raise ValueError("must be longer than nothing and at most ten years")
    return value


def _zone(value: str) -> str:
    if not is_time_zone(value):
        raise ValueError("must be a time zone as Europe/Madrid")
    return value


def _pattern(value: str) -> str:
    if (wrong := pattern_error(value)) is not None:
        raise ValueError(f"is no regular expression of RE2: {wrong}")
    return value


Lasting = Annotated[timedelta, BeforeValidator(_written_out), AfterValidator(_bounded)]
Language = Literal["en", "es", "pt"]
Zone = Annotated[str, AfterValidator(_zone)]
Pattern = Annotated[Required, AfterValidator(_pattern)]


class SettingsShape(Body):
    """How a country works. Durations are ISO 8601; reminders count from when a side got its turn."""

    name: Required
    time_zone: Zone
    language: Annotated[Language, Field(description="of the emails")]
    card_language: Annotated[Language, Field(description="of the cards; cards issued keep theirs")]
    keyuser_email: EmailStr
    escalation_email: EmailStr
    withdrawal_period: Lasting = timedelta(days=14)
    registration_limit: Lasting | None = None
    replacement_limit: Annotated[Lasting, Field(description="replacements are filed within this time")] = timedelta(
        days=30
    )
    keyuser_reminder: Lasting = timedelta(days=3)
    keyuser_escalation: Lasting = timedelta(days=7)
    requester_reminder: Lasting = timedelta(days=14)
    requester_expiry: Lasting = timedelta(days=90)
    personal_data_retention: Annotated[
        Lasting | None,
        Field(description="so long after its warranty has ended, or it was settled, a request's personal data is kept"),
    ] = None
    serial_pattern: Annotated[
        Pattern | None, Field(description="a stricter form of serial numbers; new submissions must match it, whole")
    ] = None
    extension_mode: ExtensionMode = ExtensionMode.A
    end_user_warranties: Annotated[Flag, Field(description="whether the landing page takes them")] = False
    extra_years_message: Text = ""
    cancellation_message: Text = ""
    page_text: Annotated[Text, Field(description="stands above the partners' forms")] = ""


def refuse_disorder(value: SettingsShape) -> None:
    """Raise Invalid for a reminder that comes after what it warns of: it is of no use."""
    if wrong := list(_late(value)):
        raise Invalid("These durations do not go together.", fields=wrong)


def _late(value: SettingsShape) -> Iterator[FieldError]:
    if value.keyuser_reminder > value.keyuser_escalation:
        yield FieldError("/keyuser_reminder", "comes after the escalation")
    if value.requester_reminder > value.requester_expiry:
        yield FieldError("/requester_reminder", "comes after the expiry")


def settings_of(row: Country) -> SettingsShape:
    """The settings that a country's row holds."""
    return SettingsShape(**{name: getattr(row, name) for name in SettingsShape.model_fields})


async def change_settings(
    session: AsyncSession, country: str, version: int, changes: Mapping[str, Any], author: Author
) -> Country:
    """Give settings new values; those not named stay. They apply to a pending request from its next move on.

    Raises NotFound, StaleVersion, and Invalid.
    """
    await lock(session, country)
    row = await session.get_one(Country, country)
    if row.version != version:
        raise StaleVersion(f"The settings are at version {row.version} by now.", facts={"version": row.version})
    before = settings_of(row)
    after = changed(before, changes)
    refuse_disorder(after)
    if after == before:
        return row
    for name, value in after:
        setattr(row, name, value)
    row.version += 1
    audit.note(
        session,
        country,
        NAME,
        "",
        row.version,
        "change",
        author,
        before=before.model_dump(mode="json"),
        after=after.model_dump(mode="json"),
    )
    await session.flush()
    return row
