"""What the rules have against a request as it stands or would stand, whatever its kind."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from activities.judging import credited_of
from domain import claiming, replacing, submission
from domain.access import Owner
from domain.errors import KeydeskError
from domain.requests import Attachment, Carried, Points, UnitReplacement, WarrantyRequest
from store import catalogue, claims, lines, requests, swaps
from store.tables.requests import Request


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


@dataclass(frozen=True)
class PointsRules:
    """`domain.claiming` about one points request."""

    data: Points
    known: claiming.CampaignKnown

    def check(self) -> None:
        """As `claiming.check`."""
        claiming.check(self.data, self.known)

    def check_fields(self) -> None:
        """As `claiming.check_fields`."""
        claiming.check_fields(self.data, self.known)

    def concerns(self) -> tuple[KeydeskError, ...]:
        """As `claiming.concerns`."""
        return claiming.concerns(self.data, self.known)

    def about(self, numbers: AbstractSet[int]) -> "PointsRules":
        """The rules about these lines only; the others are as they were."""
        settled = frozenset(range(1, len(self.data.lines) + 1)) - numbers
        return replace(self, known=replace(self.known, settled=settled))


async def rules_for(
    session: AsyncSession, data: Carried, owner: Owner, *, today: date, as_of: date, row: Request | None
) -> Rules:
    """The rules of the request's kind; deadlines count from the first submission, `as_of`.

    `row` is the request as it stands, None if this is its first submission.
    """
    hanging = await requests.attached(session, row.id) if row else []
    attached = {one: Attachment(one.requirement, str(one.document_id)) for one in hanging}
    match data:
        case WarrantyRequest():
            known = await catalogue.catalogue_for(session, data.kind, data, owner, today=today, as_of=as_of)
            return WarrantyRules(data, replace(known, attached=frozenset(attached.values())))
        case UnitReplacement():
            about = await swaps.known_for(
                session, data, owner, today=today, as_of=as_of, request_id=row.id if row else None
            )
            return ReplacementRules(data, replace(about, attached=frozenset(attached.values())))
        case Points():
            settled = credited_of(await lines.judged_of(session, row)) if row else frozenset()
            claimed = await claims.known_for(session, data, owner, as_of=as_of, first=row is None, settled=settled)
            on_lines = frozenset((one.line, this) for one, this in attached.items() if one.line is not None)
            return PointsRules(data, replace(claimed, attached=on_lines))
        case _:
            raise TypeError(f"there are no rules for {data.kind}")
