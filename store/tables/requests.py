"""Requests, their units and documents, how they came in, what was decided, and their journal."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class Intake(Base):
    """A submission on its way in: unique per caller and idempotency key. Holds the body until it is recorded.

    `caller` is a login, or the keyed hash of a visitor's address; `login` is None then.
    `outcome` is None while it is under way, then `recorded` or `refused`; `refusal` is the error as facts.
    """

    __tablename__ = "intakes"
    __table_args__ = (
        UniqueConstraint("caller", "idempotency_key"),
        CheckConstraint("outcome IN ('recorded', 'refused')", "outcome"),
        Index("ix_intakes_unrecorded", "submitted_at", postgresql_where=text("outcome IS NULL")),
    )

    request_id: Mapped[str] = mapped_column(primary_key=True)
    caller: Mapped[str]
    login: Mapped[str | None] = mapped_column(ForeignKey("accounts.login"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    idempotency_key: Mapped[str]
    body_hash: Mapped[str]
    kind: Mapped[str]
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    body: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]
    outcome: Mapped[str | None]
    refusal: Mapped[dict[str, Any] | None]


class Request(Base):
    """One case. `data` is what the kind carries (`domain.requests`), without its documents.

    Without a `login` an end user filed it, naming the company. `base_id` is the warranty that extra years rest on.
    `campaign` is what points are asked from, `credited`: points of it stand in the ledger, uncompensated.
    `turn` is the side that is to act from `turn_since` until `due_at`; `*_used` is what each had used up before that.
    `card_blocked` says why the card could not be rendered; ops mend the cause and retry.
    """

    __tablename__ = "requests"
    __table_args__ = (
        Index("ix_requests_list", "country", text("submitted_at DESC"), text("id DESC")),
        Index("ix_requests_company", "company_id", text("submitted_at DESC"), text("id DESC")),
        Index("ix_requests_campaign", "country", "campaign", text("submitted_at DESC"), text("id DESC")),
        Index("ix_requests_login", "login", text("submitted_at DESC"), text("id DESC")),
        Index("ix_requests_newest", text("submitted_at DESC"), text("id DESC")),
        Index(
            "ix_requests_turn",
            "country",
            "turn",
            text("coalesce(due_at, '9999-01-01 00:00:00+00'::timestamptz)"),  # as `store.requests.ORDERS` says it
            "id",
            postgresql_where=text("turn IS NOT NULL"),
        ),
        Index("ix_requests_counted", "country", "kind", "state", "turn"),
        Index("ix_requests_blocked", "id", postgresql_where=text("card_blocked IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    kind: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    login: Mapped[str | None] = mapped_column(ForeignKey("accounts.login"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("requests.id"), index=True)
    warranty_type: Mapped[str | None]
    line_up: Mapped[str | None]
    postcode: Mapped[str | None] = mapped_column(index=True)
    commissioned_on: Mapped[date | None]
    campaign: Mapped[str | None]
    credited: Mapped[bool] = mapped_column(default=False, server_default=false())
    data: Mapped[dict[str, Any]]
    cancelled_by: Mapped[str | None]
    turn: Mapped[str | None]
    turn_since: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    keyuser_used: Mapped[timedelta] = mapped_column(default=timedelta())
    requester_used: Mapped[timedelta] = mapped_column(default=timedelta())
    card_blocked: Mapped[str | None]
    submitted_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class RequestUnit(Base):
    """A unit of a request, for search and for the card. `outgoing`: a replacement takes it away."""

    __tablename__ = "request_units"

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    product: Mapped[str]
    serial: Mapped[str] = mapped_column(index=True)
    outgoing: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class SerialClaim(Base):
    """A live request holds each of its outdoor serials: one holder per country, kind and serial.

    A claim with a `permit_id` stands beside the holder by a keyuser's permit. A replacement claims the old unit, and
    no permit lets a second one in.
    """

    __tablename__ = "serial_claims"
    __table_args__ = (
        Index(
            "uq_serial_claims_holder",
            "country",
            "kind",
            "serial",
            unique=True,
            postgresql_where=text("permit_id IS NULL"),
        ),
        Index(
            "uq_serial_claims_replacement",
            "country",
            "serial",
            unique=True,
            postgresql_where=text("kind = 'unit-replacement'"),
        ),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    serial: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str]
    kind: Mapped[str]
    permit_id: Mapped[int | None] = mapped_column(ForeignKey("duplicate_permits.id"), unique=True)


class DuplicatePermit(Base):
    """A keyuser allows one more submission of a serial; `used_by` is the request that took it."""

    __tablename__ = "duplicate_permits"
    __table_args__ = (Index("ix_duplicate_permits_open", "country", "kind", "serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    kind: Mapped[str]
    serial: Mapped[str]
    comment: Mapped[str]
    login: Mapped[str] = mapped_column(ForeignKey("accounts.login"))
    created_at: Mapped[datetime]
    used_by: Mapped[str | None]


class RequestDocument(Base):
    """A document attached to a request, or to one `line` of it. A replaced one stays, out of sight, for the journal."""

    __tablename__ = "request_documents"
    __table_args__ = (Index("ix_request_documents_request", "request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"))
    line: Mapped[int | None]
    requirement: Mapped[str]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
    verdict: Mapped[str | None]
    reason: Mapped[str | None]
    replaced: Mapped[bool] = mapped_column(default=False)


class Decision(Base):
    """A decision under its idempotency key; unique per request and key, and per request and resulting version.

    `payload` is what was decided beside the trigger. `outcome` is None while it is under way, then `booked`
    (with `booked`, a `domain.messages.Booked`) or `refused`. `answer` is what the caller was told first.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("request_id", "booked_version"),
        CheckConstraint("outcome IN ('booked', 'refused')", "outcome"),
        Index("ix_decisions_outcome", "trigger", "outcome"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[str]
    login: Mapped[str | None] = mapped_column(ForeignKey("accounts.login"))
    trigger: Mapped[str]
    version: Mapped[int | None]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    outcome: Mapped[str | None]
    refusal: Mapped[dict[str, Any] | None]
    booked: Mapped[dict[str, Any] | None]
    booked_version: Mapped[int | None]
    answer: Mapped[dict[str, Any] | None]


class Message(Base):
    """A message on a request, from one side (None: from somebody who only looks) to the other."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("request_id", "login", "idempotency_key"),
        UniqueConstraint("request_id", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"))
    version: Mapped[int]
    login: Mapped[str] = mapped_column(ForeignKey("accounts.login"))
    side: Mapped[str | None]
    idempotency_key: Mapped[str]
    body_hash: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
    read_by_requester: Mapped[bool] = mapped_column(default=False)
    read_by_keyuser: Mapped[bool] = mapped_column(default=False)


class LookupMiss(Base):
    """A public look-up that found nothing, for the rate limit. `address` is a keyed hash, not the address."""

    __tablename__ = "lookup_misses"
    __table_args__ = (Index("ix_lookup_misses_address", "address", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    at: Mapped[datetime]


class JournalEntry(Base):
    """Every move and every SAVE: append-only, one entry per version."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_at", "at"),)

    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    comment: Mapped[str]
    changes: Mapped[dict[str, Any]]
