"""How a requester answers a denial (`domain.md` §2.1): every denied document replaced, others added, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import DocumentStillDenied, FieldError
from domain.requests import Attachment


@dataclass(frozen=True)
class Judged:
    """An attached document, and whether the keyuser denied it."""

    attachment: Attachment
    denied: bool


def answer_denial(judged: Sequence[Judged], offered: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """The documents after the answer: those not denied, then the offered ones.

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
