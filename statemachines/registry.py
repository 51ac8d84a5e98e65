"""From kind to state table: the one line that a new kind adds here."""

from domain.states import Kind, Side, State, Trigger
from statemachines import (
    commissioning,
    end_user_warranty,
    extra_years,
    points,
    unit_replacement,
    warranty_extension,
)
from statemachines.moves import Move

TABLES: dict[Kind, tuple[Move, ...]] = {
    Kind.COMMISSIONING: commissioning.MOVES,
    Kind.WARRANTY_EXTENSION: warranty_extension.MOVES,
    Kind.END_USER_WARRANTY: end_user_warranty.MOVES,
    Kind.EXTRA_YEARS: extra_years.MOVES,
    Kind.UNIT_REPLACEMENT: unit_replacement.MOVES,
    Kind.POINTS: points.MOVES,
}


def triggers_of(kind: Kind) -> frozenset[Trigger]:
    """Every trigger that the table of `kind` knows."""
    return frozenset(move.trigger for move in TABLES[kind])


def offers(kind: Kind, state: State, side: Side) -> tuple[Trigger, ...]:
    """The moves that `side` may make on a request of `kind` in `state`, in the order of the table."""
    return tuple(dict.fromkeys(move.trigger for move in TABLES[kind] if move.source is state and move.by is side))


def maker(kind: Kind, trigger: Trigger) -> Side:
    """The side that makes `trigger` on a request of `kind`. Raises KeyError if the table does not know it."""
    return {move.trigger: move.by for move in TABLES[kind]}[trigger]
