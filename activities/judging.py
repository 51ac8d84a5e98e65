"""What a keyuser decides about the lines of a points request: verdicts, points, and what is booked for them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from activities.move import Changes, Move
from domain.errors import FieldError, Invalid, MoveRefused, NotEditable, NotFound
from domain.points import (
    NOT_ONCE_CREDITED,
    Entry,
    JudgedLine,
    Verdict,
    adjustment,
    compensations,
    grants,
    line_of,
    outcome,
    refuse_change_of_credited,
)
from domain.requests import Points
from domain.states import Kind
from store import ledger, lines, requests
from store.snapshots import to_json
from store.tables.requests import Request


@dataclass(frozen=True)
class Judgement:
    """A verdict about a document, wherever it hangs, or about a line that has none."""

    verdict: Verdict
    reason: str = ""
    document_id: UUID | None = None
    line: int | None = None


async def judge(session: AsyncSession, row: Request, judgements: tuple[Judgement, ...]) -> Changes:
    """Give verdicts on the locked request. An override goes when its line is denied.

    Raises NotFound for what is not there, NotEditable for credited lines and lines that have documents.
    """
    changes: Changes = {}
    for one in judgements:
        if one.document_id is not None:
            changes |= await _judge_document(session, row, one, one.document_id)
        else:
            changes |= await _judge_line(session, row, one)
    await session.flush()
    return changes | await _drop_overrides(session, row)


async def _judge_document(session: AsyncSession, row: Request, one: Judgement, document_id: UUID) -> Changes:
    places = [place for place in await lines.documents_of(session, row.id) if place.document_id == document_id]
    if not places:
        raise NotFound(f"{row.id} has no such document.")
    credited = credited_of(await lines.judged_of(session, row))
    open_ = [place for place in places if place.line not in credited]
    if not open_:
        raise NotEditable("This document belongs to lines that are credited.")
    changes: Changes = {}
    for place in open_:
        if (place.verdict, place.reason) != (one.verdict, one.reason or None):
            name = f"lines/{place.line}/documents/{place.requirement}/{document_id}"
            changes |= _verdict(name, place.verdict, place.reason, one)
            place.verdict, place.reason = one.verdict, one.reason or None
    return changes


async def _judge_line(session: AsyncSession, row: Request, one: Judgement) -> Changes:
    found = line_of(await lines.judged_of(session, row), one.line or 0)
    if found is None:
        raise NotFound(f"{row.id} has no line {one.line}.")
    if found.documents or found.credited:
        why = "is credited" if found.credited else "is judged by its documents"
        raise NotEditable(f"Line {found.n} {why}.", fields=[FieldError("/line", why)])
    written = next(line for line in await lines.lines_of(session, row.id) if line.n == found.n)
    if (written.verdict, written.reason) == (one.verdict, one.reason or None):
        return {}
    changes = _verdict(f"lines/{found.n}", written.verdict, written.reason, one)
    written.verdict, written.reason = one.verdict, one.reason or None
    return changes


def _verdict(name: str, verdict: str | None, reason: str | None, one: Judgement) -> Changes:
    changes: Changes = {f"{name}/verdict": {"from": verdict, "to": one.verdict.value}}
    if (reason or "") != one.reason:
        changes[f"{name}/reason"] = {"from": reason, "to": one.reason or None}
    return changes


async def _drop_overrides(session: AsyncSession, row: Request) -> Changes:
    denied = {line.n for line in await lines.judged_of(session, row) if line.verdict is Verdict.DENIED}
    changes: Changes = {}
    for line in await lines.lines_of(session, row.id):
        if line.n in denied and line.override is not None:
            changes[f"lines/{line.n}/override"] = {"from": line.override, "to": None}
            line.override = None
    return changes


async def set_points(session: AsyncSession, row: Request, n: int, points: int | None) -> Changes:
    """Override the points of an accepted line of the locked request; None goes back to the computed ones.

    Raises NotFound without such a line, NotEditable for one that is not accepted, or credited already.
    """
    found = line_of(await lines.judged_of(session, row), n)
    if found is None:
        raise NotFound(f"{row.id} has no line {n}.")
    if found.verdict is not Verdict.ACCEPTED or found.credited:
        why = "is credited" if found.credited else "is not accepted"
        raise NotEditable(f"Line {n} {why}.", fields=[FieldError("/points", f"the line {why}")])
    if found.override == points:
        return {}
    await _override(session, row, n, points)
    return {f"lines/{n}/override": {"from": found.override, "to": points}}


async def _override(session: AsyncSession, row: Request, n: int, points: int | None) -> None:
    for line in await lines.lines_of(session, row.id):
        if line.n == n:
            line.override = points
    await session.flush()


async def process(move: Move) -> Changes:
    """Find out where the verdicts lead, and credit every accepted line, once. Raises Undecided."""
    judged = await lines.judged_of(move.session, move.row)
    move.target = outcome(judged)
    entries = grants(judged)
    rates = {line.n: line.rate for line in judged}
    for line in await lines.lines_of(move.session, move.row.id):
        if line.n in {entry.line for entry in entries}:
            line.rate = to_json(rates[line.n])
    ledger.book(move.session, move.row, entries, move.at)
    move.row.credited = move.row.credited or bool(entries)
    move.told = move.comment or _reasons(judged)
    return _booked(judged, entries)


async def adjust(move: Move) -> Changes:
    """Bring a credited line to its new final value by one more entry. Raises NotEditable, Invalid."""
    if not {"line", "points"} <= move.payload.keys():
        raise Invalid("This move names a line and its points: only a decision over the API can say which.")
    n, points = move.payload["line"], move.payload["points"]
    judged = await lines.judged_of(move.session, move.row)
    entry = adjustment(judged, n, points, move.next_version)
    ledger.book(move.session, move.row, (entry,), move.at)
    await _override(move.session, move.row, n, points)
    return _booked(judged, (entry,))


async def compensate(move: Move) -> Changes:
    """Take back every credit of a cancelled request. Raises MoveRefused for a move that needs there to be none."""
    if move.kind is not Kind.POINTS:
        return {}
    if move.row.credited and move.trigger in NOT_ONCE_CREDITED:
        raise MoveRefused(
            "Points of this request are credited already.", facts={"state": move.row.state, "allowed_actions": []}
        )
    judged = await lines.judged_of(move.session, move.row)
    entries = compensations(judged)
    ledger.book(move.session, move.row, entries, move.at)
    move.row.credited = False
    return _booked(judged, entries)


async def write_lines(session: AsyncSession, row: Request, before: Points | None, data: Points) -> None:
    """Make these the lines of the locked request. Raises NotEditable if a credited one would change."""
    old = before.lines if before else ()
    if row.credited:
        refuse_change_of_credited(old, data.lines, credited_of(await lines.judged_of(session, row)))
    await lines.write(session, row.id, old, data.lines)


def credited_of(judged: tuple[JudgedLine, ...]) -> frozenset[int]:
    """The numbers of the lines that are credited."""
    return frozenset(line.n for line in judged if line.credited)


def _booked(judged: tuple[JudgedLine, ...], entries: tuple[Entry, ...]) -> Changes:
    """What the journal says of entries: the points of each line before and after."""
    before = {line.n: line.booked for line in judged}
    return {
        f"lines/{one.line}/booked": {"from": before[one.line], "to": before[one.line] + one.points} for one in entries
    }


def _reasons(judged: tuple[JudgedLine, ...]) -> str:
    """Why lines were denied, as the keyuser said it of lines and documents."""
    denied = (line for line in judged if line.verdict is Verdict.DENIED)
    said = (
        why
        for line in denied
        for why in (line.reason, *(one.reason for one in line.documents if one.verdict is Verdict.DENIED))
        if why
    )
    return "\n".join(dict.fromkeys(said))


async def carried_before(session: AsyncSession, row: Request) -> Points | None:
    """What the request carried so far; None for one that is only just coming in."""
    if not row.data:
        return None
    data = await requests.carried(session, row)
    return data if isinstance(data, Points) else None
