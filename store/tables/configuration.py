"""What keyusers configure: line-ups, products, wholesalers, documentation, policies, texts, notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class LineUp(Base):
    """A family of products in one country."""

    __tablename__ = "line_ups"

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    page_text: Mapped[str] = mapped_column(default="")


class Product(Base):
    """A product reference, its role, and what policies match it by."""

    __tablename__ = "products"
    __table_args__ = (
        ForeignKeyConstraint(["country", "line_up"], ["line_ups.country", "line_ups.code"]),
        CheckConstraint("role IN ('outdoor', 'indoor')", "role"),
    )

    country: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    line_up: Mapped[str]
    role: Mapped[str]
    brand: Mapped[str | None]
    type: Mapped[str | None]
    family: Mapped[str | None]


class Wholesaler(Base):
    """A distributor: reference data only."""

    __tablename__ = "wholesalers"

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)


class WholesalerCell(Base):
    """One cell of the matrix: what a wholesaler does with a line-up. No row: not configured."""

    __tablename__ = "wholesaler_cells"
    __table_args__ = (
        ForeignKeyConstraint(["country", "wholesaler"], ["wholesalers.country", "wholesalers.code"]),
        ForeignKeyConstraint(["country", "line_up"], ["line_ups.country", "line_ups.code"]),
    )

    country: Mapped[str] = mapped_column(primary_key=True)
    wholesaler: Mapped[str] = mapped_column(primary_key=True)
    line_up: Mapped[str] = mapped_column(primary_key=True)
    distributes: Mapped[bool]
    gives_warranty: Mapped[bool]


class Documentation(Base):
    """A document that a country asks for, per kind and line-up; formats are media types, sizes bytes.

    `template_id` is a form to fill in.
    """

    __tablename__ = "documentation"
    __table_args__ = (ForeignKeyConstraint(["country", "line_up"], ["line_ups.country", "line_ups.code"]),)

    country: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    line_up: Mapped[str] = mapped_column(primary_key=True)
    requirement: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    required: Mapped[bool]
    media_types: Mapped[list[Any]]
    max_bytes: Mapped[int]
    position: Mapped[int] = mapped_column(default=1)
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))


class OrganisationalUnit(Base):
    """A part of the sales organisation that companies belong to."""

    __tablename__ = "organisational_units"

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Collaboration(Base):
    """Two organisational units: `unit` collaborates with `partner`; both directions are stored."""

    __tablename__ = "collaborations"
    __table_args__ = (
        ForeignKeyConstraint(["country", "unit"], ["organisational_units.country", "organisational_units.name"]),
        ForeignKeyConstraint(["country", "partner"], ["organisational_units.country", "organisational_units.name"]),
    )

    country: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    partner: Mapped[str] = mapped_column(primary_key=True)


class PolicyVersion(Base):
    """One version of a warranty policy. `definition` is a `domain.policies.Policy`; one version is current."""

    __tablename__ = "policy_versions"
    __table_args__ = (
        Index(
            "uq_policy_versions_current",
            "country",
            "number",
            unique=True,
            postgresql_where=text("is_current"),
        ),
        Index("uq_policy_versions_name", "country", "name", unique=True, postgresql_where=text("is_current")),
        Index(
            "uq_policy_versions_alternative_code",
            "country",
            "alternative_code",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    is_current: Mapped[bool]
    name: Mapped[str]
    alternative_code: Mapped[str]
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class CardText(Base):
    """The country's text on the card of a range: for goods of a distributor without or with warranty."""

    __tablename__ = "card_texts"

    country: Mapped[str] = mapped_column(ForeignKey("countries.code"), primary_key=True)
    product_range: Mapped[str] = mapped_column(primary_key=True)
    warranty_type: Mapped[str] = mapped_column(primary_key=True)
    distributor_without_warranty: Mapped[str]
    distributor_with_warranty: Mapped[str]


class Download(Base):
    """A file that a country offers for a range: templates of commissioning sheets, general information."""

    __tablename__ = "downloads"
    __table_args__ = (
        ForeignKeyConstraint(["country", "product_range"], ["line_ups.country", "line_ups.code"]),
        Index("ix_downloads_range", "country", "product_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str]
    product_range: Mapped[str]
    title: Mapped[str]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    position: Mapped[int]


class Notification(Base):
    """A country's own text of one email, instead of the packaged one."""

    __tablename__ = "notifications"
    __table_args__ = (UniqueConstraint("country", "event", "recipient", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    event: Mapped[str]
    recipient: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
