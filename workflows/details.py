"""What ops read about a request in the Temporal UI: where it stands, whose turn it is, since when, what comes next."""

from datetime import datetime

from domain.clocks import turn_of
from domain.labels import SIDES
from domain.states import Kind, Side, State, Trigger
from statemachines.registry import offers

NOBODY = {
    State.ACCEPTED: "the desk: the card is being issued",
    State.PROCESSED: "nobody: the request is settled",
    State.DENIED: "nobody: the request has ended",
    State.CANCELLED: "nobody: the request has ended",
}
BLOCKED = "ops: the card cannot be printed, see the runbook"
INSTANT = "%Y-%m-%d %H:%M:%S"


def describe(kind: Kind, state: State, *, since: datetime, due: datetime | None = None, blocked: bool = False) -> str:
    """Markdown for the current details. Names no person."""
    lines = [
        f"**State:** {state}",
        f"**Whose turn:** {BLOCKED if blocked else _turn(kind, state)}",
        f"**Since:** {since:{INSTANT}} UTC",
        f"**Due:** {f'{due:{INSTANT}} UTC' if due else 'never'}",
        f"**What can come next:** {_next(kind, state)}",
    ]
    return "\n\n".join(lines)


def _turn(kind: Kind, state: State) -> str:
    side = turn_of(kind, state)
    return NOBODY[state] if side is None else f"the {SIDES[side]}"


def _next(kind: Kind, state: State) -> str:
    possible = [f"{SIDES[side]}: {_listed(moves)}" for side in Side if (moves := offers(kind, state, side))]
    return "; ".join(possible) or "nothing, this is final"


def _listed(moves: tuple[Trigger, ...]) -> str:
    return ", ".join(move.value for move in moves)
