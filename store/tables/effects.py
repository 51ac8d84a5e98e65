"""What an accepted request brings about: assignments, numbers, cards, emails."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class Assignment(Base):
    """The warranty granted, frozen at accept; an amendment adds one. `snapshot` is a `domain.warranties.Assignment`."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "ix_assignments_policy",
            text("((snapshot ->> 'policy_number')::integer)"),
            text("((snapshot ->> 'policy_version')::integer)"),
        ),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    policy: Mapped[str | None]
    snapshot: Mapped[dict[str, Any]]


class PoolNumber(Base):
    """A unique number of a country's pool. Once it has a `request_id` it is spent and never returns.

    A warranty code is bound to its holder (`held_by`) before it is spent.
    """

    __tablename__ = "pool_numbers"
    __table_args__ = (
        CheckConstraint("pool IN ('card', 'extension')", "pool"),
        Index(
            "ix_pool_numbers_free",
            "country",
            "pool",
            "id",
            postgresql_where=text("request_id IS NULL AND held_by IS NULL"),
        ),
        CheckConstraint("held_by IS NULL OR request_id IS NULL OR held_by = request_id", "one_holder"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    pool: Mapped[str]
    number: Mapped[str] = mapped_column(unique=True)
    owner_company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    held_by: Mapped[str | None] = mapped_column(ForeignKey("requests.id"), unique=True)
    request_id: Mapped[str | None] = mapped_column(ForeignKey("requests.id"), unique=True)


class Card(Base):
    """One version of a request's warranty card. `pending` until its PDF is stored; `face` is what it shows, frozen.

    `caused_by` is the replacement or the amended warranty for which it was reissued; that request prints and mails it.
    """

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("request_id", "request_version"),
        UniqueConstraint("number", "version"),
        CheckConstraint("status IN ('pending', 'valid', 'superseded', 'withdrawn')", "status"),
        Index("uq_cards_valid", "number", unique=True, postgresql_where=text("status = 'valid'")),
        Index("ix_cards_status", "status"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    request_version: Mapped[int]
    caused_by: Mapped[str | None] = mapped_column(ForeignKey("requests.id"), index=True)
    number: Mapped[str] = mapped_column(ForeignKey("pool_numbers.number"))
    status: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    face: Mapped[dict[str, Any]]
    sha256: Mapped[str | None]
    libraries: Mapped[dict[str, Any] | None]
    issued_at: Mapped[datetime | None]


class Email(Base):
    """One email to one recipient: queued with the move that caused it, sent once.

    `tags` are the values for the template, frozen at the move; `card_version` names the card to attach: one of the
    request's own, or of `card_of`.
    """

    __tablename__ = "emails"
    __table_args__ = (
        UniqueConstraint("request_id", "cause", "event", "recipient"),
        CheckConstraint("status IN ('queued', 'sent', 'failed', 'dropped')", "status"),
        Index("ix_emails_queued", "id", postgresql_where=text("status = 'queued'")),
        Index("ix_emails_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"))
    cause: Mapped[str]
    event: Mapped[str]
    recipient: Mapped[str]
    to: Mapped[str]
    language: Mapped[str]
    tags: Mapped[dict[str, Any]]
    card_version: Mapped[int | None]
    card_of: Mapped[str | None] = mapped_column(ForeignKey("requests.id"))
    status: Mapped[str]
    error: Mapped[str | None]
    message_id: Mapped[str]
    queued_at: Mapped[datetime]
    at: Mapped[datetime | None]
