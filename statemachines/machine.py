"""The only importer of `transitions`: a state table set in motion.

`transitions` answers an unknown trigger with AttributeError and a refused one with False; here both are one
typed error, and nothing else can happen. The machine says *where*; the workflow does *what*.
"""

from typing import cast

from transitions import Machine

from domain.errors import MoveRefused
from domain.states import Kind, State, Trigger
from statemachines.registry import TABLES


class _Cursor:
    """What `transitions` moves along the table; private, so that nobody else can move it."""

    state: str


class RequestMachine:
    """One request's position in the table of its kind. Never shared between workflows."""

    def __init__(self, kind: Kind, state: State = State.SUBMITTED) -> None:
        self._moves = TABLES[kind]
        self._cursor = _Cursor()
        self._machine = Machine(
            model=self._cursor,
            states=list(dict.fromkeys(end.value for move in self._moves for end in (move.source, move.target))),
            transitions=[
                {"trigger": _way(move.trigger, move.target), "source": move.source.value, "dest": move.target.value}
                for move in self._moves
            ],
            initial=state.value,
            auto_transitions=False,
        )

    @property
    def state(self) -> State:
        """Where the request stands."""
        return State(self._cursor.state)

    def offers(self) -> tuple[Trigger, ...]:
        """Every trigger on offer here, whoever makes it, in the order of the table."""
        return tuple(dict.fromkeys(move.trigger for move in self._moves if move.source is self.state))

    def targets(self, trigger: Trigger) -> tuple[State, ...]:
        """Where `trigger` leads from here: one state, or several of which what is booked decides.

        Raises MoveRefused if it is not on offer.
        """
        ways = tuple(move.target for move in self._moves if move.source is self.state and move.trigger is trigger)
        if ways:
            return ways
        raise MoveRefused(
            f"{trigger} is not possible while the request is {self.state}",
            facts={"state": self.state.value, "allowed_actions": [offer.value for offer in self.offers()]},
        )

    def fire(self, trigger: Trigger, booked: State | None = None) -> State:
        """Make the move and answer the new state; of several ways the one to `booked`.

        Raises MoveRefused, and stays, if the move is not on offer.
        """
        ways = self.targets(trigger)
        target = booked if booked in ways else ways[0]
        cast("object", getattr(self._cursor, _way(trigger, target))())
        return self.state


def _way(trigger: Trigger, target: State) -> str:
    """The name under which `transitions` knows one of the ways of a trigger."""
    return f"{trigger}_to_{target}"
