"""Points of a line, verdicts, and what stands in the ledger for them (`domain.md` §2.4). Pure; days are arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.campaigns import ParticipatingProduct, PushPeriod, period_of
from domain.errors import FieldError, NotEditable, Undecided
from domain.requests import Attachment
from domain.states import State, Trigger

NOT_ONCE_CREDITED = frozenset({Trigger.WITHDRAW, Trigger.EXPIRE})
"""The moves that are on offer only before any credit."""

GRANT, CANCEL = "grant", "cancel"
"""Causes of ledger entries; an adjustment's is `adjust:<version>`."""


class Verdict(StrEnum):
    """What the keyuser thinks of a document, or of a line without any."""

    ACCEPTED = "accepted"
    DENIED = "denied"


@dataclass(frozen=True)
class JudgedDocument:
    """A document of a line and its verdict there, None while it has none."""

    attachment: Attachment
    verdict: Verdict | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Rate:
    """What one piece of a line is worth: default points, and the multiplier of a push period with its days."""

    default_points: int
    multiplier: int = 1
    first_day: date | None = None
    last_day: date | None = None

    @property
    def pushed(self) -> bool:
        """Whether a push period says so."""
        return self.first_day is not None


@dataclass(frozen=True)
class Entry:
    """One line of the ledger before it is written; there is one per request, line and cause."""

    line: int
    cause: str
    points: int


@dataclass(frozen=True)
class JudgedLine:
    """Line `n` of a request: what was asked, what the keyuser said, at which rate, and what is booked for it.

    `own` is the verdict of a line without documents. `entries` are those of the ledger.
    """

    n: int
    product: str
    quantity: int
    rate: Rate
    documents: tuple[JudgedDocument, ...] = ()
    own: Verdict | None = None
    reason: str | None = None
    override: int | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def verdict(self) -> Verdict | None:
        """Accepted only if all its documents are; None until each of them has a verdict."""
        if not self.documents:
            return self.own
        verdicts = {one.verdict for one in self.documents}
        if None in verdicts:
            return None
        return Verdict.DENIED if Verdict.DENIED in verdicts else Verdict.ACCEPTED

    @property
    def refused(self) -> bool:
        """Whether it was denied by its own verdict: there is no document that its participant could replace."""
        return not self.documents and self.own is Verdict.DENIED

    @property
    def points(self) -> int:
        """What the line is worth, or would be if it were accepted; an override is final and not multiplied again."""
        if self.verdict is Verdict.DENIED:
            return 0
        if self.override is not None:
            return self.override
        return self.rate.default_points * self.quantity * self.rate.multiplier

    @property
    def credited(self) -> bool:
        """Whether its points are booked, and not compensated."""
        causes = {entry.cause for entry in self.entries}
        return GRANT in causes and CANCEL not in causes

    @property
    def booked(self) -> int:
        """The sum of its entries."""
        return sum(entry.points for entry in self.entries)

    @property
    def due(self) -> int:
        """What ought to be booked: its points while it is credited, nothing otherwise."""
        return self.points if self.credited else 0


def rate_of(product: ParticipatingProduct | None, periods: Sequence[PushPeriod], submitted_on: date) -> Rate:
    """The rate on the local day of the first submission. A product that takes part no more is worth nothing."""
    if product is None:
        return Rate(0)
    period = period_of(periods, product.product, submitted_on)
    if period is None:
        return Rate(product.default_points)
    return Rate(product.default_points, period.multiplier, period.first_day, period.last_day)


def undecided(lines: Sequence[JudgedLine]) -> tuple[dict[str, object], ...]:
    """What still waits for a verdict: documents as `{line, requirement, document_id}`, bare lines as `{line}`."""
    waiting: list[dict[str, object]] = []
    for line in lines:
        if not line.documents and line.own is None:
            waiting.append({"line": line.n})
        waiting += [
            {"line": line.n, "requirement": one.attachment.requirement, "document_id": one.attachment.document_id}
            for one in line.documents
            if one.verdict is None
        ]
    return tuple(waiting)


def outcome(lines: Sequence[JudgedLine]) -> State:
    """Where PROCESS leads: all accepted, some, or none. Raises Undecided, naming what has no verdict yet."""
    if waiting := undecided(lines):
        raise Undecided(
            f"{len(waiting)} of the documents and lines have no verdict yet.", facts={"undecided": list(waiting)}
        )
    accepted = [line for line in lines if line.verdict is Verdict.ACCEPTED]
    if not accepted:
        return State.DENIED
    return State.ACCEPTED if len(accepted) == len(lines) else State.PARTIALLY_ACCEPTED


def grants(lines: Sequence[JudgedLine]) -> tuple[Entry, ...]:
    """What PROCESS books: every accepted line that is not credited yet."""
    return tuple(
        Entry(line.n, GRANT, line.points) for line in lines if line.verdict is Verdict.ACCEPTED and not line.credited
    )


def adjustment(lines: Sequence[JudgedLine], n: int, points: int, version: int) -> Entry:
    """What brings line `n` to its new final value at this version. Raises NotEditable for a line without credit."""
    line = line_of(lines, n)
    if line is None or not line.credited:
        raise NotEditable("Only a credited line is adjusted.", fields=[FieldError("/line", "is not credited")])
    return Entry(n, f"{Trigger.ADJUST}:{version}", points - line.booked)


def compensations(lines: Sequence[JudgedLine]) -> tuple[Entry, ...]:
    """What CANCEL books: every credit back."""
    return tuple(Entry(line.n, CANCEL, -line.booked) for line in lines if line.credited)


def line_of(lines: Sequence[JudgedLine], n: int) -> JudgedLine | None:
    """The line of this number."""
    return next((line for line in lines if line.n == n), None)


def refuse_change_of_credited(before: Sequence[object], after: Sequence[object], credited: frozenset[int]) -> None:
    """A credited line stays as it is, where it is. Raises NotEditable, pointing at the lines of SAVE or resubmit."""
    changed = [n for n in sorted(credited) if len(after) < n or after[n - 1] != before[n - 1]]
    if changed:
        raise NotEditable(
            "Credited lines stay as they are.",
            fields=[FieldError(f"/data/lines/{n - 1}", "is credited and may not change") for n in changed],
        )
