"""The audit log: every change of the configuration, for good."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class Audit(Base):
    """One change: who, when, what, before and after. Rows are never changed or deleted; a trigger sees to that.

    `version` counts the changes of one entry of a resource, its deletion included; the unique constraint lets only
    one of two rivals have the next. `before` is null where something began, `after` where it ended. Without a
    `country` it is about the desk itself: accounts of ops and admins.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        UniqueConstraint("country", "resource", "key", "version", postgresql_nulls_not_distinct=True),
        Index("ix_audit_log_country", "country", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str | None] = mapped_column(ForeignKey("countries.code"))
    resource: Mapped[str]
    key: Mapped[str]
    version: Mapped[int]
    action: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
