"""What pages keep for people: sessions of those who signed in, drafts, kept filters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class PageSession(Base):
    """Somebody is signed in, in one browser. The browser holds the token; here is only its hash."""

    __tablename__ = "page_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("accounts.login"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Draft(Base):
    """A form that is being filled in: `fields` as typed, `documents` already uploaded.

    Without a `login` it is a visitor's, known by its id alone. With a `request_id` it is to be sent in again;
    `filed_as` is the request that came of it.
    """

    __tablename__ = "drafts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str | None] = mapped_column(ForeignKey("accounts.login"), index=True)
    country: Mapped[str] = mapped_column(ForeignKey("countries.code"))
    kind: Mapped[str]
    request_id: Mapped[str | None] = mapped_column(ForeignKey("requests.id"))
    fields: Mapped[dict[str, Any]]
    documents: Mapped[list[Any]]
    filed_as: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class KeptFilter(Base):
    """A filter of the inbox under a name; `query` is the query of its address."""

    __tablename__ = "kept_filters"
    __table_args__ = (UniqueConstraint("login", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("accounts.login"))
    name: Mapped[str]
    query: Mapped[str]
