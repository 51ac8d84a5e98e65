"""Uploaded documents: what was taken, from whom, and where its bytes are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class Document(Base):
    """One uploaded file. The bytes are stored under its `sha256`; `media_type` was decided by content.

    Without a `login` a visitor of the landing page uploaded it: usable once, until `usable_until`. After `erased_at`
    there are no bytes.
    """

    __tablename__ = "documents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    country: Mapped[str | None] = mapped_column(ForeignKey("countries.code"))
    login: Mapped[str | None] = mapped_column(ForeignKey("accounts.login"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    usable_until: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(ForeignKey("requests.id"))
    erased_at: Mapped[datetime | None]
