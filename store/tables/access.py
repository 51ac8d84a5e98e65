"""Keys with which machines sign in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class ApiKey(Base):
    """One key of a machine's account. Only its sha256 is here: 256 random bits need no slower hash.

    `kinds`: the only requests that the key reaches, None all that its account may. Revoked keys stay, for the record.
    """

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("accounts.login"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    kinds: Mapped[list[Any] | None]
    created_by: Mapped[str] = mapped_column(ForeignKey("accounts.login"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]
