"""State tables as the rule book writes them: one row per trigger, with who makes it, from where and to where."""

from domain.states import Kind
from statemachines.registry import TABLES

Rows = set[tuple[str, str, str, str]]


def moves_in(rule_book: str) -> Rows:
    """(trigger, who, from, to), one for each state that a row names."""
    moves: Rows = set()
    for row in rule_book.strip().splitlines():
        trigger, who, rest = row.split(maxsplit=2)
        sources, target = rest.split("→")
        moves |= {(trigger, who, source.strip(), target.strip()) for source in sources.split(",")}
    return moves


def moves_of(kind: Kind) -> Rows:
    """The same of a table; no move stands in it twice."""
    table = [(str(move.trigger), str(move.by), str(move.source), str(move.target)) for move in TABLES[kind]]
    assert len(table) == len(set(table))
    return set(table)
