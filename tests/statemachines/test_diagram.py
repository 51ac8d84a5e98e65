"""The page of state diagrams says what the tables say, and is up to date."""

import re
import runpy
from pathlib import Path

import pytest

from domain.states import Kind, Side, State, Trigger
from statemachines.diagram import diagram, page
from statemachines.moves import Move
from statemachines.registry import TABLES

ROOT = Path(__file__).parents[2]
ARROW = re.compile(r"    (\w+) --> (\w+) : (.+)")


def moves_in(drawn: str) -> set[tuple[str, str, str]]:
    """(trigger, from, to) as the arrows of a diagram tell them."""
    return {
        (trigger, source, target)
        for source, target, labels in ARROW.findall(drawn)
        for trigger in labels.split("<br/>")
    }


@pytest.mark.parametrize("kind", TABLES, ids=str)
def test_a_diagram_shows_every_move_and_no_other(kind: Kind) -> None:
    wanted = {(str(one.trigger), str(one.source), str(one.target)) for one in TABLES[kind]}
    assert moves_in(diagram(TABLES[kind])) == wanted


def test_moves_between_the_same_states_share_an_arrow_and_ends_are_marked() -> None:
    moves = (
        Move(Trigger.WITHDRAW, State.SUBMITTED, State.CANCELLED, Side.REQUESTER),
        Move(Trigger.CANCEL, State.SUBMITTED, State.CANCELLED, Side.KEYUSER),
    )
    assert diagram(moves).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> submitted",
        "    submitted --> cancelled : withdraw<br/>cancel",
        "    cancelled --> [*]",
    ]


def test_the_list_says_who_makes_a_move() -> None:
    assert "| `expire` | the desk | `wrong_data`, `denied` | `cancelled` |" in page(TABLES)


def test_a_state_that_can_be_left_is_no_end() -> None:
    assert "cancelled --> [*]" in diagram(TABLES[Kind.COMMISSIONING])
    assert "processed --> [*]" not in diagram(TABLES[Kind.COMMISSIONING])


def test_kinds_without_a_table_are_named_as_missing() -> None:
    assert "no table so far: `commissioning`, `warranty-extension`" in page({})


def test_a_page_of_all_kinds_misses_none() -> None:
    assert "Not yet" not in page(dict.fromkeys(Kind, TABLES[Kind.COMMISSIONING]))


def test_the_page_in_docs_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "statemachines" / "diagram.py"), run_name="__main__")
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == capsys.readouterr().out, (
        "run: .venv/bin/python -m statemachines.diagram > docs/states.md"
    )
