"""What holds for every state table, that of a kind not yet written included (`domain.md` §2)."""

from collections import Counter
from collections.abc import Iterable

import pytest

from domain.clocks import turn_of
from domain.requests import CARRIED
from domain.states import Kind, Side, State, Trigger
from statemachines.moves import Move
from statemachines.registry import TABLES, maker, offers, triggers_of

WAITING = {State.SUBMITTED, State.WRONG_DATA, State.DENIED, State.PARTIALLY_ACCEPTED, State.PROCESSED}
PEOPLE = {Side.REQUESTER, Side.KEYUSER, Side.END_USER}
DENIED_IS_FINAL = {Kind.END_USER_WARRANTY, Kind.EXTRA_YEARS}

every_kind = pytest.mark.parametrize("kind", TABLES, ids=str)


def reachable(moves: Iterable[Move]) -> set[State]:
    """The states that some sequence of moves reaches from submitted."""
    moves = tuple(moves)
    found: set[State] = set()
    fresh = {State.SUBMITTED}
    while fresh:
        found |= fresh
        fresh = {move.target for move in moves if move.source in found} - found
    return found


def final_states(kind: Kind) -> set[State]:
    return {State.CANCELLED} | ({State.DENIED} if kind in DENIED_IS_FINAL else set())


def test_every_kind_of_warranty_request_has_a_table() -> None:
    assert TABLES.keys() >= CARRIED.keys()


@every_kind
def test_a_clock_runs_only_for_somebody_who_can_move_the_request(kind: Kind) -> None:
    for state in reachable(TABLES[kind]):
        turn = turn_of(kind, state)
        assert turn is None or offers(kind, state, turn)
        assert turn is None or state not in final_states(kind)


@every_kind
def test_every_state_of_the_table_is_reached_from_submitted(kind: Kind) -> None:
    named = {end for move in TABLES[kind] for end in (move.source, move.target)}
    assert reachable(TABLES[kind]) == named


@every_kind
def test_people_move_a_request_only_while_it_waits_for_people(kind: Kind) -> None:
    assert {move.source for move in TABLES[kind] if move.by in PEOPLE} <= WAITING


@every_kind
def test_while_the_effects_are_under_way_only_the_system_moves(kind: Kind) -> None:
    assert {move.by for move in TABLES[kind] if move.source is State.ACCEPTED} == {Side.SYSTEM}


@every_kind
def test_nothing_leaves_a_final_state(kind: Kind) -> None:
    assert not [move for move in TABLES[kind] if move.source in final_states(kind)]


@every_kind
def test_every_other_state_is_left_by_somebody(kind: Kind) -> None:
    left = {move.source for move in TABLES[kind]}
    assert reachable(TABLES[kind]) - left <= final_states(kind)


@every_kind
def test_every_request_can_still_be_cancelled_by_the_keyuser(kind: Kind) -> None:
    named = {end for move in TABLES[kind] for end in (move.source, move.target)}
    cancels = {move.source for move in TABLES[kind] if move.trigger is Trigger.CANCEL}
    assert cancels == (named & WAITING) - final_states(kind)


@every_kind
def test_only_process_leads_several_ways_from_one_state_and_no_move_stands_twice(kind: Kind) -> None:
    counted = Counter((move.source, move.trigger) for move in TABLES[kind])
    assert {trigger for (_, trigger), times in counted.items() if times > 1} <= {Trigger.PROCESS}
    assert len(set(TABLES[kind])) == len(TABLES[kind])


@every_kind
def test_every_trigger_is_made_by_one_side(kind: Kind) -> None:
    makers: dict[Trigger, set[Side]] = {}
    for move in TABLES[kind]:
        makers.setdefault(move.trigger, set()).add(move.by)
    assert {trigger: {maker(kind, trigger)} for trigger in triggers_of(kind)} == makers


@every_kind
def test_a_trigger_that_the_table_does_not_know_has_no_maker(kind: Kind) -> None:
    assert triggers_of(kind) == {move.trigger for move in TABLES[kind]}
    for unknown in set(Trigger) - triggers_of(kind):
        with pytest.raises(KeyError):
            maker(kind, unknown)


@every_kind
@pytest.mark.parametrize("state", State, ids=str)
def test_each_side_is_offered_its_own_moves_and_together_they_are_all(kind: Kind, state: State) -> None:
    table = [move for move in TABLES[kind] if move.source is state]
    for side in Side:
        assert offers(kind, state, side) == tuple(dict.fromkeys(move.trigger for move in table if move.by is side))
    offered = [trigger for side in Side for trigger in offers(kind, state, side)]
    assert Counter(offered) == Counter({move.trigger for move in table})
