"""From kind to what its moves do: the one line that a kind with moves of its own adds here."""

from activities import moves, replacing
from activities.move import Making
from domain.states import Kind, Trigger


def moves_of(kind: Kind) -> dict[Trigger, Making]:
    """What each trigger does to a request of `kind`."""
    return OWN.get(kind, moves.MOVES)


OWN: dict[Kind, dict[Trigger, Making]] = {Kind.UNIT_REPLACEMENT: replacing.MOVES}
