"""Lists that were brought in from spreadsheet files."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class Import(Base):
    """One file that is to be brought into a list, and what became of it. Its bytes are stored under its `sha256`.

    `scope` is the part of the list that the file is about, such as a campaign. `rows_read` grows while it runs; it
    ends as `done` with a `result` (how many entries were created, changed, left the same), as `refused` with `flaws`
    (row, column, detail; `flaws_more` are not kept), or as `failed`, if the desk itself could not read it.
    """

    __tablename__ = "imports"
    __table_args__ = (
        UniqueConstraint("login", "idempotency_key"),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'refused', 'failed')", "state"),
        Index("ix_imports_country", "country", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    resource: Mapped[str]
    scope: Mapped[str | None]
    login: Mapped[str] = mapped_column(ForeignKey("accounts.login"))
    idempotency_key: Mapped[str]
    filename: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    rows_total: Mapped[int | None]
    rows_read: Mapped[int] = mapped_column(default=0)
    flaws: Mapped[list[Any]] = mapped_column(default=list)
    flaws_more: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
