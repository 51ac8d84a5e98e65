"""What one line of a state table says."""

from dataclasses import dataclass

from domain.states import Side, State, Trigger


@dataclass(frozen=True)
class Move:
    """`trigger`, made by one side, takes a request from `source` to `target`."""

    trigger: Trigger
    source: State
    target: State
    by: Side
