"""The state tables as a page for people: one diagram and one list of moves per kind.

`python -m statemachines.diagram > docs/states.md` writes the page anew; a test fails while it is out of date.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping

from domain.labels import SIDES
from domain.states import Kind, State
from statemachines.moves import Move
from statemachines.registry import TABLES

INTRODUCTION = """\
# States and moves

This page is made from the tables in `statemachines/` by `python -m statemachines.diagram > docs/states.md`.
Do not edit it; edit a table. A request begins at `submitted`, and ends where no move leads on.
SAVE (edit) and messages move nothing, so they stand here nowhere.
"""


def diagram(moves: Iterable[Move]) -> str:
    """A table as mermaid text. Moves between the same two states share an arrow, with a line for each trigger."""
    moves = tuple(moves)
    arrows: dict[tuple[State, State], list[str]] = {}
    for move in moves:
        arrows.setdefault((move.source, move.target), []).append(move.trigger)
    final = dict.fromkeys(move.target for move in moves if move.target not in {one.source for one in moves})
    lines = [
        f"[*] --> {State.SUBMITTED}",
        *(f"{source} --> {target} : {'<br/>'.join(labels)}" for (source, target), labels in arrows.items()),
        *(f"{state} --> [*]" for state in final),
    ]
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in lines)])


def page(tables: Mapping[Kind, Iterable[Move]]) -> str:
    """The whole page as Markdown, with the kinds that have no table yet named at its end."""
    missing = [f"`{kind}`" for kind in Kind if kind not in tables]
    parts = [INTRODUCTION, *(_section(kind, tuple(moves)) for kind, moves in tables.items())]
    if missing:
        parts.append(f"## Not yet\n\nThese kinds have no table so far: {', '.join(missing)}.\n")
    return "\n".join(parts)


def _section(kind: Kind, moves: tuple[Move, ...]) -> str:
    return "\n".join(
        [
            f"## {kind}\n",
            f"```mermaid\n{diagram(moves)}\n```\n",
            "| trigger | who | from | to |",
            "|---|---|---|---|",
            *_rows(moves),
            "",
        ]
    )


def _rows(moves: tuple[Move, ...]) -> Iterator[str]:
    """One row per trigger and target, with all states that it starts from."""
    sources: dict[tuple[str, str, str], list[str]] = {}
    for move in moves:
        sources.setdefault((move.trigger, SIDES[move.by], move.target), []).append(f"`{move.source}`")
    for (trigger, who, target), starts in sources.items():
        yield f"| `{trigger}` | {who} | {', '.join(starts)} | `{target}` |"


if __name__ == "__main__":
    sys.stdout.write(page(TABLES))
