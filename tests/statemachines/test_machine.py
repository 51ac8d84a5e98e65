"""A request's position in its table: the machine agrees with the table, and nothing else can happen."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import statemachines
from domain.errors import MoveRefused
from domain.states import Kind, State, Trigger
from statemachines.machine import RequestMachine
from statemachines.registry import TABLES

ROOT = Path(statemachines.__file__).parents[1]
PLACES = [
    (kind, state) for kind, table in TABLES.items() for state in {end for m in table for end in (m.source, m.target)}
]
KINDS = st.sampled_from(sorted(TABLES))


def ways(kind: Kind, state: State, trigger: Trigger) -> tuple[State, ...]:
    """What the table says; nothing if the move is not on offer."""
    return tuple(m.target for m in TABLES[kind] if m.source is state and m.trigger is trigger)


@pytest.mark.parametrize(("kind", "state"), sorted(PLACES), ids=str)
@pytest.mark.parametrize("trigger", Trigger, ids=str)
def test_the_machine_agrees_with_the_table(kind: Kind, state: State, trigger: Trigger) -> None:
    machine = RequestMachine(kind, state)
    wanted = ways(kind, state, trigger)
    assert machine.offers().count(trigger) == bool(wanted)
    if not wanted:
        with pytest.raises(MoveRefused):
            machine.targets(trigger)
        with pytest.raises(MoveRefused):
            machine.fire(trigger)
        assert machine.state is state
    else:
        assert machine.targets(trigger) == wanted
        assert machine.state is state, "asking moves nothing"
        for booked in wanted:
            machine = RequestMachine(kind, state)
            assert machine.fire(trigger, booked) is machine.state is booked


def test_where_one_way_leads_it_is_that_one_whatever_was_booked() -> None:
    machine = RequestMachine(Kind.COMMISSIONING)
    assert machine.fire(Trigger.ACCEPT, State.CANCELLED) is State.ACCEPTED


@pytest.mark.parametrize("kind", TABLES, ids=str)
def test_a_new_request_is_submitted(kind: Kind) -> None:
    assert RequestMachine(kind).state is State.SUBMITTED


def test_a_refusal_says_where_the_request_stands_and_what_is_on_offer() -> None:
    machine = RequestMachine(Kind.COMMISSIONING, State.PROCESSED)
    with pytest.raises(MoveRefused, match=r"^accept is not possible while the request is processed$") as refused:
        machine.fire(Trigger.ACCEPT)
    assert refused.value.facts == {
        "state": "processed",
        "allowed_actions": ["cancel_by_end_user", "cancel", "amend"],
    }


def test_a_trigger_of_another_kind_is_refused_like_any_other() -> None:
    machine = RequestMachine(Kind.COMMISSIONING, State.CANCELLED)
    assert machine.offers() == ()
    for trigger in Trigger:
        with pytest.raises(MoveRefused) as refused:
            machine.fire(trigger)
        assert refused.value.facts == {"state": "cancelled", "allowed_actions": []}


def test_machines_share_nothing() -> None:
    one, other = RequestMachine(Kind.COMMISSIONING), RequestMachine(Kind.COMMISSIONING)
    one.fire(Trigger.DENY)
    assert (one.state, other.state) == (State.DENIED, State.SUBMITTED)
    other.fire(Trigger.ACCEPT)
    assert (one.state, other.state) == (State.DENIED, State.ACCEPTED)


@settings(deadline=None, max_examples=60)
@given(KINDS, st.lists(st.sampled_from(Trigger), max_size=25))
def test_no_sequence_of_triggers_leaves_the_table(kind: Kind, triggers: list[Trigger]) -> None:
    machine = RequestMachine(kind)
    stands = State.SUBMITTED
    for trigger in triggers:
        wanted = ways(kind, stands, trigger)
        try:
            machine.fire(trigger)
        except MoveRefused:
            assert not wanted
        else:
            stands = wanted[0]
        assert machine.state is stands


def imported(file: Path) -> set[str]:
    """The packages that a file imports, by their first name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_only_the_machine_imports_transitions() -> None:
    rooms = ("domain", "store", "statemachines", "activities", "workflows", "api", "workers")
    importers = {
        str(file.relative_to(ROOT))
        for room in rooms
        for file in sorted((ROOT / room).rglob("*.py"))
        if "transitions" in imported(file)
    }
    assert importers == {"statemachines/machine.py"}
