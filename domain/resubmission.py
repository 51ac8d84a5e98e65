"""How a requester answers a denial: every denied document replaced (`domain.md` §2.1, §2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from domain.errors import DocumentStillDenied, FieldError, Invalid, NotEditable
from domain.points import JudgedLine, Verdict, undecided
from domain.requests import Attachment, Line


@dataclass(frozen=True)
class Judged:
    """An attached document, and whether the keyuser denied it."""

    attachment: Attachment
    denied: bool


def answer_denial(judged: Sequence[Judged], offered: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """The documents after the answer: those not denied, then the offered ones; others may be added, nothing else.

    Raises DocumentStillDenied if a denied requirement got nothing new, or a denied document comes back for it.
    """
    denied = [one.attachment for one in judged if one.denied]
    kept = tuple(one.attachment for one in judged if not one.denied)
    fresh = tuple(one for one in dict.fromkeys(offered) if one not in denied and one not in kept)
    answered = {one.requirement for one in fresh}
    open_ = sorted({one.requirement for one in denied} - answered)
    if open_:
        raise DocumentStillDenied(
            f"These documents were denied and need a new one: {', '.join(open_)}.",
            fields=[FieldError("/documents", f"{requirement} is still denied") for requirement in open_],
            facts={"denied": open_},
        )
    return kept + fresh


@dataclass(frozen=True)
class LineAnswer:
    """A new document for one line of a points request."""

    line: int
    attachment: Attachment


def change_refused_lines(
    lines: Sequence[Line], judged: Sequence[JudgedLine], wanted: Sequence[Line]
) -> tuple[Line, ...]:
    """The lines as wanted: those that were denied without a document may ask for something else, in their places.

    Raises NotEditable for a change of any other, for one more and for one less.
    """
    open_ = {line.n for line in judged if line.refused}
    wrong = [
        FieldError(f"/data/lines/{index}", "may not change now")
        for index, (old, new) in enumerate(zip_longest(lines, wanted))
        if old != new and (new is None or index + 1 not in open_)
    ]
    if wrong:
        raise NotEditable("After a denial only lines that were denied without a document may change.", fields=wrong)
    return tuple(wanted)


def answer_denied_lines(
    lines: Sequence[Line],
    judged: Sequence[JudgedLine],
    offered: Sequence[LineAnswer],
    wanted: Sequence[Line] | None = None,
) -> tuple[Line, ...]:
    """The lines after the answer: only denied documents are replaced, everything else stays (`domain.md` §2.4).

    What was denied without a document may be `wanted` otherwise, or stay denied (`docs/decisions/0027`).
    Raises Invalid for an answer to something that was not denied, or if nothing is left to judge;
    DocumentStillDenied if a denied document got no new one, or one that is on the line already; NotEditable as
    `change_refused_lines`.
    """
    before = tuple(lines)
    lines = before if wanted is None else change_refused_lines(before, judged, wanted)
    denied = {(line.n, one.attachment) for line in judged for one in line.documents if one.verdict is Verdict.DENIED}
    if not denied and not undecided(judged) and lines == before:
        raise Invalid("No document was denied, so there is nothing to send again.")
    asked = {(n, attachment.requirement) for n, attachment in denied}
    stray = [
        FieldError(f"/documents/{index}", "answers no denied document")
        for index, one in enumerate(offered)
        if (one.line, one.attachment.requirement) not in asked
    ]
    if stray:
        raise Invalid("Only denied documents can be sent again.", fields=stray)
    there = {(n, attachment) for n, line in enumerate(lines, start=1) for attachment in line.documents}
    fresh = [one for one in dict.fromkeys(offered) if (one.line, one.attachment) not in there]
    open_ = sorted(asked - {(one.line, one.attachment.requirement) for one in fresh})
    if open_:
        raise DocumentStillDenied(
            f"{len(open_)} of the denied documents need a new one.",
            fields=[FieldError("/documents", f"{name} of line {n} is still denied") for n, name in open_],
            facts={"denied": [{"line": n, "requirement": name} for n, name in open_]},
        )
    return tuple(
        replace(
            line,
            documents=(
                *(one for one in line.documents if (n, one) not in denied),
                *(one.attachment for one in fresh if one.line == n),
            ),
        )
        for n, line in enumerate(lines, start=1)
    )
