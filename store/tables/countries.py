"""Countries with their settings, companies and accounts."""

from datetime import timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class Country(Base):
    """One country and its settings (`domain.md` §6, §8). Durations are intervals, read and written as ISO 8601."""

    __tablename__ = "countries"
    __table_args__ = (CheckConstraint("extension_mode IN ('a', 'b')", "extension_mode"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str]
    language: Mapped[str]
    card_language: Mapped[str]
    keyuser_email: Mapped[str]
    escalation_email: Mapped[str]
    withdrawal_period: Mapped[timedelta]
    registration_limit: Mapped[timedelta | None]
    replacement_limit: Mapped[timedelta] = mapped_column(
        default=timedelta(days=30), server_default=text("'30 days'::interval")
    )
    keyuser_reminder: Mapped[timedelta]
    keyuser_escalation: Mapped[timedelta]
    requester_reminder: Mapped[timedelta]
    requester_expiry: Mapped[timedelta]
    personal_data_retention: Mapped[timedelta | None]
    serial_pattern: Mapped[str | None]
    extension_mode: Mapped[str] = mapped_column(default="a")
    end_user_warranties: Mapped[bool] = mapped_column(default=False)
    extra_years_message: Mapped[str] = mapped_column(default="")
    cancellation_message: Mapped[str] = mapped_column(default="")
    page_text: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class Counter(Base):
    """Numbers that a country hands out in a row: one line per name, `COM` for the ids of commissioning requests."""

    __tablename__ = "counters"

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Company(Base):
    """A partner's company with its class and schemes."""

    __tablename__ = "companies"
    __table_args__ = (
        UniqueConstraint("country", "name"),
        CheckConstraint(
            "company_class IN ('standard', 'accredited', 'accredited_partner', 'pro_partner')",
            "company_class",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    name: Mapped[str]
    company_class: Mapped[str]
    schemes: Mapped[list[Any]]
    pro_partner_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"), index=True)
    organisational_unit: Mapped[str | None]
    address: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")


class Account(Base):
    """Somebody who signs in. `demo` accounts have a published password and work only inside the demo.

    `issuer` is who vouches for the account: None this desk itself, `api-key` a machine's keys, else an identity
    provider's address. Nobody else can sign in to it.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("role IN ('installer', 'pro_partner', 'participant', 'keyuser', 'ops', 'admin')", "role"),
        CheckConstraint("(role IN ('ops', 'admin')) = (country IS NULL)", "country_of_role"),
    )

    login: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    country: Mapped[str | None] = mapped_column(ForeignKey("countries.code"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"), index=True)
    email: Mapped[str]
    password_hash: Mapped[str]
    superuser: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    issuer: Mapped[str | None]
