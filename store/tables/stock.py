"""Replacements, where units are, and what the ERP reads: stock movements and charges."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class InventoryDefinition(Base):
    """Which warehouse places units come from and go to: each column a `domain.inventory.Places`.

    A country has one active definition. A deleted one stays, out of sight.
    """

    __tablename__ = "inventory_definitions"
    __table_args__ = (
        Index(
            "uq_inventory_definitions_active",
            "country",
            unique=True,
            postgresql_where=text("active AND deleted_at IS NULL"),
        ),
    )

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    active: Mapped[bool] = mapped_column(default=False)
    adding: Mapped[dict[str, Any]]
    adding_during_replacement: Mapped[dict[str, Any]]
    removing: Mapped[dict[str, Any]]
    removing_during_replacement: Mapped[dict[str, Any]]
    deleted_at: Mapped[datetime | None]


class CoverageReason(Base):
    """Why a unit may be replaced. What a reason means stands in each policy that lists it. A deleted one stays."""

    __tablename__ = "coverage_reasons"

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    deleted_at: Mapped[datetime | None]


class Replacement(Base):
    """One unit took another's place. `outcome` is a `domain.replacements.Outcome`, frozen; an undone one stays.

    The two indexes say that a serial is replaced once, and takes the place of one other.
    """

    __tablename__ = "replacements"
    __table_args__ = (
        Index("uq_replacements_old", "country", "old_serial", unique=True, postgresql_where=text("undone_at IS NULL")),
        Index("uq_replacements_new", "country", "new_serial", unique=True, postgresql_where=text("undone_at IS NULL")),
        CheckConstraint("old_serial <> new_serial", "two_units"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    old_serial: Mapped[str]
    new_serial: Mapped[str]
    replaced_on: Mapped[date]
    outcome: Mapped[dict[str, Any]]
    booked_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class UnitPlace(Base):
    """Where a unit is that a replacement has touched: one place a serial. All others are installed."""

    __tablename__ = "unit_places"

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    serial: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str]
    since: Mapped[date]
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"))


class StockMovement(Base):
    """A unit went from one place to another, as the definition `inventory` then said; append-only.

    `cause`: the replacement, or its cancellation.
    """

    __tablename__ = "stock_movements"
    __table_args__ = (
        UniqueConstraint("request_id", "cause", "serial"),
        Index("ix_stock_movements_country", "country", "id"),
        Index("ix_stock_movements_serial", "country", "serial"),
        CheckConstraint("cause IN ('replacement', 'cancellation')", "cause"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"))
    cause: Mapped[str]
    serial: Mapped[str]
    product: Mapped[str]
    source: Mapped[str]
    target: Mapped[str]
    inventory: Mapped[str]
    moved_on: Mapped[date]
    booked_at: Mapped[datetime]


class Charge(Base):
    """Who pays for the new unit of a replacement; append-only. A cancellation adds a line that `reverses` the first."""

    __tablename__ = "charges"
    __table_args__ = (
        UniqueConstraint("request_id", "cause"),
        UniqueConstraint("reverses"),
        Index("ix_charges_country", "country", "id"),
        CheckConstraint("charge IN ('free', 'charged', 'per_contract')", "charge"),
        CheckConstraint("cause IN ('replacement', 'cancellation')", "cause"),
        CheckConstraint("(cause = 'cancellation') = (reverses IS NOT NULL)", "reversal"),
        ForeignKeyConstraint(["reverses"], ["charges.id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"))
    cause: Mapped[str]
    charge: Mapped[str]
    reason: Mapped[str]
    sales_method: Mapped[str]
    product: Mapped[str]
    old_serial: Mapped[str]
    new_serial: Mapped[str]
    charged_on: Mapped[date]
    booked_at: Mapped[datetime]
    reverses: Mapped[int | None]
