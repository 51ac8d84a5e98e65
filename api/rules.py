"""What the rules have against a request as it stands or would stand, whatever its kind."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from domain import replacing, submission
from domain.access import Owner
from domain.errors import KeydeskError
from domain.requests import Carried, UnitReplacement, WarrantyRequest
from store import catalogue, swaps


class Rules(Protocol):
    """The rules of one kind, asked about one request with what its country has configured."""

    def check(self) -> None:
        """Hold a requester to everything. Raises Invalid with every bad field, else the first concern."""

    def check_fields(self) -> None:
        """Hold a keyuser's correction to shape and references only. Raises Invalid with every bad field."""

    def concerns(self) -> tuple[KeydeskError, ...]:
        """What a requester is refused for and a keyuser is warned of."""


@dataclass(frozen=True)
class WarrantyRules:
    """`domain.submission` about one request for a warranty."""

    data: WarrantyRequest
    known: submission.Catalogue

    def check(self) -> None:
        """As `submission.check`."""
        submission.check(self.data, self.known)

    def check_fields(self) -> None:
        """As `submission.check_fields`."""
        submission.check_fields(self.data, self.known)

    def concerns(self) -> tuple[KeydeskError, ...]:
        """As `submission.concerns`."""
        return submission.concerns(self.data, self.known)


@dataclass(frozen=True)
class ReplacementRules:
    """`domain.replacing` about one unit replacement."""

    data: UnitReplacement
    known: replacing.Known

    def check(self) -> None:
        """As `replacing.check`."""
        replacing.check(self.data, self.known)

    def check_fields(self) -> None:
        """As `replacing.check_fields`."""
        replacing.check_fields(self.data, self.known)

    def concerns(self) -> tuple[KeydeskError, ...]:
        """As `replacing.concerns`."""
        return replacing.concerns(self.data, self.known)


async def rules_for(
    session: AsyncSession, data: Carried, owner: Owner, *, today: date, as_of: date, request_id: str | None = None
) -> Rules:
    """The rules of the request's kind; deadlines count from the first submission, `as_of`.

    `request_id` is that of a request that is recorded already: what it names itself does not speak against it.
    """
    match data:
        case WarrantyRequest():
            known = await catalogue.catalogue_for(session, data.kind, data, owner, today=today, as_of=as_of)
            return WarrantyRules(data, known)
        case UnitReplacement():
            about = await swaps.known_for(session, data, owner, today=today, as_of=as_of, request_id=request_id)
            return ReplacementRules(data, about)
        case _:
            raise TypeError(f"there are no rules for {data.kind}")
