"""Loyalty: campaigns with their products and push periods, the lines of points requests, and the ledger."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class Campaign(Base):
    """A loyalty campaign; days are local days of the country, bounds inclusive.

    `audience` is a `domain.campaigns.Audience`. An empty `coupon_code` asks for none. Requests are taken from
    `starts_on` to `claim_deadline`. `documents` (requirement, title, media types, size) and `information` (name,
    title) are what its products may ask for.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", "days"),
        CheckConstraint("ends_on <= claim_deadline", "claim_deadline"),
    )

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    audience: Mapped[dict[str, Any]]
    coupon_code: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    claim_deadline: Mapped[date]
    documents: Mapped[list[Any]] = mapped_column(default=list)
    information: Mapped[list[Any]] = mapped_column(default=list)


class CampaignProduct(Base):
    """A product that takes part in a campaign, with the points of one piece.

    `required_*` name the documents and the information of the campaign that a line must bring.
    """

    __tablename__ = "campaign_products"
    __table_args__ = (
        ForeignKeyConstraint(["country", "campaign"], ["campaigns.country", "campaigns.code"]),
        ForeignKeyConstraint(["country", "product"], ["products.country", "products.reference"]),
        CheckConstraint("default_points >= 0", "default_points"),
    )

    country: Mapped[str] = mapped_column(primary_key=True)
    campaign: Mapped[str] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    default_points: Mapped[int]
    required_documents: Mapped[list[Any]] = mapped_column(default=list)
    required_information: Mapped[list[Any]] = mapped_column(default=list)


class PushPeriod(Base):
    """Whole local days, bounds inclusive, in which the points of a product are multiplied. Periods never overlap."""

    __tablename__ = "push_periods"
    __table_args__ = (
        ForeignKeyConstraint(
            ["country", "campaign", "product"],
            ["campaign_products.country", "campaign_products.campaign", "campaign_products.product"],
        ),
        CheckConstraint("first_day <= last_day", "days"),
        CheckConstraint("multiplier >= 1", "multiplier"),
        UniqueConstraint("country", "campaign", "product", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str]
    campaign: Mapped[str]
    product: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    multiplier: Mapped[int]


class RequestLine(Base):
    """A line of a points request: what the keyuser decided about it, beside the verdicts of its documents.

    `verdict` and `reason` are its own, if it has no documents. `rate` is the `domain.points.Rate` at which it was
    credited, frozen then.
    """

    __tablename__ = "request_lines"
    __table_args__ = (
        CheckConstraint("verdict IN ('accepted', 'denied')", "verdict"),
        CheckConstraint("override >= 0", "override"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(index=True)
    quantity: Mapped[int]
    verdict: Mapped[str | None]
    reason: Mapped[str | None]
    override: Mapped[int | None]
    rate: Mapped[dict[str, Any] | None]


class LedgerEntry(Base):
    """Points booked for an account: append-only, which a trigger of the database enforces. A balance is their sum."""

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("request_id", "line", "cause"),
        Index("ix_ledger_login", "login", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"))
    line: Mapped[int]
    cause: Mapped[str]
    login: Mapped[str] = mapped_column(ForeignKey("accounts.login"))
    points: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
